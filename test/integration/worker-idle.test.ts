import { createSocket } from 'node:dgram';
import { afterAll, expect, it } from 'vitest';
import { parseAddress } from '../../src/worker/doorbell.ts';
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

it('an idle worker costs the database at most 12 statements a second, and 6 once its doorbell was rung', async () => {
  const queue = await QueueObserver.create(await server.start());
  const worker = startWorker(queue.settings, { POLL_INTERVAL_MS: '100' });
  await worker.started();

  const unrung = await statementsASecond(queue);
  await ring(queue);
  const rung = await statementsASecond(queue);

  // What comes each P seconds comes in T seconds at most T / P + 1 times: one more of each kind.
  expect(unrung).toBeLessThanOrEqual(12 + KINDS_OF_STATEMENT / (MEASURED_MS / 1000));
  expect(rung).toBeLessThanOrEqual(6 + KINDS_OF_STATEMENT / (MEASURED_MS / 1000));
  // It does look: ten times a second, or three, and more seldom where others take the cores.
  for (const perSecond of [unrung, rung]) expect(perSecond).toBeGreaterThan(1);
});

async function statementsASecond(queue: QueueObserver): Promise<number> {
  // The start itself, and the quick looks after it, are not what idling costs.
  await past(1_000);
  const first = await read(queue);
  await past(MEASURED_MS);
  const last = await read(queue);
  return (last.questions - first.questions - 1) / ((last.answeredMs - first.askedMs) / 1000);
}

async function past(ms: number): Promise<void> {
  const startedMs = performance.now();
  const isPast = () => performance.now() - startedMs > ms;
  await waitFor(isPast, { timeoutMs: 2 * ms + 5_000, what: 'the measured time' });
}

/** The server counted at some time between the two. */
async function read(queue: QueueObserver) {
  const askedMs = performance.now();
  const [row] = await queue.database.query("SHOW GLOBAL STATUS LIKE 'Questions'");
  return { questions: Number(row?.['Value']), askedMs, answeredMs: performance.now() };
}

async function ring(queue: QueueObserver): Promise<void> {
  const [row] = await queue.database.query('SELECT doorbell FROM ai_workers');
  const { host, port } = parseAddress(String(row?.['doorbell']));
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.send('x', port, host, resolve));
  socket.close();
}
