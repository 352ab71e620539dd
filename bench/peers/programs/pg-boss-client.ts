import { setTimeout as delay } from 'node:timers/promises';
import type { ClientTask } from '../peer.ts';
import { runClient } from './client.ts';
import { startBoss } from './pg-boss.ts';
import { connectPostgres } from './postgres.ts';
import { ASK_LIMIT_MS, QUEUE, REQUEST, times } from './request.ts';
import { readTask } from './task.ts';

/** It has no way to wait for an answer: one looks for it, as often as our own client does. */
const LOOKS = { firstMs: 2, longestMs: 50, factor: 1.5 };

const task = readTask<ClientTask>();
const boss = await startBoss(task);
const postgres = await connectPostgres(task);

async function waitFor(id: string): Promise<unknown> {
  const endMs = performance.now() + ASK_LIMIT_MS;
  for (let waitMs = LOOKS.firstMs; performance.now() < endMs; waitMs *= LOOKS.factor) {
    await delay(Math.min(waitMs, LOOKS.longestMs));
    const job = await boss.getJobById(QUEUE, id);
    if (job?.state === 'completed') return job.output;
  }
  throw new Error('A job was not completed.');
}

await runClient(
  {
    async queue(count) {
      await boss.insert(
        QUEUE,
        times(count, () => ({ data: REQUEST })),
      );
    },
    async isDrained() {
      const { rows } = await postgres.query(
        "SELECT NOT EXISTS (SELECT 1 FROM pgboss.job WHERE name = $1 AND state < 'completed') AS done",
        [QUEUE],
      );
      return rows[0]?.['done'] === true;
    },
    async ask() {
      const id = await boss.send(QUEUE, REQUEST);
      if (id === null) throw new Error('pg-boss took no job.');
      return JSON.stringify(await waitFor(id));
    },
    async countAnswers() {
      const { rows } = await postgres.query(
        `SELECT count(*)::int AS answers FROM pgboss.job
          WHERE name = $1 AND state = 'completed' AND output ->> 'provider' = 'stub'`,
        [QUEUE],
      );
      return Number(rows[0]?.['answers']);
    },
    async close() {
      await postgres.end();
      await boss.stop({ graceful: false });
    },
  },
  task,
);
