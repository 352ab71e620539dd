import { describe, expect, it } from 'vitest';
import { fold, recollect } from './fold.ts';
import { MEMORY_LIMITS } from './memory-limits.ts';

const saidOf = (said: string) => said;

describe('fold', () => {
  it('keeps the last turns, and puts the words of those before into the summary', () => {
    expect(fold(['One.', 'Two.', 'Three.'], { turnsToKeep: 2, saidOf })).toEqual({
      summary: { turns: 1, sentences: ['One.'] },
      folded: ['One.'],
      kept: ['Two.', 'Three.'],
    });
  });

  it('goes on with the summary that earlier turns have left', () => {
    const before = { turns: 3, sentences: ['My name is Bob.'] };
    expect(fold(['One.'], { turnsToKeep: 0, saidOf, before }).summary).toEqual({
      turns: 4,
      sentences: ['My name is Bob.', 'One.'],
    });
  });

  it('folds nothing of turns that all stay', () => {
    const { summary, folded, kept } = fold(['One.'], { turnsToKeep: 8, saidOf });
    expect([summary.turns, folded, kept]).toEqual([0, [], ['One.']]);
  });
});

describe('recollect', () => {
  const turnsOf = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ said: `I said ${at}.`, answered: `Answer ${at}.` }));

  it('gives as many turns in full as the memory keeps, and the player’s words of the older ones', () => {
    const turns = turnsOf(MEMORY_LIMITS.turnsInFull + 2);
    expect(recollect(turns)).toEqual({ summary: 'I said 0.\nI said 1.', turns: turns.slice(2) });
  });

  it('has no summary where no turn is older, or none is worth keeping', () => {
    expect(recollect([])).toEqual({ summary: null, turns: [] });
    const [silent] = [{ said: '...', answered: 'Hm?' }];
    const turns = [silent!, ...turnsOf(MEMORY_LIMITS.turnsInFull)];
    expect(recollect(turns)).toEqual({ summary: null, turns: turns.slice(1) });
  });
});
