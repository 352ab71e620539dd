import { behaviours } from '../../test/support/ai-stub.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { type Bench, msOf, type Promised } from './promise.ts';

const REQUESTS = 50;

/** What is promised of a worker's end, wanted or not. */
export const DEATHS: readonly Promised[] = [
  {
    name: 'kill -9 of a worker: another one has answered its 50 requests',
    withinMs: 15_000,
    async measure({ queue, stub, startWorker }) {
      stub.behaveAlways(behaviours.never());
      const victim = await startWorker();
      await queue.insert(REQUESTS, '/echo');
      await inFlight(stub, REQUESTS);
      await startWorker();
      stub.clear();
      return await msOf(async () => {
        await victim.kill();
        await queue.waitForCounts({ completed: REQUESTS }, 60_000);
      });
    },
  },
  {
    name: 'kill -9 of a worker whose row and request somebody holds at the first try: another one has answered it',
    withinMs: 15_000,
    async measure({ queue, stub, startWorker }) {
      stub.behaveAlways(behaviours.never());
      const victim = await startWorker();
      const [held, free] = await queue.insert(2, '/echo');
      await inFlight(stub, 2);
      const holder = await queue.database.connect();
      await startWorker();
      stub.clear();
      return await msOf(async () => {
        await victim.kill();
        await holder.query('BEGIN');
        await holder.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [held]);
        await holder.query('SELECT id FROM ai_workers ORDER BY started_at LIMIT 1 FOR UPDATE');
        await queue.waitForStatus(free ?? 0, 'completed', 60_000);
        await holder.query('ROLLBACK');
        await queue.waitForStatus(held ?? 0, 'completed', 60_000);
      });
    },
  },
  {
    name: 'a second SIGTERM: the calls are cut, and the worker is gone',
    withinMs: 3_000,
    async measure({ queue, stub, startWorker }) {
      stub.behaveAlways(behaviours.never());
      const worker = await startWorker();
      await queue.insert(REQUESTS, '/echo');
      await inFlight(stub, REQUESTS);
      worker.signal('SIGTERM');
      await worker.waitForLog('Worker finishes its calls and stops');
      return await msOf(async () => {
        worker.signal('SIGTERM');
        await worker.ended;
      });
    },
  },
];

async function inFlight(stub: Bench['stub'], count: number): Promise<void> {
  await waitFor(() => stub.inFlight === count, { timeoutMs: 20_000, what: `${count} calls in flight` });
}
