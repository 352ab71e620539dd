import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { holdAnswers } from '../support/held-answers.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers } from '../support/worker-process.ts';

const TABLES = ['ai_requests', 'ai_responses', 'ai_request_log', 'ai_workers', 'ai_ipc_meta'];
const startWorker = useWorkers();
const server = new MariadbServer();
let queue: QueueObserver;
let stub: AiStub;

beforeAll(async () => {
  stub = await startAiStub();
  queue = await QueueObserver.create(await server.start());
});
afterAll(async () => {
  await stub.close();
  await server.remove();
});

/** Everybody reads, so that each worker sees that the heartbeat of the other one stands still. */
it.each([
  ['FLUSH TABLES WITH READ LOCK'],
  [`LOCK TABLES ${TABLES.map((table) => `${table} READ`).join(', ')}`],
])('a backup by %s for longer than a heartbeat may be missing has nothing called twice', async (lock) => {
  stub.clear();
  await queue.clear();
  const env = { AI_SERVICE_BASE_URL: stub.url, AI_SERVICE_TIMEOUT: '120', CONCURRENCY: '10' };
  const workers = [startWorker(queue.settings, env), startWorker(queue.settings, env)];
  for (const worker of workers) await worker.started();
  const held = holdAnswers();
  stub.behaveAlways(held.behaviour);
  await queue.insert(20, '/echo', { lifeSeconds: 300 });
  await waitFor(() => stub.inFlight === 20, { timeoutMs: 10_000, what: '20 calls in flight' });

  const backup = await queue.database.connect();
  await backup.query(lock);
  for (const worker of workers) await worker.waitForLog('No heartbeat could be written: claiming stops');
  const line = await workers[0]!.waitForLog('Database trouble, trying again');
  expect(line['error']).toMatch(/a backup has locked the tables \(SHOW PROCESSLIST/);
  await backup.query('UNLOCK TABLES');
  held.release();
  await queue.waitForCounts({ completed: 20 }, 30_000);

  expect(stub.calls).toHaveLength(20);
  expect(await queue.eventCounts()).toEqual({ claimed: 20, completed: 20 });
  const later = await queue.insertOne('/echo');
  await queue.waitForStatus(later, 'completed', 10_000);
});
