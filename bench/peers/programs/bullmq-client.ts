import type { ClientTask } from '../peer.ts';
import { bullmqOf } from './bullmq.ts';
import { ANSWER_MARK, runClient } from './client.ts';
import { ASK_LIMIT_MS, QUEUE, REQUEST, times } from './request.ts';
import { readTask } from './task.ts';

const task = readTask<ClientTask>();
const { bullmq, connection } = bullmqOf(task);
const queue = new bullmq.Queue(QUEUE, { connection });
let opening: Promise<InstanceType<typeof bullmq.QueueEvents>> | undefined;

/** Opened by the first who asks: nobody hears the jobs of a drain. */
async function openEvents() {
  const events = new bullmq.QueueEvents(QUEUE, { connection });
  await events.waitUntilReady();
  return events;
}

await runClient(
  {
    async queue(count) {
      await queue.addBulk(times(count, () => ({ name: QUEUE, data: REQUEST })));
    },
    async isDrained() {
      const counts = await queue.getJobCounts('wait', 'active');
      return Object.values(counts).every((count) => count === 0);
    },
    async ask() {
      opening ??= openEvents();
      const events = await opening;
      const job = await queue.add(QUEUE, REQUEST);
      return String(await job.waitUntilFinished(events, ASK_LIMIT_MS));
    },
    async countAnswers() {
      const jobs = await queue.getCompleted(0, -1);
      return jobs.filter((job) => String(job?.returnvalue).includes(ANSWER_MARK)).length;
    },
    async close() {
      await (await opening)?.close();
      await queue.close();
    },
  },
  task,
);
