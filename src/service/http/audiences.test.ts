import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { Audiences } from './audiences.ts';

const RETURN_MS = 500;
let clock: FakeClock;
let audiences: Audiences;
let givenUp: string[];

beforeEach(() => {
  clock = new FakeClock();
  audiences = new Audiences(clock);
  givenUp = [];
});

function enter(key: string): AbortController {
  const caller = new AbortController();
  audiences.enter(key, caller.signal);
  return caller;
}

/** An answer in the making, until the test ends it. */
function making(key: string): { readonly end: () => void; readonly made: Promise<string> } {
  let end: () => void = () => undefined;
  const made = audiences.make(key, {
    giveUp: () => givenUp.push(key),
    make: () =>
      new Promise<string>((resolve) => {
        end = () => resolve('answer');
      }),
  });
  return { end: () => end(), made };
}

describe('an answer in the making', () => {
  it('is given up half a second after the last one who waited has left', async () => {
    const callers = [enter('key'), enter('key')];
    making('key');
    callers[0]?.abort();
    await clock.advance(5 * RETURN_MS);
    expect(givenUp).toEqual([]);
    callers[1]?.abort();
    await clock.advance(RETURN_MS - 1);
    expect(givenUp).toEqual([]);
    await clock.advance(1);
    expect(givenUp).toEqual(['key']);
  });

  it('goes on for one who comes back in time, and is given up when he leaves, too', async () => {
    const first = enter('key');
    making('key');
    first.abort();
    await clock.advance(RETURN_MS - 1);
    const second = enter('key');
    await clock.advance(5 * RETURN_MS);
    expect(givenUp).toEqual([]);
    second.abort();
    await clock.advance(RETURN_MS);
    expect(givenUp).toEqual(['key']);
  });

  it('of another key goes on', async () => {
    const caller = enter('key');
    enter('other');
    making('key');
    making('other');
    caller.abort();
    await clock.advance(RETURN_MS);
    expect(givenUp).toEqual(['key']);
  });

  it('that is made is not given up, nor is the next one of its key', async () => {
    const first = enter('key');
    const { end, made } = making('key');
    first.abort();
    end();
    expect(await made).toBe('answer');
    enter('key');
    making('key');
    await clock.advance(RETURN_MS);
    expect(givenUp).toEqual([]);
  });

  it('for one who has left already is given up as well', async () => {
    const caller = new AbortController();
    caller.abort();
    const { end } = making('key');
    audiences.enter('key', caller.signal);
    await clock.advance(RETURN_MS);
    expect(givenUp).toEqual(['key']);
    end();
  });
});
