import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { openTestContext, type TestContext } from '../../test/support/worker-context.ts';
import { Flights } from './flights.ts';
import { Poller } from './poller.ts';

/** A rest between two looks that no test lasts: what is found within it, a ring found. */
const LONG_POLL_MS = 60_000;
const WINDOW_MS = 100;
const LOOKS_A_WINDOW = 20;

let context: TestContext;
let clock: FakeClock;
let poller: Poller;
let served: { readonly id: number; readonly atMs: number }[];
let suspicions: number;
let mayClaim: boolean;
let selects: MockInstance;
let claims: MockInstance;

beforeEach(async () => {
  context = await openTestContext('http://127.0.0.1:9');
  clock = new FakeClock();
  served = [];
  suspicions = 0;
  mayClaim = true;
  // The store does its work; it is only counted what it is asked.
  selects = vi.spyOn(context.store, 'hasDue');
  claims = vi.spyOn(context.store, 'claim');
  start(LONG_POLL_MS);
});
afterEach(async () => {
  await poller.stop();
  await context.close();
});

function start(pollIntervalMs: number): void {
  poller = new Poller({
    ...context,
    clock,
    settings: { ...context.settings, batchSize: 10, concurrency: 64, pollIntervalMs },
    flights: new Flights(() => undefined),
    mayClaim: () => mayClaim,
    dispatch: async (requests) => {
      served.push(...requests.map(({ id }) => ({ id, atMs: clock.nowMs() })));
    },
    suspectOrphans: () => suspicions++,
  });
  poller.start();
}

async function insertOne(): Promise<number> {
  const [id] = await insert(1);
  return id!;
}

async function insert(count: number): Promise<readonly number[]> {
  const request = { type: 't', endpoint: '/echo', data: '{}', priority: 5, timeoutSeconds: 30 };
  return await context.store.insert(
    Array.from({ length: count }, () => ({ ...request, sourceNpc: null, sourceMap: null })),
  );
}

/** Rings once a millisecond. */
async function ringFor(ms: number): Promise<void> {
  for (let rung = 0; rung < ms; rung++) {
    poller.ring();
    await clock.advance(1);
  }
}

/** The rests have grown by then: the next look by itself is seconds away. */
async function rest(): Promise<void> {
  await clock.advance(10_000);
  selects.mockClear();
  claims.mockClear();
}

describe('a poller that is rung', () => {
  it('after a quiet time claims at once, with no SELECT before it', async () => {
    await rest();
    const id = await insertOne();
    const rungMs = clock.nowMs();

    poller.ring();
    await clock.advance(0);

    expect(served).toEqual([{ id, atMs: rungMs }]);
    expect(selects).not.toHaveBeenCalled();
  });

  it('after each look that found something claims at once, however often', async () => {
    await rest();
    for (let n = 0; n < 3 * LOOKS_A_WINDOW; n++) {
      const id = await insertOne();
      const rungMs = clock.nowMs();
      selects.mockClear();

      poller.ring();
      await clock.advance(0);

      expect(served.at(-1)).toEqual({ id, atMs: rungMs });
      expect(selects).not.toHaveBeenCalled();
    }
  });

  it('for nothing does not claim at the next ring: a plain SELECT comes first', async () => {
    await rest();
    poller.ring();
    await clock.advance(0);
    expect(claims).toHaveBeenCalledTimes(1);

    poller.ring();
    await clock.advance(0);
    expect(claims).toHaveBeenCalledTimes(1);
    expect(selects).toHaveBeenCalledTimes(1);

    const id = await insertOne();
    poller.ring();
    await clock.advance(0);
    expect(served).toEqual([{ id, atMs: clock.nowMs() }]);
  });

  it('a thousand times a second for nothing looks 21 times in 100 ms, and claims once', async () => {
    await rest();

    await ringFor(WINDOW_MS - 1);
    expect([selects.mock.calls.length, claims.mock.calls.length]).toEqual([LOOKS_A_WINDOW - 1, 1]);
    await ringFor(9 * WINDOW_MS);

    // One more in a window: the one at its end.
    const looks = selects.mock.calls.length + claims.mock.calls.length;
    expect(looks).toBeGreaterThanOrEqual(10 * LOOKS_A_WINDOW);
    expect(looks).toBeLessThanOrEqual(10 * (LOOKS_A_WINDOW + 1));
    expect(claims).toHaveBeenCalledTimes(10);
  });

  it('while others ring for nothing serves a request within the window', async () => {
    await rest();
    await ringFor(50);
    expect(claims.mock.calls.length + selects.mock.calls.length).toBe(LOOKS_A_WINDOW);
    const id = await insertOne();
    const insertedMs = clock.nowMs();

    await ringFor(WINDOW_MS);

    expect(served).toMatchObject([{ id }]);
    expect(served[0]!.atMs - insertedMs).toBeLessThanOrEqual(WINDOW_MS);
  });

  it('too often for nothing looks at the window’s end by itself, rung again or not', async () => {
    await rest();
    await ringFor(LOOKS_A_WINDOW + 5);
    const id = await insertOne();
    poller.ring();
    await clock.advance(0);
    expect(served).toEqual([]);

    await clock.advance(WINDOW_MS);

    expect(served).toMatchObject([{ id }]);
  });
});

describe('a poller that has found something', () => {
  it('takes twice as many with each full claim, and makes none for nothing', async () => {
    await rest();
    await insert(75);

    poller.ring();
    await clock.advance(1);

    expect(claims.mock.calls.map(([, limit]) => limit)).toEqual([10, 20, 40, 64]);
    expect(served).toHaveLength(75);
    expect(selects).not.toHaveBeenCalled();
  });

  it('claims at once what is rung for during its claim', async () => {
    await rest();
    await insertOne();
    const { claim } = context.store;
    claims.mockImplementationOnce(async (...args: Parameters<typeof claim>) => {
      const found = await claim(...args);
      await insertOne();
      poller.ring();
      return found;
    });

    poller.ring();
    await clock.advance(0);

    expect(served).toHaveLength(2);
    expect(selects).not.toHaveBeenCalled();
  });

  it('finds by a SELECT 2 ms later what nobody rings for', async () => {
    await rest();
    await insertOne();
    poller.wake();
    await clock.advance(0);
    await insertOne();
    await clock.advance(2);

    expect(served).toHaveLength(2);
    expect(selects).toHaveBeenCalledTimes(1);
  });

  it('where all ring, finds by a SELECT 20 ms later what nobody rings for', async () => {
    await rest();
    await insertOne();
    poller.ring();
    await clock.advance(0);
    await insertOne();
    await clock.advance(19);
    expect([served.length, selects.mock.calls.length]).toEqual([1, 0]);

    await clock.advance(1);
    expect(served).toHaveLength(2);
    expect(selects).toHaveBeenCalledTimes(1);
  });
});

describe('a poller whose rests have grown', () => {
  const POLL_MS = 100;
  const MINUTE_MS = 60_000;

  beforeEach(async () => {
    await poller.stop();
    start(POLL_MS);
  });

  /** In a second. */
  async function looks(): Promise<number> {
    await clock.advance(MINUTE_MS);
    selects.mockClear();
    await clock.advance(9_000);
    return selects.mock.calls.length / 9;
  }

  it('looks as often as poll_interval_ms says where nobody rings', async () => {
    expect(await looks()).toBe(10);
    await insertOne();
    expect(await looks()).toBe(10);
  });

  it('looks a third as often where all ring', async () => {
    await insertOne();
    poller.ring();
    expect(await looks()).toBeCloseTo(10 / 3, 5);
  });

  it('looks as often as before for a minute after it found what nobody rang for', async () => {
    poller.ring();
    await clock.advance(10_000);
    await insertOne();
    await clock.advance(3 * POLL_MS);
    expect(served).toHaveLength(1);
    selects.mockClear();
    await clock.advance(9_000);
    expect(selects.mock.calls.length).toBeGreaterThanOrEqual(90);
    expect(await looks()).toBeCloseTo(10 / 3, 5);
  });
});

describe('a poller without its table', () => {
  const told: string[] = [];

  beforeEach(async () => {
    told.length = 0;
    context.events.on('storeFailed', ({ part }) => told.push(`${part} failed`));
    context.events.on('storeRecovered', ({ part }) => told.push(`${part} recovered`));
    await rest();
    context.sql.exec('ALTER TABLE ai_requests RENAME TO elsewhere');
  });

  it('has orphans looked for after a claim that failed, and not after a look', async () => {
    await clock.advance(LONG_POLL_MS);
    expect([told.length > 0, suspicions]).toEqual([true, 0]);

    poller.ring();
    await clock.advance(0);

    expect(suspicions).toBe(1);
  });

  it('does not say that the trouble is over before something worked', async () => {
    poller.ring();
    await clock.advance(0);
    mayClaim = false;
    context.sql.exec('ALTER TABLE elsewhere RENAME TO ai_requests');
    await clock.advance(5_000);
    expect(told).toEqual(['claim failed']);

    mayClaim = true;
    await clock.advance(1_000);

    expect(told).toEqual(['claim failed', 'claim recovered']);
  });
});
