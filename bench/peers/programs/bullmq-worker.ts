import type { PeerTask } from '../peer.ts';
import { bullmqOf } from './bullmq.ts';
import { createAiCall } from './call-ai.ts';
import { QUEUE } from './request.ts';
import { READY, readTask } from './task.ts';

/** Its guide "Parallelism and concurrency" has one to three hundred for jobs that mostly wait. */
const CONCURRENCY = 200;

const task = readTask<PeerTask>();
const { bullmq, connection } = bullmqOf(task);
const callAi = createAiCall(task.stubUrl, CONCURRENCY);
// What the job returns is kept with it.
const worker = new bullmq.Worker(QUEUE, async ({ data }) => await callAi(data), {
  connection,
  concurrency: CONCURRENCY,
});
worker.on('error', (error) => process.stderr.write(`${error}\n`));
process.stdout.write(READY);
