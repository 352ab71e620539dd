import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { openTestContext, type TestContext } from '../../test/support/worker-context.ts';
import { AiIpcError } from '../base/errors.ts';
import { RingBack } from './ring-back.ts';
import { abandon, waitForEnd } from './wait-for-end.ts';

const LIFE_SECONDS = 10;
/** A moment for the worker to write the end. */
const AFTER_LIFE_MS = 3_000;
const LONGEST_REST_MS = 50;
/** So long a row may be missing at a server that is behind. */
const BEHIND_MS = 3_000;

let context: TestContext;
let clock: FakeClock;
let id: number;
let abort: AbortController;
let ringBack: RingBack;

beforeEach(async () => {
  context = await openTestContext('http://127.0.0.1:9');
  clock = new FakeClock();
  abort = new AbortController();
  ringBack = new RingBack();
  const [claimed] = await context.claim(1);
  id = claimed!.id;
});
afterEach(() => context.close());

/** Begins to wait; `seen` has what it gave, once it has. */
function begin(isOurs = true) {
  const { store } = context;
  const seen: { value?: unknown; error?: unknown } = {};
  const waiting = { store, clock, id, isOurs, lifeSeconds: LIFE_SECONDS, signal: abort.signal, ringBack };
  const end = waitForEnd(waiting).then(
    (value) => {
      seen.value = value;
    },
    (error: unknown) => {
      seen.error = error;
    },
  );
  return { seen, end };
}

async function complete(): Promise<void> {
  const outcome = { kind: 'completed', answer: '{"text":"Hi"}' } as const;
  await context.store.settle(context.workerId, [{ id, claimNo: 1, attempt: 1, outcome, durationMs: 5 }]);
}

/** The database is away; returns what brings it back. */
function takeAway(code: 'database_unavailable' | 'database_failed' = 'database_unavailable'): () => void {
  const read = vi.spyOn(context.store, 'read').mockRejectedValue(new AiIpcError(code, 'away'));
  return () => read.mockRestore();
}

describe('waiting for the end of a request', () => {
  it('ends with its answer, and leaves nothing behind', async () => {
    const { seen } = begin();
    await clock.advance(1_000);
    expect(seen).toEqual({});
    await complete();
    await clock.advance(LONGEST_REST_MS);

    expect(seen).toMatchObject({ value: { id, status: 'completed', text: 'Hi', error: null } });
    expect([clock.sleeping, getEventListeners(abort.signal, 'abort')]).toEqual([0, []]);
  });

  it('of one’s own looks after 2 ms, and every 50 ms later on', async () => {
    const reads = vi.spyOn(context.store, 'read');
    begin();
    await clock.advance(1);
    expect(reads).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(reads).toHaveBeenCalledTimes(1);
    await clock.advance(1_000);
    reads.mockClear();

    await clock.advance(10 * LONGEST_REST_MS);

    expect(reads).toHaveBeenCalledTimes(10);
    abort.abort();
  });

  it('of anybody’s looks at once', async () => {
    const reads = vi.spyOn(context.store, 'read');
    begin(false);
    await clock.advance(0);
    expect(reads).toHaveBeenCalledTimes(1);
    abort.abort();
  });

  it('looks after 20 ms, and every 200 ms later on, where a ring back is likely', async () => {
    ringBack = new RingBack({ isLikely: true });
    const reads = vi.spyOn(context.store, 'read');
    const { seen, end } = begin();
    await clock.advance(19);
    expect(reads).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(reads).toHaveBeenCalledTimes(1);
    await clock.advance(1_000);
    reads.mockClear();
    await clock.advance(1_000);
    expect(reads).toHaveBeenCalledTimes(5);

    await complete();
    ringBack.ring();
    await end;
    expect(seen).toMatchObject({ value: { status: 'completed' } });
  });

  it('looks as often as without one after a ring back that was not its end', async () => {
    ringBack = new RingBack({ isLikely: true });
    begin();
    await clock.advance(1_000);
    ringBack.ring();
    await clock.advance(50);
    const reads = vi.spyOn(context.store, 'read');
    await clock.advance(10 * LONGEST_REST_MS);
    expect(reads).toHaveBeenCalledTimes(10);
    abort.abort();
  });

  it('looks at once when it is rung, without any time', async () => {
    const { seen, end } = begin();
    await clock.advance(0);
    await complete();
    ringBack.ring();
    await end;

    expect(seen).toMatchObject({ value: { status: 'completed', text: 'Hi' } });
    expect(clock.sleeping).toBe(0);
  });

  it('looks once more when it is rung during a look', async () => {
    const { store } = context;
    const read = vi.spyOn(store, 'read').mockImplementationOnce(async (which) => {
      const before = await store.read(which);
      await complete();
      ringBack.ring();
      return before;
    });
    const { seen, end } = begin();
    await clock.advance(2);
    await end;

    expect(seen).toMatchObject({ value: { status: 'completed' } });
    // The one within the first is not its own.
    expect(read).toHaveBeenCalledTimes(3);
  });

  it('looks once for any number of rings before its end, and then when it would have looked', async () => {
    const read = vi.spyOn(context.store, 'read');
    begin();
    await clock.advance(0);
    for (let ring = 0; ring < 100; ring += 1) {
      ringBack.ring();
      await clock.advance(0);
    }
    expect(read).toHaveBeenCalledTimes(1);
    await clock.advance(1_000);
    read.mockClear();
    await clock.advance(10 * LONGEST_REST_MS);

    expect(read).toHaveBeenCalledTimes(10);
    abort.abort();
  });

  it('says after its life, and a moment, that nobody served it', async () => {
    const { seen } = begin();
    await clock.advance(LIFE_SECONDS * 1_000 + AFTER_LIFE_MS - 1);
    expect(seen).toEqual({});

    await clock.advance(LONGEST_REST_MS);

    expect(seen).toMatchObject({ value: { id, status: 'processing', error: { code: 'expired' } } });
  });

  it('is not misled by reads that are behind, before it was seen and after', async () => {
    const read = vi.spyOn(context.store, 'read');
    for (let behind = 0; behind < 20; behind += 1) read.mockResolvedValueOnce(undefined);
    const { seen } = begin();
    await clock.advance(1_000);
    expect(read.mock.calls.length).toBeGreaterThan(20);
    for (let behind = 0; behind < 20; behind += 1) read.mockResolvedValueOnce(undefined);
    await clock.advance(20 * LONGEST_REST_MS);
    expect(seen).toEqual({});
    await complete();
    await clock.advance(LONGEST_REST_MS);

    expect(seen).toMatchObject({ value: { status: 'completed' } });
  });

  it('looks for one of ours that was never seen as long as it lives, and for any other number 3 s', async () => {
    vi.spyOn(context.store, 'read').mockResolvedValue(undefined);
    const [ours, other] = [begin(), begin(false)];
    await clock.advance(BEHIND_MS + LONGEST_REST_MS);
    expect(other.seen).toMatchObject({ value: { error: { message: `There is no request ${id}.` } } });
    await clock.advance(LIFE_SECONDS * 1_000 - BEHIND_MS);
    expect(ours.seen).toEqual({});

    await clock.advance(AFTER_LIFE_MS);

    const message = expect.stringContaining('no read has found it');
    expect(ours.seen).toMatchObject({ value: { status: 'failed', error: { code: 'bad_id', message } } });
  });

  it('says that it was deleted, when it has been missing for 3 s', async () => {
    const { seen } = begin();
    await clock.advance(LONGEST_REST_MS);
    context.sql.exec('DELETE FROM ai_requests');
    await clock.advance(BEHIND_MS - LONGEST_REST_MS);
    expect(seen).toEqual({});
    await clock.advance(2 * LONGEST_REST_MS);

    expect(seen).toMatchObject({ value: { id, status: 'failed', error: { code: 'bad_id' } } });
  });

  it('gives nothing of another request that got its id after the table was emptied', async () => {
    const { seen } = begin();
    await clock.advance(LONGEST_REST_MS);
    context.sql.exec('DELETE FROM ai_requests');
    context.sql.exec(
      `INSERT INTO ai_requests (id, endpoint, status, created_at) VALUES (${id}, '/x', 'completed', '2026-01-01 00:00:00.000')`,
    );
    context.sql.exec(
      `INSERT INTO ai_responses (request_id, response_data) VALUES (${id}, '"of another player"')`,
    );
    await clock.advance(LONGEST_REST_MS);

    expect(seen).toMatchObject({ value: { id, status: 'failed', text: '', error: { code: 'bad_id' } } });
  });

  it('goes on when the database was away for a while', async () => {
    const comeBack = takeAway();
    const { seen } = begin();
    await clock.advance(5_000);
    expect(seen).toEqual({});
    comeBack();
    await complete();
    await clock.advance(LONGEST_REST_MS);

    expect(seen).toMatchObject({ value: { status: 'completed' } });
  });

  it('waits for a database that hangs no longer than 4 s past its life', async () => {
    const { seen } = begin();
    await clock.advance(LONGEST_REST_MS);
    vi.spyOn(context.store, 'read').mockReturnValue(new Promise(() => undefined));
    await clock.advance(LIFE_SECONDS * 1_000 + AFTER_LIFE_MS);
    expect(seen).toEqual({});

    await clock.advance(1_000);

    const error = { code: 'database_unavailable', message: expect.stringContaining('is not known') };
    expect(seen).toMatchObject({ value: { id, status: 'processing', error } });
    expect(clock.sleeping).toBe(0);
  });

  it('takes the answer that came while the process stood still until after its life', async () => {
    const { store } = context;
    const readNow = store.read;
    // As by a connection: what it gives comes in a later turn.
    vi.spyOn(store, 'read').mockImplementation(async (which) => {
      await turn();
      return await readNow(which);
    });
    const { seen, end } = begin();
    await clock.advance(LONGEST_REST_MS);
    await complete();
    await clock.standStill(LIFE_SECONDS * 1_000 + AFTER_LIFE_MS + 2_000);
    await end;

    expect(seen).toMatchObject({ value: { id, status: 'completed', text: 'Hi' } });
    expect(clock.sleeping).toBe(0);
  });

  it('ends with the error of a database that stays away past its life', async () => {
    takeAway();
    const { seen } = begin();
    await clock.advance(LIFE_SECONDS * 1_000 + AFTER_LIFE_MS + LONGEST_REST_MS);

    expect(seen).toMatchObject({ error: { code: 'database_unavailable' } });
  });

  it('ends with the first look whose error does not pass', async () => {
    takeAway('database_failed');
    const { seen } = begin();
    await clock.advance(2);

    expect(seen).toMatchObject({ error: { code: 'database_failed' } });
  });

  it('ends at once when it is aborted, also while the database hangs', async () => {
    vi.spyOn(context.store, 'read').mockReturnValue(new Promise(() => undefined));
    const { seen, end } = begin();
    await clock.advance(2);
    abort.abort(new Error('enough'));
    await end;

    expect(seen).toMatchObject({ error: { message: 'enough' } });
  });

  it('listens once at a signal that many share, also while the database is away', async () => {
    const comeBack = takeAway();
    const waits = Array.from({ length: 20 }, () => begin());
    await clock.advance(1_000);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
    comeBack();
    await clock.advance(1_000);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);

    abort.abort(new Error('enough'));
    await Promise.all(waits.map(({ end }) => end));

    for (const { seen } of waits) expect(seen).toMatchObject({ error: { message: 'enough' } });
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('looks no more once it is aborted', async () => {
    const { end } = begin();
    await clock.advance(1_000);
    abort.abort();
    await end;
    await clock.advance(0);

    expect(clock.sleeping).toBe(0);
  });
});

describe('a request that is abandoned', () => {
  const give = () => abandon({ store: context.store, clock }, id, abort.signal);

  beforeEach(() => abort.abort(new Error('enough')));

  it('is cancelled, and leaves no timer', async () => {
    expect(await give()).toMatchObject({
      code: 'aborted',
      message: 'The wait was aborted; the request is cancelled.',
      cause: { message: 'enough' },
    });
    expect(await context.store.read(id)).toMatchObject({ status: 'cancelled' });
    expect(clock.sleeping).toBe(0);
  });

  it('is cancelled by the second try, where the first went to a server that has not got it yet', async () => {
    vi.spyOn(context.store, 'cancel').mockResolvedValueOnce(false);
    const given = give();
    await clock.advance(LONGEST_REST_MS);

    expect(await given).toMatchObject({ message: 'The wait was aborted; the request is cancelled.' });
    expect(await context.store.read(id)).toMatchObject({ status: 'cancelled' });
  });

  it('had ended, where it had', async () => {
    await complete();
    expect(await give()).toMatchObject({ message: 'The wait was aborted; the request had ended.' });
  });

  it('has a fate that nobody knows, where the database fails to cancel it', async () => {
    vi.spyOn(context.store, 'cancel').mockRejectedValue(new Error('away'));
    expect(await give()).toMatchObject({
      code: 'aborted',
      message: `The wait was aborted; whether the request ${id} is cancelled is not known, for the database did not answer.`,
      cause: { message: 'away' },
    });
  });

  it('is waited for 3 s where the database hangs', async () => {
    vi.spyOn(context.store, 'cancel').mockReturnValue(new Promise(() => undefined));
    let error: unknown;
    const given = give().then((aborted) => {
      error = aborted;
    });
    await clock.advance(2_999);
    expect(error).toBeUndefined();
    await clock.advance(1);
    await given;

    expect(error).toMatchObject({ message: expect.stringContaining('is not known') });
  });
});
