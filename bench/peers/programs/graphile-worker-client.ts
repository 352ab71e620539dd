import { randomUUID } from 'node:crypto';
import type { ClientTask } from '../peer.ts';
import { ANSWER_MARK, runClient } from './client.ts';
import { ASKED, type GraphileWorker } from './graphile-worker.ts';
import { connectPostgres } from './postgres.ts';
import { ASK_LIMIT_MS, QUEUE, REQUEST, times } from './request.ts';
import { packageOf, postgresUrl, readTask } from './task.ts';

const task = readTask<ClientTask>();
const { makeWorkerUtils } = packageOf<GraphileWorker>(task, 'graphile-worker');
const utils = await makeWorkerUtils({ connectionString: postgresUrl(task) });
await utils.migrate();
const postgres = await connectPostgres(task);
const waiting = new Map<string, () => void>();
postgres.on('notification', ({ payload = '' }) => waiting.get(payload)?.());
let listening: Promise<unknown> | undefined;
let queued = 0;

const payloadOf = (key: string) => ({ key, request: REQUEST });

function told(key: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Nobody told of an answer.')), ASK_LIMIT_MS);
    waiting.set(key, () => {
      clearTimeout(timer);
      waiting.delete(key);
      resolve();
    });
  });
}

await runClient(
  {
    async queue(count) {
      const jobs = times(count, () => ({ identifier: QUEUE, payload: payloadOf(randomUUID()) }));
      await utils.addJobs(jobs);
      queued += count;
    },
    async isDrained() {
      // The counter first: to count the rows takes a part of what is measured.
      const { rows } = await postgres.query('SELECT last_value::int AS stored FROM answers_id_seq');
      if (Number(rows[0]?.['stored']) < queued) return false;
      const jobs = await postgres.query('SELECT NOT EXISTS (SELECT 1 FROM graphile_worker.jobs) AS done');
      return jobs.rows[0]?.['done'] === true;
    },
    async ask() {
      listening ??= postgres.query('LISTEN answers');
      await listening;
      const key = randomUUID();
      const answered = told(key);
      await Promise.all([utils.addJob(ASKED, payloadOf(key)), answered]);
      const { rows } = await postgres.query('SELECT answer FROM answers WHERE key = $1', [key]);
      return String(rows[0]?.['answer']);
    },
    async countAnswers() {
      const { rows } = await postgres.query(
        'SELECT count(DISTINCT key)::int AS answers FROM answers WHERE answer LIKE $1',
        [`%${ANSWER_MARK}%`],
      );
      return Number(rows[0]?.['answers']);
    },
    async close() {
      await postgres.end();
      await utils.release();
    },
  },
  task,
);
