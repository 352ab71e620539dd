import { TcpProxy } from '../../test/support/tcp-proxy.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { type Bench, msOf, type Promised } from './promise.ts';

const REQUESTS = 200;

/** What is promised while something is away, and when it is back. */
export const OUTAGES: readonly Promised[] = [
  {
    name: 'beside 50 requests whose answer takes 15 s, and behind them: one of another endpoint that takes 1 s',
    withinMs: 3_000,
    async measure({ queue, stub, startWorker }) {
      const worker = await startWorker();
      await queue.insert(50, '/delay/15000');
      await waitFor(() => stub.inFlight === 50, { timeoutMs: 20_000, what: '50 calls in flight' });
      const quick = async () => {
        const id = await queue.insertOne('/delay/1000');
        await queue.waitForStatus(id, 'completed', 60_000);
      };
      const besideMs = await msOf(quick);
      await worker.waitForLog(
        'An endpoint of the AI service does not answer in time: its requests wait, others are served',
      );
      return Math.max(besideMs, await msOf(quick));
    },
  },
  {
    name: 'the AI service is back: the 200 requests that waited are answered',
    withinMs: 3_000,
    async measure({ queue, stub, startWorker }) {
      const worker = await startWorker();
      await stub.goDown();
      await queue.insert(REQUESTS, '/echo');
      await worker.waitForLog('AI service is down: claiming stops until it answers again');
      await stub.comeBack();
      return await msOf(() => queue.waitForCounts({ completed: REQUESTS }, 60_000));
    },
  },
  {
    name: 'a database line that swallows everything: the worker tells it',
    withinMs: 16_000,
    measure: (bench) =>
      withProxy(bench, async (proxy) => {
        const worker = await bench.startWorker({}, proxy);
        return await msOf(async () => {
          proxy.stall();
          await worker.waitForLog('Database trouble, trying again');
        });
      }),
  },
  {
    name: 'the database is away at SIGTERM: the worker ends all the same (systemd waits for 90 s)',
    withinMs: 45_000,
    measure: (bench) =>
      withProxy(bench, async (proxy) => {
        const worker = await bench.startWorker({}, proxy);
        await bench.queue.insertOne('/delay/3000');
        await waitFor(() => bench.stub.inFlight === 1, { timeoutMs: 10_000, what: 'the call' });
        await proxy.close();
        return await msOf(async () => {
          worker.signal('SIGTERM');
          await worker.ended;
        });
      }),
  },
];

async function withProxy(bench: Bench, measure: (proxy: TcpProxy) => Promise<number>): Promise<number> {
  const proxy = await TcpProxy.start(bench.queue.settings);
  try {
    return await measure(proxy);
  } finally {
    await proxy.close();
  }
}
