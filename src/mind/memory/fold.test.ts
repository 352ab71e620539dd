import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOTHING } from '../talk/recollection.ts';
import { charactersOf, countToFold, fold, foldOldest, recollect, shortenRecollection } from './fold.ts';
import { MEMORY_LIMITS } from './memory-limits.ts';

const { turnsInFull, moreTurnsInFull, moreCharacters, charactersPerTurn } = MEMORY_LIMITS;
const saidOf = (said: string) => said;

describe('fold', () => {
  it('keeps the last turns, and puts the words of those before into the summary', () => {
    expect(fold(['One.', 'Two.', 'Three.'], { count: 1, saidOf })).toEqual({
      summary: { turns: 1, sentences: ['One.'] },
      folded: ['One.'],
      kept: ['Two.', 'Three.'],
    });
  });

  it('goes on with the summary that earlier turns have left', () => {
    const before = { turns: 3, sentences: ['My name is Bob.'] };
    expect(fold(['One.'], { count: 1, saidOf, before }).summary).toEqual({
      turns: 4,
      sentences: ['My name is Bob.', 'One.'],
    });
  });

  it('folds nothing of turns that all stay', () => {
    const { summary, folded, kept } = fold(['One.'], { count: 0, saidOf });
    expect([summary.turns, folded, kept]).toEqual([0, [], ['One.']]);
  });
});

describe('countToFold', () => {
  it('is none until there are too many turns, and then all but the last', () => {
    const most = turnsInFull + moreTurnsInFull;
    expect(countToFold(Array(most).fill(100))).toBe(0);
    expect(countToFold(Array(most + 1).fill(100))).toBe(moreTurnsInFull + 1);
  });

  it('is all but the last also where the older turns are long', () => {
    const last = Array<number>(turnsInFull).fill(2 * charactersPerTurn);
    expect(countToFold([moreCharacters, ...last])).toBe(0);
    expect(countToFold([moreCharacters, 1, ...last])).toBe(2);
  });

  it('never leaves fewer turns than are promised, nor more than a prompt should have', () => {
    const turns = fc.array(fc.integer({ min: 0, max: 2 * charactersPerTurn }), { maxLength: 60 });
    fc.assert(
      fc.property(turns, (characters) => {
        const kept = characters.slice(countToFold(characters));
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(characters.length, turnsInFull));
        expect(kept.length).toBeLessThanOrEqual(turnsInFull + moreTurnsInFull);
        const surplus = kept.slice(0, -turnsInFull).reduce((sum, one) => sum + one, 0);
        expect(surplus).toBeLessThanOrEqual(moreCharacters);
      }),
    );
  });
});

describe('recollect', () => {
  const turnsOf = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ said: `I said ${at}.`, answered: `Answer ${at}.` }));
  const tooMany = turnsInFull + moreTurnsInFull + 1;

  it('gives the last turns in full, and the player’s words of the older ones', () => {
    const turns = turnsOf(tooMany);
    const older = turns.slice(0, -turnsInFull);
    expect(recollect(turns)).toEqual({
      summary: older.map(({ said }) => said).join('\n'),
      turnsBefore: older.length,
      turns: turns.slice(-turnsInFull),
      ...{ recalled: [], facts: [] },
    });
  });

  it('has no summary where no turn is older, or none is worth keeping', () => {
    expect(recollect([])).toEqual(NOTHING);
    const turns = turnsOf(tooMany).map((turn, at) =>
      at <= moreTurnsInFull ? { ...turn, said: '...' } : turn,
    );
    expect(recollect(turns)).toMatchObject({ summary: null, turns: turns.slice(-turnsInFull) });
  });

  it('is the same as what folding the oldest of all turns gives', () => {
    const turns = turnsOf(tooMany);
    const all = { ...NOTHING, turns, recalled: ['He sang.'], facts: ['He paid.'] };
    expect(foldOldest(all, 0)).toBe(all);
    expect(foldOldest(foldOldest(all, 5), tooMany - turnsInFull - 5)).toEqual({
      ...recollect(turns),
      ...{ recalled: ['He sang.'], facts: ['He paid.'] },
    });
  });
});

describe('shortenRecollection', () => {
  const recollection = {
    ...NOTHING,
    summary: 'My name is Bob.\nThe sun shines.\nI like fish.',
    turnsBefore: 3,
  };

  it('drops what is least worth keeping', () => {
    expect(shortenRecollection(recollection, 30)).toEqual({
      ...recollection,
      summary: 'My name is Bob.\nI like fish.',
    });
    expect(shortenRecollection(recollection, 0).summary).toBeNull();
  });
});

it('counts the characters of what was said and answered', () => {
  expect(charactersOf({ said: 'abc', answered: 'de' })).toBe(5);
});
