import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { createProfanityFilter, NO_FILTER } from './profanity.ts';

describe('createProfanityFilter', () => {
  const filter = createProfanityFilter(['damn', 'bloody*', 'Höllen', '', '*']);

  it.each([
    ['Damn, that hurt.', 'D***, that hurt.'],
    ['A bloodything of a DÁMN day.', 'A b********** of a D*** day.'],
    ['hollen und Höllen', 'h***** und H*****'],
    ['The damned and the dam stay.', 'The damned and the dam stay.'],
    ['', ''],
  ])('%j', (text, shown) => {
    expect(filter(text)).toBe(shown);
  });

  it('lets everything pass without words', () => {
    expect(createProfanityFilter([])).toBe(NO_FILTER);
    expect(NO_FILTER('damn')).toBe('damn');
  });

  it('takes no longer with 100,000 beginnings of words', async () => {
    const long = createProfanityFilter(Array.from({ length: 100_000 }, (_, at) => `bad${at}*`));
    const cpuMs = await cpuMsOf(() => {
      for (let times = 0; times < 100; times++) long('How do I become a mage? '.repeat(16));
    });
    expect(cpuMs).toBeLessThan(1_000);
    expect(long('bad99999th')).toBe('b*********');
  });

  it('never lengthens a text nor makes it empty', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string({ minLength: 1 })), (text, words) => {
        const shown = createProfanityFilter(words)(text);
        expect(shown === '').toBe(text === '');
      }),
    );
  });
});
