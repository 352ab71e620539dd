import type { PeerTask } from '../peer.ts';
import { createAiCall } from './call-ai.ts';
import { ASKED, type GraphileWorker, makeAnswers, type Work } from './graphile-worker.ts';
import { QUEUE } from './request.ts';
import { packageOf, postgresUrl, READY, readTask } from './task.ts';

/** All as in its documentation's "Performance". */
const CONCURRENT_JOBS = 24;
const SETTINGS = {
  concurrentJobs: CONCURRENT_JOBS,
  maxPoolSize: CONCURRENT_JOBS + 1,
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};

const STORE = 'INSERT INTO answers (key, answer) VALUES ($1, $2)';
const STORE_AND_TELL = `WITH stored AS (${STORE} RETURNING key) SELECT pg_notify('answers', key) FROM stored`;

const task = readTask<PeerTask>();
await makeAnswers(task);
const { run, Logger } = packageOf<GraphileWorker>(task, 'graphile-worker');
const callAi = createAiCall(task.stubUrl, CONCURRENT_JOBS);

const workBy =
  (sql: string): Work =>
  async ({ key, request }, { query }) => {
    await query(sql, [key, await callAi(request)]);
  };

await run({
  preset: { worker: { connectionString: postgresUrl(task), ...SETTINGS } },
  taskList: { [QUEUE]: workBy(STORE), [ASKED]: workBy(STORE_AND_TELL) },
  // As quiet as our own worker is told to be: it has a line for each job.
  logger: new Logger(() => (level, message) => {
    if (level === 'error' || level === 'warning') process.stderr.write(`${message}\n`);
  }),
});
process.stdout.write(READY);
