import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../../test/support/ai-stub.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { openTestContext, type TestContext } from '../../test/support/worker-context.ts';
import type { AiClient } from '../ai/ai-client.ts';
import { Worker, type WorkerOptions } from './worker.ts';

/** An orphan is released at the second or third of its looks, which come once a second. */
const RELEASED_WITHIN_MS = 10_000;
const TOLD = [
  'workerStarted',
  'workerStopped',
  'attemptAborted',
  'callBroken',
  'released',
  'storeFailed',
] as const;

let stub: AiStub;
let context: TestContext;
let told: string[];
const workers: Worker[] = [];

beforeAll(async () => {
  stub = await startAiStub();
});
afterAll(() => stub.close());

beforeEach(async () => {
  context = await openTestContext(stub.url);
  told = [];
  for (const event of TOLD) context.events.on(event, () => told.push(event));
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop();
  stub.clear();
  await context.close();
});

function makeWorker(changes: Partial<WorkerOptions> = {}): Worker {
  const { store, client, breaker, events, settings } = context;
  const worker = new Worker({ store, client, breaker, events, settings, version: '1.0.0', ...changes });
  workers.push(worker);
  return worker;
}

function rows(): number {
  return Number(context.sql.prepare('SELECT COUNT(*) AS workers FROM ai_workers').get()?.['workers']);
}

async function insertOne(): Promise<number> {
  const request = { type: 't', endpoint: '/echo', data: '{}', priority: 5, timeoutSeconds: 60 };
  const [id] = await context.store.insert([{ ...request, sourceNpc: null, sourceMap: null }]);
  return id!;
}

async function bound(port: number): Promise<Socket> {
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

describe('a worker', () => {
  it('is started once: a second start is refused and changes nothing', async () => {
    const worker = makeWorker();
    const starts = await Promise.allSettled([worker.start(), worker.start()]);
    expect(starts).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'bad_argument', message: 'This worker was started twice.' } },
    ]);
    await expect(worker.start()).rejects.toMatchObject({ code: 'bad_argument' });
    expect([told, rows()]).toEqual([['workerStarted'], 1]);

    const id = await insertOne();
    worker.wake();
    await waitFor(async () => (await context.store.read(id))?.status === 'completed', {
      timeoutMs: 5_000,
      what: 'an answer',
    });
  });

  it('that is stopped while it starts is gone when its stop resolves', async () => {
    const worker = makeWorker();
    const starting = worker.start();
    await worker.stop();
    await starting;
    expect([told, rows()]).toEqual([['workerStarted', 'workerStopped'], 0]);
  });

  it('stops once, however many ask at once and later', async () => {
    const worker = makeWorker();
    await worker.start();
    await Promise.all([worker.stop(), worker.stop()]);
    await worker.stop();
    expect([told, rows()]).toEqual([['workerStarted', 'workerStopped'], 0]);
  });

  it('that was never started has nothing to stop', async () => {
    await makeWorker().stop();
    expect(told).toEqual([]);
  });

  it('that cannot show itself to the others does not start, and leaves its doorbell’s port', async () => {
    const holder = await bound(0);
    const { port } = holder.address();
    holder.close();
    context.sql.exec('ALTER TABLE ai_workers RENAME TO elsewhere');
    const settings = { ...context.settings, doorbellBind: `127.0.0.1:${port}` };

    await expect(makeWorker({ settings }).start()).rejects.toMatchObject({ code: 'database_failed' });

    (await bound(port)).close();
    context.sql.exec('ALTER TABLE elsewhere RENAME TO ai_workers');
    expect(told).toEqual([]);
  });

  it('releases what a bug in one call has left behind, and serves it', async () => {
    let isBroken = true;
    const client: AiClient = {
      ...context.client,
      async call(call) {
        if (!isBroken) return await context.client.call(call);
        isBroken = false;
        throw new Error('a bug');
      },
    };
    const worker = makeWorker({ client });
    await worker.start();
    const id = await insertOne();
    worker.wake();

    await waitFor(async () => (await context.store.read(id))?.status === 'completed', {
      timeoutMs: RELEASED_WITHIN_MS,
      what: 'the answer to the second call',
    });

    expect(told).toEqual(['workerStarted', 'callBroken', 'released']);
  });

  it('that claims what was taken from it cuts its earlier call, and when it is stopped at once leaves nothing claimed', async () => {
    stub.behaveAlways(behaviours.never());
    const worker = makeWorker();
    await worker.start();
    const id = await insertOne();
    worker.wake();
    await waitFor(() => stub.calls.length === 1, { timeoutMs: 5_000, what: 'the first call' });

    await context.store.rescue({ workerIds: [worker.id], maxAttempts: 3, rescuerId: 'another' });
    worker.wake();
    await waitFor(() => stub.calls.length === 2, { timeoutMs: 5_000, what: 'the second call' });
    await waitFor(() => worker.vitals().inFlight === 1, { timeoutMs: 5_000, what: 'the end of the first' });
    await worker.stopAtOnce();

    const log = context.sql.prepare('SELECT event_type FROM ai_request_log WHERE request_id = ? ORDER BY id');
    const events = log.all(id).map((row) => row['event_type']);
    expect(events).toEqual(['claimed', 'rescued', 'claimed', 'released']);
    expect(told).toEqual(['workerStarted', 'attemptAborted', 'released', 'workerStopped']);
  });
});
