import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { openTestContext, type TestContext } from '../../test/support/worker-context.ts';
import { AiIpcError } from '../base/errors.ts';
import { ask, type Stored } from './asking.ts';
import { RingBacks } from './ring-back.ts';

const LIFE_SECONDS = 10;
const LIFE_MS = LIFE_SECONDS * 1_000;
/** Three for the worker to write the end, and one for the last look. */
const ENDS_AFTER_LIFE_MS = 4_000;
const GIVE_UP_WITHIN_MS = 3_000;

let context: TestContext;
let clock: FakeClock;
let abort: AbortController;
/** The database stores the request, or does not. */
let store: (stored: Stored) => void;
let fail: (error: unknown) => void;
let inserts: number;

beforeEach(async () => {
  context = await openTestContext('http://127.0.0.1:9');
  clock = new FakeClock();
  abort = new AbortController();
  inserts = 0;
});
afterEach(() => context.close());

/** Begins to ask; `seen` has what it gave, once it has. */
function begin() {
  const insert = () => {
    inserts += 1;
    return new Promise<Stored>((resolve, reject) => {
      store = resolve;
      fail = reject;
    });
  };
  const seen: { value?: unknown; error?: unknown } = {};
  const end = ask({ store: context.store, clock, ringBacks: new RingBacks() }, insert, {
    signal: abort.signal,
    lifeSeconds: LIFE_SECONDS,
  }).then(
    (value) => {
      seen.value = value;
    },
    (error: unknown) => {
      seen.error = error;
    },
  );
  return { seen, end };
}

async function storeOne(): Promise<number> {
  const [claimed] = await context.claim(1);
  store({ id: claimed!.id, lifeSeconds: LIFE_SECONDS });
  return claimed!.id;
}

const aborted = (message: string | RegExp) => ({
  error: { code: 'aborted', message: expect.stringMatching(message) },
});

describe('an ask that is aborted', () => {
  it('before it began asks nothing', async () => {
    abort.abort();
    const { seen, end } = begin();
    await end;

    expect(seen).toMatchObject(aborted(/^The wait was aborted before anything was asked\.$/));
    expect(inserts).toBe(0);
  });

  it('while its request is being stored cancels it, and says so', async () => {
    const { seen, end } = begin();
    abort.abort();
    await clock.advance(100);
    const id = await storeOne();
    await end;

    expect(seen).toMatchObject(aborted(/; the request is cancelled\.$/));
    expect(await context.store.read(id)).toMatchObject({ status: 'cancelled' });
    expect(clock.sleeping).toBe(0);
  });

  it('while the database hangs says within 3 s that nobody knows, and cancels what is stored later', async () => {
    const { seen, end } = begin();
    abort.abort();
    await clock.advance(GIVE_UP_WITHIN_MS - 1);
    expect(seen).toEqual({});
    await clock.advance(1);
    await end;
    expect(seen).toMatchObject(
      aborted(/whether the request is stored is not known.* Once that is seen, it is cancelled/),
    );

    const id = await storeOne();

    await expect.poll(() => context.store.read(id)).toMatchObject({ status: 'cancelled' });
  });

  it.each([
    ['database_unavailable', /; the request was not stored\.$/],
    ['fate_unknown', /; whether the request is stored is not known\. It may be there as 7\.$/],
  ] as const)('while its INSERT fails with %s says what is so', async (code, message) => {
    const { seen, end } = begin();
    abort.abort();
    await clock.advance(1);
    fail(new AiIpcError(code, 'It may be there as 7.', { requestIds: [7] }));
    await end;

    expect(seen).toMatchObject(aborted(message));
  });
});

describe('an ask whose database', () => {
  it('does not take the request ends 4 s after its life, and cancels it once it does', async () => {
    const { seen, end } = begin();
    await clock.advance(LIFE_MS + ENDS_AFTER_LIFE_MS - 1);
    expect(seen).toEqual({});
    await clock.advance(1);
    await end;
    const error = { code: 'fate_unknown', message: expect.stringContaining('is not known') };
    expect(seen).toMatchObject({ value: { id: -1, status: 'failed', error } });

    const id = await storeOne();

    await expect.poll(() => context.store.read(id)).toMatchObject({ status: 'cancelled' });
  });

  it('stored it while the process stood still until after its life is believed', async () => {
    const { seen, end } = begin();
    await clock.advance(1);
    await clock.standStill(LIFE_MS + ENDS_AFTER_LIFE_MS + 2_000);
    const id = await storeOne();
    abort.abort();
    await end;

    expect(seen).toMatchObject(aborted(/; the request is cancelled\.$/));
    expect(await context.store.read(id)).toMatchObject({ status: 'cancelled' });
  });

  it('may have stored it tells its number', async () => {
    const { seen, end } = begin();
    fail(new AiIpcError('fate_unknown', 'It may be there as 7.', { requestIds: [7] }));
    await end;

    expect(seen).toMatchObject({ value: { id: 7, status: 'pending', error: { code: 'fate_unknown' } } });
  });

  it('has not stored it tells no number', async () => {
    const { seen, end } = begin();
    fail(new AiIpcError('database_unavailable', 'It was not stored.'));
    await end;

    expect(seen).toMatchObject({
      value: { id: -1, status: 'failed', error: { message: 'It was not stored.' } },
    });
  });

  it('is away when its life is over says that the end is not known', async () => {
    const { seen, end } = begin();
    vi.spyOn(context.store, 'read').mockRejectedValue(
      new AiIpcError('database_unavailable', 'Nothing listens.'),
    );
    const id = await storeOne();
    await clock.advance(LIFE_MS + ENDS_AFTER_LIFE_MS + 100);
    await end;

    const message = `How the request ${id} ends is not known: Nothing listens.`;
    expect(seen).toMatchObject({
      value: { id, status: 'pending', error: { code: 'database_unavailable', message } },
    });
  });
});
