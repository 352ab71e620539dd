import { describe, expect, it } from 'vitest';
import { sizeAndList, sizesOf, takingSizes } from './sizes.ts';

const SIZES = { requests: 1_000, times: 10, aiMs: 0 };

describe('sizesOf', () => {
  it('takes the numbers in their order, and what is usual for those that are left out', () => {
    expect(sizesOf(SIZES, ['5', '2'])).toEqual({ requests: 5, times: 2, aiMs: 0 });
    expect(sizesOf(SIZES, [])).toEqual(SIZES);
  });

  it('takes 0 only where it is usual', () => {
    expect(sizesOf(SIZES, ['5', '2', '0'])).toEqual({ requests: 5, times: 2, aiMs: 0 });
    expect(() => sizesOf(SIZES, ['0'])).toThrow(
      '"0" is no whole number from 1 on. It stands in the place of REQUESTS.',
    );
  });

  it('takes a number within its bounds', () => {
    const bounded = { rows: { usual: 1_000, least: 0 }, mapServers: { usual: 50, most: 400 } };
    expect(sizesOf(bounded, ['0', '400'])).toEqual({ rows: 0, mapServers: 400 });
    expect(sizesOf(bounded, [])).toEqual({ rows: 1_000, mapServers: 50 });
    expect(() => sizesOf(bounded, ['0', '401'])).toThrow(
      '"401" is no whole number from 1 to 400. It stands in the place of MAP_SERVERS.',
    );
  });

  it.each(['many', '-1', '1.5', '1e3', '', '--quick', '99999999999'])(
    'says of "%s" that it is no number, and in the place of which',
    (word) => {
      expect(() => sizesOf(SIZES, ['5', word])).toThrow(
        `"${word}" is no whole number from 1 on. It stands in the place of TIMES.`,
      );
    },
  );

  it('takes no more words than there are numbers', () => {
    expect(() => sizesOf(SIZES, ['1', '2', '3', '4'])).toThrow('"4" is one word too many.');
  });
});

describe('takingSizes', () => {
  it('shows which numbers it takes', () => {
    expect(takingSizes(SIZES, async () => undefined).takes).toBe('[REQUESTS [TIMES [AI_MS]]]');
  });
});

describe('sizeAndList', () => {
  const defaults = { size: 20_000, list: [1, 2, 4] };
  const read = (...words: string[]) => sizeAndList(defaults, ['requests', 'workers'], words);

  it('takes the first number for itself and the others as the list', () => {
    expect(read('100', '1', '8')).toEqual({ size: 100, list: [1, 8] });
    expect(read('100')).toEqual({ size: 100, list: [1, 2, 4] });
    expect(read()).toEqual(defaults);
  });

  it('says in the place of what a word stands that is no number', () => {
    expect(() => read('x')).toThrow('in the place of REQUESTS.');
    expect(() => read('100', '1', 'x')).toThrow(
      '"x" is no whole number from 1 on. It stands in the place of WORKERS.',
    );
  });
});
