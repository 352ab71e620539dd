import { afterAll, expect, it } from 'vitest';
import { MariadbServer } from '../support/mariadb-server.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers } from '../support/worker-process.ts';

const MEASURED_MS = 10_000;
/** The look at the queue, at what is expired, at the other workers, and the heartbeat. */
const KINDS_OF_STATEMENT = 4;

const startWorker = useWorkers();
const server = new MariadbServer();

afterAll(() => server.remove());

it('an idle worker costs the database at most 12 statements a second', async () => {
  const queue = await QueueObserver.create(await server.start());
  const worker = startWorker(queue.settings, { POLL_INTERVAL_MS: '100' });
  await worker.started();
  const read = async () => {
    const [row] = await queue.database.query("SHOW GLOBAL STATUS LIKE 'Questions'");
    return { questions: Number(row?.['Value']), atMs: performance.now() };
  };
  // The start itself, and the quick looks after it, are not what idling costs.
  const startedMs = performance.now();
  await waitFor(() => performance.now() - startedMs > 1_000, { timeoutMs: 5_000, what: 'the first second' });

  const first = await read();
  await waitFor(() => performance.now() - first.atMs > MEASURED_MS, {
    timeoutMs: 2 * MEASURED_MS,
    what: 'the measured time',
  });
  const last = await read();

  const perSecond = (last.questions - first.questions - 1) / ((last.atMs - first.atMs) / 1000);
  // What comes each P seconds comes in T seconds at most T / P + 1 times: one more of each kind.
  expect(perSecond).toBeLessThanOrEqual(12 + KINDS_OF_STATEMENT / (MEASURED_MS / 1000));
  // It does look: ten times a second, and more seldom where others take the cores.
  expect(perSecond).toBeGreaterThan(1);
});
