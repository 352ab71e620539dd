import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../../test/support/ai-stub.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { openTestContext, type TestContext } from '../../test/support/worker-context.ts';
import { createBreaker } from '../ai/breaker.ts';
import type { WorkerSettings } from '../config/settings.ts';
import { Worker } from './worker.ts';

const TOLD = [
  ...['workerStarted', 'workerStopping', 'workerStopped', 'attemptEnded', 'released'],
  ...['storeFailed', 'aiServiceDown', 'aiServiceUp', 'statistics', 'heartbeatLost'],
] as const;

let stub: AiStub;
let context: TestContext;
let clock: FakeClock;
let worker: Worker;
let told: { readonly event: string; readonly [field: string]: unknown }[];

beforeEach(async () => {
  // One for each test: calls of an earlier one that were cut may come late.
  stub = await startAiStub();
  context = await openTestContext(stub.url);
  clock = new FakeClock();
  told = [];
  for (const event of TOLD)
    context.events.on(event as 'workerStarted', (details: object) => told.push({ event, ...details }));
  makeWorker();
});
afterEach(async () => {
  void worker.stop();
  await passUntil(worker.stop());
  await context.close();
  await stub.close();
});

function makeWorker(changes: Partial<WorkerSettings> = {}): void {
  const { store, client, events, settings } = context;
  const breaker = createBreaker(clock);
  const all = { ...settings, pollIntervalMs: 60_000, ...changes };
  worker = new Worker({ store, client, breaker, events, settings: all, version: '1.0.0', clock });
}

/** Lets time pass, a moment at a time, until this is so. */
async function passUntil(condition: Promise<unknown> | (() => unknown)): Promise<void> {
  let isSettled = false;
  if (condition instanceof Promise)
    void condition.finally(() => {
      isSettled = true;
    });
  const isSo = async () => {
    await clock.advance(1);
    return typeof condition === 'function' ? await condition() : isSettled;
  };
  await waitFor(isSo, { what: 'what is to come' });
}

/** Waits for it while no time passes: no rest of the worker ends meanwhile. */
async function untilNow(condition: () => unknown): Promise<void> {
  await waitFor(condition, { what: 'what comes in no time' });
}

async function insert(count: number): Promise<number[]> {
  const request = { type: 't', endpoint: '/echo', data: '{}', priority: 5, timeoutSeconds: 60 };
  return await context.store.insert(
    Array.from({ length: count }, () => ({ ...request, sourceNpc: null, sourceMap: null })),
  );
}

const toldOf = (name: string) => told.filter(({ event }) => event === name);
const statusOf = async (id: number | undefined) => (await context.store.read(id!))?.status;
const workerRows = () => context.sql.prepare('SELECT id, in_flight, doorbell FROM ai_workers').all();

/** Starts with so many calls under way, which end when they are told to. */
async function startCalls(count: number): Promise<{ ids: number[]; answerAll: () => void }> {
  const answers: (() => void)[] = [];
  stub.behaveAlways((call, response) => answers.push(() => behaviours.echo()(call, response)));
  const ids = await insert(count);
  await worker.start();
  await untilNow(() => answers.length === count);
  return { ids, answerAll: () => answers.splice(0).map((answer) => answer()) };
}

describe('a worker that is stopped', () => {
  it('lets its calls end and writes them, shows itself meanwhile, claims no more, and leaves nothing', async () => {
    const { ids, answerAll } = await startCalls(2);
    const beats = vi.spyOn(context.store, 'heartbeat');
    const stopping = worker.stop();
    const [late] = await insert(1);
    worker.wake();
    await clock.advance(5_000);
    expect([stub.inFlight, beats.mock.calls.length, workerRows().length]).toEqual([2, 2, 1]);
    expect(toldOf('workerStopping')).toMatchObject([{ inFlight: 2, isForced: false }]);
    expect(toldOf('workerStopped')).toEqual([]);

    answerAll();
    await passUntil(stopping);

    expect([await statusOf(ids[0]), await statusOf(ids[1]), await statusOf(late)]).toEqual([
      ...['completed', 'completed'],
      'pending',
    ]);
    expect(toldOf('workerStopped')).toMatchObject([{ unwritten: 0 }]);
    expect([workerRows(), clock.sleeping]).toEqual([[], 0]);
  });

  it('again cuts its calls and gives their requests back', async () => {
    const { ids } = await startCalls(2);
    const stopping = worker.stop();
    await clock.advance(0);
    expect(toldOf('workerStopping')).toMatchObject([{ inFlight: 2, isForced: false }]);
    void worker.stop();
    await passUntil(stopping);

    expect(toldOf('workerStopping').slice(1)).toMatchObject([{ inFlight: 2, isForced: true }]);
    expect(toldOf('released')).toMatchObject([{ count: 2, reason: 'stopping' }]);
    for (const id of ids) expect(await statusOf(id)).toBe('pending');
    expect(clock.sleeping).toBe(0);
  });

  it('gives back uncalled what a claim brings that was under way', async () => {
    await worker.start();
    await clock.advance(1_000);
    const { claim } = context.store;
    let stopping: Promise<void> | undefined;
    vi.spyOn(context.store, 'claim').mockImplementationOnce(async (...asking) => {
      const requests = await claim(...asking);
      stopping = worker.stop();
      return requests;
    });
    const [id] = await insert(1);
    worker.wake();
    await untilNow(() => stopping !== undefined);
    await passUntil(stopping!);

    expect(toldOf('released')).toMatchObject([{ count: 1, reason: 'stopping' }]);
    expect([await statusOf(id), stub.calls.length]).toEqual(['pending', 0]);
  });

  it('stops all the same when its row cannot be taken away', async () => {
    await worker.start();
    context.sql.exec(
      "CREATE TRIGGER keep BEFORE DELETE ON ai_workers BEGIN SELECT RAISE(ABORT, 'kept'); END",
    );
    await passUntil(worker.stop());

    expect(toldOf('storeFailed')).toMatchObject([{ part: 'retire' }]);
    expect(toldOf('workerStopped')).toHaveLength(1);
  });
});

describe('a worker with a doorbell', () => {
  it('shows its address, serves at a ring without any rest, and takes it down', async () => {
    makeWorker({ doorbellBind: '127.0.0.1:0' });
    await worker.start();
    await clock.advance(30_000);
    const address = String(workerRows()[0]?.['doorbell']);
    const port = Number(address.split(':')[1]);
    const [id] = await insert(1);
    const socket = createSocket('udp4');
    socket.send('1', port, '127.0.0.1');

    await untilNow(() => stub.calls.length === 1);
    await passUntil(async () => (await statusOf(id)) === 'completed');
    socket.close();
    await passUntil(worker.stop());

    await bindAndClose(port);
  });

  async function bindAndClose(port: number): Promise<void> {
    const socket: Socket = createSocket('udp4').bind(port, '127.0.0.1');
    await once(socket, 'listening');
    socket.close();
  }
});

describe('a worker at work', () => {
  it('is woken by whoever inserts in the same process', async () => {
    await worker.start();
    await clock.advance(30_000);
    await insert(1);
    worker.wake();
    await untilNow(() => stub.calls.length === 1);
  });

  it('takes the next request as soon as a call has ended, with no rest', async () => {
    makeWorker({ concurrency: 4, batchSize: 1 });
    const { answerAll } = await startCalls(4);
    await insert(1);
    worker.wake();
    await clock.advance(0);
    expect(stub.inFlight).toBe(4);

    answerAll();

    await untilNow(() => stub.calls.length === 5);
    answerAll();
  });

  it('tells when the AI service goes and comes, and then serves the others with no rest', async () => {
    makeWorker({ concurrency: 10, batchSize: 10 });
    await stub.goDown();
    await insert(30);
    await worker.start();
    await untilNow(() => toldOf('aiServiceDown').length === 1);
    expect(toldOf('aiServiceDown')).toMatchObject([{ error: { code: 'ai_unreachable' } }]);
    await stub.comeBack();
    await clock.advance(1_000);

    await untilNow(() => stub.calls.length > 1);

    expect([toldOf('aiServiceDown').length, toldOf('aiServiceUp').length]).toEqual([1, 1]);
  });

  it('claims nothing while the others cannot see that it lives', async () => {
    await worker.start();
    context.sql.exec('ALTER TABLE ai_workers RENAME TO elsewhere');
    await clock.advance(8_500);
    expect(toldOf('heartbeatLost').length).toBeGreaterThan(0);
    await insert(1);
    worker.wake();
    await clock.advance(2_000);
    expect(stub.calls).toEqual([]);

    context.sql.exec('ALTER TABLE elsewhere RENAME TO ai_workers');
    await clock.advance(1_000);
    await untilNow(() => stub.calls.length === 1);
  });

  it('calls a call slow that takes longer than max_processing_time', async () => {
    makeWorker({ maxProcessingTimeMs: 300 });
    const { answerAll } = await startCalls(1);
    await clock.advance(300);
    answerAll();
    await untilNow(() => toldOf('attemptEnded').length === 1);
    await insert(1);
    worker.wake();
    await untilNow(() => stub.calls.length === 2);
    await clock.advance(301);
    answerAll();
    await untilNow(() => toldOf('attemptEnded').length === 2);

    expect(toldOf('attemptEnded')).toMatchObject([{ isSlow: false }, { isSlow: true }]);
  });
});

describe('the statistics', () => {
  it('are told every five minutes and when they are asked for, not at the start', async () => {
    const { answerAll } = await startCalls(1);
    await insert(1);
    expect(toldOf('statistics')).toEqual([]);

    worker.reportStatistics();
    await clock.advance(0);
    expect(toldOf('statistics')).toMatchObject([{ processed: 0, queueDepth: 2 }]);
    answerAll();
    await untilNow(() => toldOf('attemptEnded').length >= 1);
    worker.reportStatistics();
    await clock.advance(0);
    expect(toldOf('statistics')[1]).toMatchObject({ processed: 1, failed: 0 });
    stub.clear();

    await clock.advance(300_000);
    expect(toldOf('statistics')).toHaveLength(3);
  });

  it('are told without the depth of the queue where the database does not say it', async () => {
    await worker.start();
    await clock.advance(0);
    vi.spyOn(context.store, 'depth').mockRejectedValueOnce(new Error('away'));
    worker.reportStatistics();
    await clock.advance(0);

    expect(toldOf('statistics')).toMatchObject([{ queueDepth: null }]);
  });
});
