import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import { holdAnswers } from '../support/held-answers.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers } from '../support/worker-process.ts';

/** Longer than the 10 s after which a worker without a heartbeat is dead. */
const LONGEST_CALL_MS = 11_000;

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

it('kill -9 of MariaDB with two workers at work: nothing lost, nothing called twice, nobody rescued', async () => {
  const env = { AI_SERVICE_BASE_URL: stub.url, CONCURRENCY: '20', AI_SERVICE_TIMEOUT: '120' };
  const workers = [startWorker(queue.settings, env), startWorker(queue.settings, env)];
  for (const worker of workers) await worker.started();
  stub.behave('/last', behaviours.delayed(LONGEST_CALL_MS));
  const held = holdAnswers();
  stub.behave('/held', held.behaviour);
  await queue.insert(29, '/held', { lifeSeconds: 300 });
  await queue.insertOne('/last', { lifeSeconds: 300 });
  await waitFor(() => stub.inFlight === 30, { timeoutMs: 10_000, what: '30 calls in flight' });

  await server.kill();
  held.release();
  // All answers come while there is no database to write them to.
  await waitFor(() => stub.inFlight === 0, { timeoutMs: 20_000, what: 'the last answer' });
  await server.start();
  await queue.waitForCounts({ completed: 30 }, 30_000);

  expect(stub.calls).toHaveLength(30);
  expect(await queue.responses()).toHaveLength(30);
  expect(await queue.eventCounts()).toEqual({ claimed: 30, completed: 30 });

  const later = await queue.insertOne('/echo');
  await queue.waitForStatus(later, 'completed', 10_000);
  for (const worker of workers) {
    expect(worker.hasEnded).toBe(false);
    const errors = worker.log().filter((line) => line.level === 'ERROR');
    expect(errors.length).toBeGreaterThan(0);
    // One line for each part that has trouble, not one for each failed statement.
    expect(errors.length).toBeLessThan(12);
  }
});
