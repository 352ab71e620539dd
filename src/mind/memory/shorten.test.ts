import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOTHING, type Recollection } from '../talk/recollection.ts';
import { recollect } from './fold.ts';
import { shortenMemory } from './shorten.ts';

const turnsOf = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ said: `I said ${at}.`, answered: `Answer ${at}.` }));
const sizeOf = (memory: Recollection) => JSON.stringify(memory).length;
const within = (size: number) => (memory: Recollection) => sizeOf(memory) <= size;
const LEAST = { ...NOTHING, turnsBefore: 23 };

describe('shortenMemory', () => {
  it('leaves as it is what fits', () => {
    const memory = recollect(turnsOf(20));
    expect(shortenMemory(memory, () => true)).toBe(memory);
  });

  it('puts the oldest turns into the summary, so that a name that was told there is not lost', () => {
    const turns = [{ said: 'My name is Bob.', answered: 'Well met.' }, ...turnsOf(20)];
    const memory = recollect(turns);
    const shorter = shortenMemory(memory, within(sizeOf(memory) - 300));
    expect(shorter.turns).toEqual(turns.slice(-shorter.turns.length));
    expect(shorter.turns.length).toBeGreaterThan(5);
    expect(shorter.turnsBefore).toBe(turns.length - shorter.turns.length);
    expect(shorter.summary).toContain('My name is Bob.');
  });

  it('shortens the summary when one turn is left, then drops what was recalled, then the turn', () => {
    const memory = { ...recollect(turnsOf(24)), recalled: ['He sang.'] };
    const bounded = (size: number) => shortenMemory(memory, within(size));
    const all = Array.from({ length: 46 }, (_, at) => bounded(500 - at * 10));
    const seen = all.map(({ summary, turns, recalled }) =>
      [summary === null ? '' : 'summary', turns.length === 0 ? '' : 'turn', recalled.join()].join(' '),
    );
    expect([...new Set(seen)]).toEqual(['summary turn He sang.', ' turn He sang.', ' turn ', '  ']);
  });

  it('gives the least there is where nothing fits', () => {
    expect(shortenMemory(recollect(turnsOf(24)), () => false)).toEqual(LEAST);
  });

  it('always gives what fits, where the least fits', () => {
    const turns = fc.array(fc.record({ said: fc.string(), answered: fc.string() }), { maxLength: 40 });
    fc.assert(
      fc.property(turns, fc.integer({ min: 100, max: 2_000 }), (all, size) => {
        expect(sizeOf(shortenMemory(recollect(all), within(size)))).toBeLessThanOrEqual(size);
      }),
    );
  });

  it('begins at the same turn for several talks, though each adds one', () => {
    const beginnings = Array.from({ length: 40 }, (_, at) => {
      const { turns } = shortenMemory(recollect(turnsOf(10 + at)), within(1_000));
      return turns[0]?.said;
    });
    expect(new Set(beginnings).size).toBeLessThanOrEqual(20);
  });
});
