import { describe, expect, it } from 'vitest';
import { languageOf } from './language.ts';
import { bestMatch, indexPatterns, matchPattern } from './matcher.ts';
import { compilePattern } from './pattern.ts';
import { toWords } from './words.ts';

function match(code: string, pattern: string, message: string) {
  const language = languageOf(code);
  return matchPattern(compilePattern(pattern, language), toWords(message, language));
}

describe('words by script', () => {
  it.each([
    ['th', '*ร้านตีเหล็ก*', 'ร้านตีเหล็กอยู่ตรงไหนครับ'],
    ['ja', '鍛冶屋', '鍛冶屋はどこですか'],
    ['ja', '(*鍛冶屋*|*武器屋*) * *どこ*', 'すみません、武器屋ってどこ？'],
    ['ja', 'ハンカク', 'ﾊﾝｶｸ'],
    ['zh-TW', '*鐵匠*', '請問鐵匠在哪裡'],
    ['ko', '대장장이', '대장장이는 어디에 있어요?'],
    ['ko', '고마*', '고마워요'],
    ['pt-BR', 'você', 'voce'],
    ['de', '*schmied*', 'Waffenschmiede'],
    ['en', 'www', 'ｗｗｗ'],
  ])('%s: %j is heard in %j', (code, pattern, message) => {
    expect(match(code, pattern, message)).toBeDefined();
  });

  it.each([
    ['th', 'มา', 'ม้า'],
    ['th', '*ข้าว*', 'ข่าว'],
    ['th', '*ขาว*', 'ข้าว'],
    ['ja', 'かき', 'かぎ'],
    ['ja', '*がき*', 'かき'],
    ['ko', '가*', '강아지'],
    ['pt-BR', 'avô', 'avó'],
    ['es', 'ano', 'año'],
    ['th', '*ส้น*', 'สนใจ'],
  ])('%s: %j is another word than %j', (code, pattern, message) => {
    expect(match(code, pattern, message)).toBeUndefined();
  });

  it('an exact word wins over one that a missing accent may mean', () => {
    const language = languageOf('pt-BR');
    const rules = ['avó', 'avô'].map((name) => ({ name, patterns: [compilePattern(name, language)] }));
    const heard = (text: string) => bestMatch(indexPatterns(rules), toWords(text, language))?.rule.name;
    expect(heard('avô')).toBe('avô');
    expect(heard('avo')).toBe('avó');
  });

  it.each([
    ['th', '*ชื่อ*{name}', 'ผมชื่อสมชายครับ', 'สมชาย'],
    ['ko', '{name}에서 왔*', '저는 게펜에서 왔어요', '게펜'],
    ['ja', '{name}から来*', '私はアルナベルツから来ました', 'アルナベルツ'],
  ])('%s: %j takes its part out of a run: %j', (code, pattern, message, name) => {
    expect(match(code, pattern, message)?.captures.get('name')).toBe(name);
  });

  it('a pattern whose groups nest is refused with that reason', () => {
    expect(() => compilePattern('(a (b|c)|d) e', languageOf('en'))).toThrow('groups do not nest');
  });
});
