import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { type Refusal, refuse } from './http-error.ts';
import { createIdempotency, type Idempotency } from './idempotency.ts';

interface Answer {
  readonly text: string;
}
const HOUR_MS = 3_600_000;
const FAILED = refuse('model_failed', 'The model failed.');

let clock: FakeClock;
let idempotency: Idempotency<Answer | Refusal>;
let made: string[];

beforeEach(() => {
  clock = new FakeClock();
  idempotency = createIdempotency({ clock });
  made = [];
});

/** An answer that says which making it is from. */
const make = async (): Promise<Answer> => {
  made.push('made');
  return { text: `answer ${made.length}` };
};

/** A making that ends when the test says so. */
function slowMaking() {
  let end: (value: Answer | Refusal) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const promise = new Promise<Answer | Refusal>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const makeSlowly = () => {
    made.push('made');
    return promise;
  };
  return { makeSlowly, end, fail };
}

describe('the same key and body', () => {
  it('gets the same answer, made once', async () => {
    const first = await idempotency.run('key', 'body', make);
    expect(await idempotency.run('key', 'body', make)).toBe(first);
    expect(made).toHaveLength(1);
  });

  it('waits for the answer that is still in the making', async () => {
    const { makeSlowly, end } = slowMaking();
    const all = [1, 2, 3].map(() => idempotency.run('key', 'body', makeSlowly));
    end({ text: 'slow' });
    expect(await Promise.all(all)).toEqual([{ text: 'slow' }, { text: 'slow' }, { text: 'slow' }]);
    expect(made).toHaveLength(1);
  });

  it('is made anew after a refusal or an error, which are not kept', async () => {
    expect(await idempotency.run('key', 'body', async () => FAILED)).toBe(FAILED);
    const failing = idempotency.run('key', 'body', async () => {
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
    expect(await idempotency.run('key', 'body', make)).toEqual({ text: 'answer 1' });
  });

  it.each(['a refusal', 'an error'])(
    'is made anew, once, by those who waited for what became %s',
    async (end) => {
      const slow = slowMaking();
      const first = idempotency.run('key', 'body', slow.makeSlowly);
      const waiting = [1, 2, 3].map(() => idempotency.run('key', 'body', make));
      if (end === 'a refusal') {
        slow.end(FAILED);
        expect(await first).toBe(FAILED);
      } else {
        slow.fail(new Error('broken'));
        await expect(first).rejects.toThrow('broken');
      }
      const answers = await Promise.all(waiting);
      expect(answers).toEqual([{ text: 'answer 2' }, { text: 'answer 2' }, { text: 'answer 2' }]);
    },
  );

  it('is remembered for 24 hours', async () => {
    await idempotency.run('key', 'body', make);
    await clock.advance(24 * HOUR_MS - 1);
    expect(await idempotency.run('key', 'body', make)).toEqual({ text: 'answer 1' });
    await clock.advance(1);
    expect(await idempotency.run('key', 'body', make)).toEqual({ text: 'answer 2' });
  });
});

describe('the same key with another body', () => {
  it('is refused with 409, and says which key', async () => {
    await idempotency.run('key', 'body', make);
    expect(await idempotency.run('key', 'other', make)).toMatchObject({
      refused: 'key_reused',
      message: expect.stringContaining('"key"'),
    });
    expect(made).toHaveLength(1);
  });

  it('is refused while the first is in the making', async () => {
    const { makeSlowly, end } = slowMaking();
    const first = idempotency.run('key', 'body', makeSlowly);
    expect(await idempotency.run('key', 'other', make)).toMatchObject({ refused: 'key_reused' });
    end({ text: 'slow' });
    await first;
  });

  it('is answered when the first came to nothing', async () => {
    await idempotency.run('key', 'body', async () => FAILED);
    expect(await idempotency.run('key', 'other', make)).toEqual({ text: 'answer 1' });
  });
});

describe('many keys', () => {
  it('are kept to a number, and the oldest go', async () => {
    idempotency = createIdempotency({ clock, maxKeys: 3 });
    for (const key of ['1', '2', '3', '4']) await idempotency.run(key, 'body', make);
    expect(await idempotency.run('2', 'body', make)).toEqual({ text: 'answer 2' });
    expect(await idempotency.run('1', 'body', make)).toEqual({ text: 'answer 5' });
  });

  it('of 100,000 are all kept, and one more is not', async () => {
    for (let key = 0; key <= 100_000; key += 1)
      await idempotency.run(String(key), 'body', async () => ({ text: '' }));
    await idempotency.run('1', 'body', make);
    expect(made).toHaveLength(0);
    await idempotency.run('0', 'body', make);
    expect(made).toHaveLength(1);
  });

  it('may be names that every object has', async () => {
    for (const key of ['__proto__', 'constructor'])
      expect(await idempotency.run(key, 'body', make)).toHaveProperty('text');
    expect(made).toHaveLength(2);
  });
});
