import { describe, expect, it } from 'vitest';
import { MEMORY_LIMITS } from './memory-limits.ts';
import { partNumbersOf } from './parts.ts';
import { bestFits, worthTelling } from './recalling.ts';

/** As the table of words gives it. */
function look(question: string, said: readonly string[]) {
  const parts = partNumbersOf(question, MEMORY_LIMITS.partsAsked);
  const partsOfLines = said.map((line) => new Set(partNumbersOf(line)));
  const found = parts.map((part) => {
    const lines = partsOfLines.flatMap((ofLine, at) => (ofLine.has(part) ? [at] : []));
    return { part, lines: lines.slice(-MEMORY_LIMITS.linesPerPart) };
  });
  return { parts, found: found.filter(({ lines }) => lines.length > 0), lines: said.length };
}

function recall(question: string, said: readonly string[], shown: readonly string[] = []): string[] {
  const fits = bestFits(look(question, said));
  const told = (count: number) =>
    worthTelling({
      question: partNumbersOf(question),
      lines: fits.slice(0, count).map(({ line, ...fit }) => ({ ...fit, said: said[line]! })),
      unreadFit: fits[count]?.fit ?? 0,
      hasShown: (one) => shown.includes(one),
    });
  const all = told(fits.length)!;
  // However few were read: the same, or that they are too few.
  for (let count = 0; count < fits.length; count += 1) expect([undefined, all]).toContainEqual(told(count));
  return all;
}

const CHATTER = Array.from({ length: 300 }, (_, at) => `What did you sell to the guard on day ${at}?`);

describe('what is worth telling of older talks', () => {
  it('is the line with the rare word, and not those that share the common ones', () => {
    const said = [...CHATTER, 'Mina, my sister, sings in the choir.', ...CHATTER];
    expect(recall('What did I tell you about my sister?', said)[0]).toBe(
      'Mina, my sister, sings in the choir.',
    );
  });

  it('is what was told rather than what was asked, and never the question itself', () => {
    const said = [
      'Is your sister in Payon too?',
      'My sister Mina lives in Payon.',
      'Where is my sister?',
      ...CHATTER,
    ];
    expect(recall('Where is my sister?', said)[0]).toBe('My sister Mina lives in Payon.');
    expect(recall('Where is my sister?', said)).not.toContain('Where is my sister?');
  });

  it('is nothing that shares a few letters only, and nothing that is shown', () => {
    expect(recall('Bring milk, Sam!', ['The phone rang.', ...CHATTER])).toEqual([]);
    expect(recall('My sister?', ['My sister sings.', ...CHATTER], ['My sister sings.'])).toEqual([]);
    expect(recall('My sister?', [])).toEqual([]);
  });

  it('is never the question itself, however often its parts stand elsewhere', () => {
    const question = 'What did you sell to the guard, and did you sell my sword to him?';
    const said = [question, 'My sword was sold to a guard.', ...CHATTER];
    for (const { line, mayShare } of bestFits(look(question, said))) {
      const parts = new Set(partNumbersOf(said[line]!));
      expect(mayShare).toBeGreaterThanOrEqual(
        look(question, said).parts.filter((part) => parts.has(part)).length,
      );
    }
    expect(recall(question, said)).not.toContain(question);
    const long = Array.from({ length: 60 }, (_, at) => `sword${at} guard${at}`).join(' ');
    expect(recall(long, [long, ...CHATTER])).toEqual([]);
  });

  it('is what says more than the question, and not what says it over', () => {
    const said = [
      'sister',
      'my sister',
      'My sister, my sister!',
      'My sister sings in the choir of Prontera.',
    ];
    expect(recall('my sister', said)).toEqual(['My sister sings in the choir of Prontera.']);
  });

  it('is each line once, and a few at most', () => {
    const said = Array.from({ length: 60 }, (_, at) => `My sister has ${at % 20} cats and ${at % 20} dogs.`);
    const told = recall('My sister has so many pets, has she not?', [...CHATTER, ...said]);
    expect(told).toHaveLength(MEMORY_LIMITS.linesRecalled);
    expect(new Set(told).size).toBe(told.length);
  });

  it('is found among lines in which all other words of the question are common', () => {
    const many = Array.from({ length: 3_000 }, (_, at) => `I tell you about my day ${at}.`);
    const said = ['My sister is a priest.', ...many];
    expect(recall('What did I tell you about my sister?', said)).toEqual(['My sister is a priest.']);
  });
});
