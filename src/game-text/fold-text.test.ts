import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { GAME_TEXTS } from '../../test/support/game-texts.ts';
import { CODEPAGE_NAMES, type CodepageName, openCodepage } from './codepage.ts';
import { foldText, type Repertoire } from './fold-text.ts';
import { FOLDS } from './folds.ts';

const ASCII_ALONE: Repertoire = (character) => character < '\x80';
const repertoires = new Map<CodepageName, Repertoire>();
beforeAll(async () => {
  for (const name of CODEPAGE_NAMES) repertoires.set(name, await openCodepage(name));
});
const foldedFor = (name: CodepageName, text: string): string => foldText(text, repertoires.get(name)!);

describe('what models write, as game clients can show it', () => {
  it.each(GAME_TEXTS)('$codepage: $text', ({ codepage, text, shown }) => {
    expect(foldedFor(codepage, text)).toBe(shown);
  });
});

describe('what goes away takes its blank with it', () => {
  it.each([
    ['Hello 😀 you', 'Hello you'],
    ['Hello 😀', 'Hello'],
    ['😀 Hello', 'Hello'],
    ['Hello 😀! Ho.', 'Hello! Ho.'],
    ['Hello 😀 😀 🎉 you', 'Hello you'],
    ['Hello😀 you', 'Hello you'],
    ['Hello 😀you', 'Hello you'],
    ['😀', ''],
    ['😀 😀', ''],
    ['Well done (😀).', 'Well done.'],
    ['(😀 a)', '(a)'],
    ['"😀 Hello"', '"Hello"'],
    ['say "😀 Hello 😀" now', 'say "Hello" now'],
    ['"Hello"😀 he said', '"Hello" he said'],
    ['👨‍👩‍👧 and 👍🏽 and ❤️ and 1️⃣', 'and and and 1'],
    ['a  b', 'a  b'],
    ['a \uffff b', 'a b'],
  ])('%s', (text, shown) => {
    expect(foldText(text, ASCII_ALONE)).toBe(shown);
  });

  it('also inside JSON', () => {
    const json = '{"a":"😀 Hi","b": "Hi 😀","c":["😀 Hi 😀"],"d":"\\"😀 Hi 😀\\"","e":"😀"}';
    expect(JSON.parse(foldText(json, ASCII_ALONE))).toEqual({
      ...{ a: 'Hi', b: 'Hi', c: ['Hi'], d: '"Hi"', e: '' },
    });
  });
});

describe('letters and numbers', () => {
  it.each([
    ['nai\u0308ve', 'latin1', 'naïve'],
    ['nai\u0308ve', 'euckr', 'naive'],
    ['ti\u1ebfng', 'latin1', 'tiêng'],
    ['Ǽ', 'latin1', 'Æ'],
    ['Ǽ', 'euckr', 'Æ'],
    ['Ǽ', 'tis620', 'AE'],
    ['か\u3099', 'sjis', 'が'],
    ['2½ and ½', 'tis620', '2 1/2 and 1/2'],
    ['2½', 'latin1', '2½'],
    ['x² + 10²', 'tis620', 'x2 + 10 2'],
    ['Ｇｏｏｄ', 'latin1', 'Good'],
    ['Ｇｏｏｄ', 'sjis', 'Ｇｏｏｄ'],
  ] as const)('%s in %s', (text, codepage, shown) => {
    expect(foldedFor(codepage, text)).toBe(shown);
  });
});

describe.each(CODEPAGE_NAMES)('in %s, for any text', (name) => {
  const signs = [...FOLDS.keys(), ...'😀👍🏽안녕日本ไทยЯéü "\'(). !?aZ09'];
  const anyText = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...signs), { maxLength: 30 }).map((parts) => parts.join('')),
  );

  it('nothing is left that the codepage lacks', () => {
    fc.assert(
      fc.property(anyText, (text) => [...foldedFor(name, text)].every(repertoires.get(name)!)),
      { numRuns: 300 },
    );
  });

  it('folding it again changes nothing', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = foldedFor(name, text);
        expect(foldedFor(name, once)).toBe(once);
      }),
      { numRuns: 300 },
    );
  });

  it('what the codepage has stays as it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const had = [...text].filter(repertoires.get(name)!).join('');
        expect(foldedFor(name, had)).toBe(had);
      }),
      { numRuns: 300 },
    );
  });
});

it('no substitute makes a colour code, a tag or an escape', () => {
  const bad = [...FOLDS].filter(([, { candidates }]) =>
    candidates.some((candidate) => /[\^\\]|<[a-z/]/i.test(candidate)),
  );
  expect(bad).toEqual([]);
});

it('each character that has substitutes is one that some codepage lacks, and leads to plain ones', () => {
  for (const [character, { candidates }] of FOLDS) {
    expect([...character]).toHaveLength(1);
    expect(character > '\x7f' && candidates.length > 0, character).toBe(true);
  }
});
