import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { AiIpcError } from '../../base/errors.ts';
import { languageOf } from './language.ts';
import { bestMatch, indexPatterns, matchPattern } from './matcher.ts';
import { compilePattern } from './pattern.ts';
import { toWords } from './words.ts';

const english = languageOf('en');

function match(pattern: string, message: string) {
  return matchPattern(compilePattern(pattern, english), toWords(message, english));
}

describe('a pattern', () => {
  it.each([
    ['hello', 'Well, HELLO there!', 1],
    ['cafe', 'A CAFÉ, please', 1],
    ['what is your name', "what's ur name?", 4],
    ['poring*', 'look, two porings', 1],
    ['how * become [a|an] mage', 'how could one day I become a mage', 4],
    ['how * become [a|an] mage', 'how to become mage', 3],
    ['(orc village|orc)', 'to the orc village', 2],
    ['^ yes $', 'Yes!', 1],
    ['al de baran', 'al-de-baran', 3],
    ['hello there', 'helloooo thereee', 2],
    ['how are you', 'hoooow r youuu', 3],
  ])('%j matches %j and names %i words', (pattern, message, score) => {
    expect(match(pattern, message)?.score).toBe(score);
  });

  it.each([
    ['hello', 'othello'],
    ['^ yes $', 'yes please'],
    ['^ yes', 'oh yes'],
    ['yes $', 'yes please'],
    ['poring*', 'a spring'],
    ['a b', 'b a'],
    ['k', 'kkkk'],
    ['a {x} b', 'a b'],
  ])('%j does not match %j', (pattern, message) => {
    expect(match(pattern, message)).toBeUndefined();
  });

  it('captures as few words as fit, as the player wrote them', () => {
    expect(match('my name is {player}', 'My name is Zoë and more')?.captures.get('player')).toBe('Zoë');
    expect(match('my name is {player} $', "my name is Sir O'Neil")?.captures.get('player')).toBe(
      "Sir O'Neil",
    );
  });

  it.each([
    ['catch {thing}', 'I want to catch a big whale', 'big whale'],
    ['catch {thing}', 'catch the big blue sea whale', 'big blue sea'],
    ['catch {thing}', 'catch a whale and a shark', 'whale'],
    ['catch {thing}', 'catch a', 'a'],
    ['catch {thing} $', 'catch a very big whale', 'very big whale'],
    ['sell {thing} to', 'sell the sword to me', 'sword'],
  ])('%j takes of %j: %j', (pattern, message, captured) => {
    expect(match(pattern, message)?.captures.get('thing')).toBe(captured);
  });

  it('keeps articles in a language whose articles are not known', () => {
    const other = languageOf('xx');
    const found = matchPattern(compilePattern('catch {thing}', other), toWords('catch a big whale', other));
    expect(found?.captures.get('thing')).toBe('a big whale');
  });

  it('never captures colour codes or punctuation', () => {
    expect(match('call me {player}', 'call me ^FF0000<Bob>^000000')?.captures.get('player')).toBe('Bob');
  });

  it.each([
    ['(a|b', 'cannot be read'],
    ['a)', 'cannot be read'],
    ['{Bad Name}', 'cannot be read'],
    ['a $ b', 'cannot be read'],
    ['* {x} [a]', 'names no word'],
    ['(a||b)', 'empty alternative'],
    ['wo*rd', 'inside a word'],
  ])('%j is refused: %s', (pattern, reason) => {
    expect(() => compilePattern(pattern, english)).toThrow(AiIpcError);
    expect(() => compilePattern(pattern, english)).toThrow(reason);
  });

  it('takes bounded time on patterns that make a backtracking matcher explode', async () => {
    const pattern = compilePattern(`${'a * (a|a a) [a] {x} * '.repeat(8)} b`, english);
    const words = toWords('a '.repeat(60_000), english);
    const cpuMs = await cpuMsOf(() => expect(matchPattern(pattern, words)).toBeUndefined());
    expect(cpuMs).toBeLessThan(1_000);
  });

  it('matches whatever words stand around it', () => {
    const pattern = compilePattern('red potion', english);
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 50 }), fc.array(word, { maxLength: 50 }), (before, after) => {
        const message = [...before, 'Red', 'POTION', ...after].join(' ');
        expect(matchPattern(pattern, toWords(message, english))).toBeDefined();
      }),
    );
  });
});

describe('the best rule', () => {
  const rules = [
    { name: 'hello', patterns: [compilePattern('hello', english)] },
    { name: 'poring', patterns: [compilePattern('poring', english)] },
    { name: 'tame', patterns: [compilePattern('tame * poring', english)] },
  ];
  const nameFor = (message: string) => bestMatch(indexPatterns(rules), toWords(message, english))?.rule.name;

  it('is the one that names the most words', () => {
    expect(nameFor('hello, how do I tame a poring?')).toBe('tame');
  });

  it('is the earlier one where two name as many', () => {
    expect(nameFor('poring, hello')).toBe('hello');
  });

  it('is none where none matches', () => {
    expect(nameFor('good evening')).toBeUndefined();
  });
});
