import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { openTestContext, type TestContext } from '../../test/support/worker-context.ts';
import type { AiResult } from '../ai/ai-client.ts';
import { type AiBreaker, createBreaker } from '../ai/breaker.ts';
import type { WorkerSettings } from '../config/settings.ts';
import { Flight, Flights } from './flights.ts';
import { Poller } from './poller.ts';

const OPEN_MS = 1_000;
const DOWN: AiResult = {
  kind: 'trouble',
  error: { code: 'ai_unreachable', message: 'Nothing listens there.' },
  isServiceDown: true,
  hasReachedNobody: true,
  retryAfterMs: null,
};

let context: TestContext;
let clock: FakeClock;
let breaker: AiBreaker;
let flights: Flights;
let poller: Poller;
/** How many requests each dispatch brought, and when they were claimed. */
let served: { readonly count: number; readonly claimedAtMs: number }[];
let onDispatch: () => void;
let selects: MockInstance<TestContext['store']['hasDue']>;
let claims: MockInstance<TestContext['store']['claim']>;

beforeEach(async () => {
  context = await openTestContext('http://127.0.0.1:9');
  clock = new FakeClock();
  breaker = createBreaker(clock);
  served = [];
  onDispatch = () => undefined;
  // The store does its work; it is only counted what it is asked.
  selects = vi.spyOn(context.store, 'hasDue');
  claims = vi.spyOn(context.store, 'claim');
});
afterEach(async () => {
  await poller.stop();
  await context.close();
});

/** A poller that dispatches to nobody: what it claimed is under way until `endCalls`. */
async function start(changes: Partial<WorkerSettings>): Promise<void> {
  flights = new Flights(() => poller.wakeIfFull());
  poller = new Poller({
    ...context,
    clock,
    breaker,
    settings: { ...context.settings, pollIntervalMs: 60_000, ...changes },
    flights,
    mayClaim: () => true,
    dispatch: async (requests, claimedAtMs) => {
      served.push({ count: requests.length, claimedAtMs });
      for (const request of requests) flights.add(new Flight(request, Number.POSITIVE_INFINITY));
      onDispatch();
    },
    suspectOrphans: () => undefined,
  });
  poller.start();
  await clock.advance(0);
}

async function insert(count: number): Promise<void> {
  const request = { type: 't', endpoint: '/echo', data: '{}', priority: 5, timeoutSeconds: 30 };
  await context.store.insert(
    Array.from({ length: count }, () => ({ ...request, sourceNpc: null, sourceMap: null })),
  );
}

async function endCalls(count: number): Promise<void> {
  for (const flight of flights.inCall().slice(0, count)) flights.endCall(flight);
  await clock.advance(0);
}

const counts = () => served.map(({ count }) => count);
const asked = () => claims.mock.calls.map(([, limit]) => limit);

describe('the room that a poller claims for', () => {
  it('is the batch, the places that calls under way leave, and no more', async () => {
    await insert(20);
    await start({ concurrency: 8, batchSize: 5 });

    expect([asked(), counts()]).toEqual([
      [5, 3],
      [5, 3],
    ]);
    await clock.advance(10_000);
    expect(counts()).toEqual([5, 3]);
  });

  it('is claimed for at once when calls end, with no look in between', async () => {
    await insert(20);
    await start({ concurrency: 8, batchSize: 8 });
    expect(counts()).toEqual([8]);

    await endCalls(4);

    expect(counts()).toEqual([8, 4]);
  });

  it('when little is let grow for 2 ms, once', async () => {
    await insert(20);
    await start({ concurrency: 8, batchSize: 8 });

    await endCalls(1);
    await clock.advance(1);
    expect(counts()).toEqual([8]);
    await endCalls(2);
    await clock.advance(1);
    expect(counts()).toEqual([8, 3]);

    await endCalls(1);
    await clock.advance(2);
    expect(counts()).toEqual([8, 3, 1]);
  });

  it('is not let grow for a queue so short that a claim takes no more', async () => {
    await start({ concurrency: 8, batchSize: 1 });
    for (let call = 1; call <= 8; call++) {
      await insert(1);
      poller.wake();
      await clock.advance(0);
      expect(counts()).toEqual(Array(call).fill(1));
    }
  });

  it('is one while the breaker tries, at the very moment that a try is due', async () => {
    await start({ concurrency: 4 });
    await clock.advance(100);
    const openedMs = clock.nowMs();
    for (let call = 0; call < 10; call++) await breaker.run(async () => DOWN);
    await insert(5);
    await clock.advance(70);
    poller.wake();
    await clock.advance(OPEN_MS - 71);
    expect(served).toEqual([]);

    await clock.advance(1);

    expect(served[0]).toEqual({ count: 1, claimedAtMs: openedMs + OPEN_MS });
    expect(asked()).toContain(1);
  });
});

describe('a poller that is idle', () => {
  it('does not look because a call has ended', async () => {
    await insert(1);
    await start({ concurrency: 8 });
    await clock.advance(1_000);
    const looks = selects.mock.calls.length;

    await endCalls(1);

    expect([selects.mock.calls.length, counts()]).toEqual([looks, [1]]);
  });

  it('rests for no longer than poll_interval_ms', async () => {
    await start({ pollIntervalMs: 50 });
    await clock.advance(10_000);
    await insert(1);

    await clock.advance(50);

    expect(counts()).toEqual([1]);
  });

  it('that finds something by itself claims on without a look, and looks often again', async () => {
    await start({ batchSize: 1 });
    await clock.advance(10_000);
    await insert(2);
    const looks: number[] = [];
    onDispatch = () => looks.push(selects.mock.calls.length);
    // Its looks are 2 + 4 + 8 + … + 8192 ms after the start.
    await clock.advance(6_382);
    expect(counts()).toEqual([1, 1]);
    expect(looks[1]).toBe(looks[0]);

    await insert(1);
    await clock.advance(2);

    expect(counts()).toEqual([1, 1, 1]);
  });
});

describe('a claim', () => {
  it('that the database is slow to give counts from before it was asked', async () => {
    const { claim } = context.store;
    claims.mockRestore();
    vi.spyOn(context.store, 'claim').mockImplementationOnce(async (...asking) => {
      const requests = await claim(...asking);
      await clock.sleep(40);
      return requests;
    });
    await insert(1);
    const beforeMs = clock.nowMs();
    await start({});
    await clock.advance(40);

    expect(served).toEqual([{ count: 1, claimedAtMs: beforeMs }]);
  });

  it('is told with how many it brought', async () => {
    const told: unknown[] = [];
    context.events.on('claimed', (claimed) => told.push(claimed));
    await insert(3);
    await start({ concurrency: 8 });
    await clock.advance(1_000);

    expect(told).toEqual([{ workerId: context.workerId, count: 3 }]);
  });

  it('during which somebody rang leaves the next ring believed', async () => {
    await start({ concurrency: 8 });
    await clock.advance(10_000);
    onDispatch = () => poller.wake();
    await insert(1);
    poller.wake();
    await clock.advance(0);
    expect(counts()).toEqual([1]);
    await clock.advance(10);
    await insert(1);
    selects.mockClear();

    poller.wake();
    await clock.advance(0);

    expect([counts(), selects.mock.calls.length]).toEqual([[1, 1], 0]);
  });
});
