import { describe, expect, it } from 'vitest';
import { sizeAndList, sizesOf } from './sizes.ts';

const DEFAULTS = { requests: 1_000, times: 10, aiMs: 0 };

describe('sizesOf', () => {
  it('takes the numbers in their order, and the defaults for those that are left out', () => {
    expect(sizesOf(DEFAULTS, ['5', '2'])).toEqual({ requests: 5, times: 2, aiMs: 0 });
    expect(sizesOf(DEFAULTS, [])).toEqual(DEFAULTS);
  });

  it('takes 0 only where it is the default', () => {
    expect(sizesOf(DEFAULTS, ['5', '2', '0'])).toEqual({ requests: 5, times: 2, aiMs: 0 });
    expect(() => sizesOf(DEFAULTS, ['0'])).toThrow(
      '"0" is no whole number from 1 on. It stands in the place of: requests.',
    );
  });

  it.each(['many', '-1', '1.5', '1e3', ''])(
    'says of "%s" that it is no number, and in the place of which',
    (word) => {
      expect(() => sizesOf(DEFAULTS, ['5', word])).toThrow(
        `"${word}" is no whole number from 1 on. It stands in the place of: times.`,
      );
    },
  );

  it('says which numbers there are where more are given', () => {
    expect(() => sizesOf(DEFAULTS, ['1', '2', '3', '4'])).toThrow(
      'Too many words: there is requests, times, aiMs.',
    );
  });
});

describe('sizeAndList', () => {
  it('takes the first number for itself and the others as the list', () => {
    const defaults = { size: 20_000, list: [1, 2, 4] };
    expect(sizeAndList(defaults, ['100', '1', '8'])).toEqual({ size: 100, list: [1, 8] });
    expect(sizeAndList(defaults, ['100'])).toEqual({ size: 100, list: [1, 2, 4] });
    expect(sizeAndList(defaults, [])).toEqual(defaults);
    expect(() => sizeAndList(defaults, ['100', 'x'])).toThrow('"x" is no whole number from 1 on.');
  });
});
