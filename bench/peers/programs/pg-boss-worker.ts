import type { PeerTask } from '../peer.ts';
import { createAiCall } from './call-ai.ts';
import { startBoss } from './pg-boss.ts';
import { QUEUE } from './request.ts';
import { READY, readTask } from './task.ts';

/** Of its workers in the process, which fetch one after the other, and of the jobs that each takes at once. */
const WORKERS = 4;
const BATCH = 100;

const task = readTask<PeerTask>();
const callAi = createAiCall(task.stubUrl, WORKERS * BATCH);
const boss = await startBoss(task);
// What its documentation has for long queues: batches, each job settled with a result of its own, and the next batch
// without a pause while there is more.
const options = {
  batchSize: BATCH,
  localConcurrency: WORKERS,
  burstWhenBatchFull: true,
  perJobResults: true,
};
await boss.work(QUEUE, options, async (jobs) =>
  Promise.all(
    jobs.map(async ({ id, data }) => {
      const output = JSON.parse(await callAi(data)) as unknown;
      return { id, status: 'completed' as const, output };
    }),
  ),
);
process.stdout.write(READY);
