import { describe, expect, it } from 'vitest';
import { guessLanguage, isInScriptOf } from './guess-language.ts';

const guess = (text: string, talk = 'en', isGoingOn = false) => guessLanguage(text, { talk, isGoingOn });

describe('the language that a player writes', () => {
  it.each([
    ['สวัสดีครับ', 'th'],
    ['안녕', 'ko'],
    ['こんにちは', 'ja'],
    ['鐵匠在哪裡？', 'zh-TW'],
    ['Где кузница?', 'ru'],
    ['Wo finde ich den Schmied?', 'de'],
    ['onde fica o ferreiro?', 'pt-BR'],
    ['¿dónde está el herrero?', 'es'],
    ['di mana tukang besi?', 'id'],
    ['nasaan po ang panday?', 'tl'],
    ['où est le forgeron ?', 'fr'],
    ['where is the blacksmith?', 'en'],
    ['privet kak dela', 'ru'],
  ])('of %j is %s', (text, code) => {
    expect(guess(text)).toBe(code);
  });

  it.each(['', '...', '12345', 'Poring', 'lol', '😀'])('of %j is nobody sure: the talk goes on', (text) => {
    expect(guess(text)).toBe('en');
    expect(guess(text, 'th', true)).toBe('th');
  });

  it('does not change with a word or two', () => {
    expect(guess('gracias amigo', 'en', true)).toBe('en');
    expect(guess('ok thx', 'ko', true)).toBe('ko');
    expect(guess('¿puedes decirme dónde está el herrero?', 'en', true)).toBe('es');
  });

  it('keeps the code of the talk where it says more, and Japanese in Han alone', () => {
    expect(guess('where is the blacksmith?', 'en-GB')).toBe('en-GB');
    expect(guess('鍛冶屋', 'ja', true)).toBe('ja');
  });
});

describe('the script of an answer', () => {
  it.each([
    ['ถนนปลอดภัย', 'th', true],
    ['The road is safe.', 'th', false],
    ['プロンテラの賢者じゃ。', 'ja', true],
    ['我是賢者。', 'zh-TW', true],
    ['Poring? 네, 저기 있어요.', 'ko', true],
    ['The road is safe.', 'de', true],
    ['The road is safe.', 'xx', true],
    ['Hm.', 'th', true],
  ])('%j is one of %s: %s', (text, code, isOne) => {
    expect(isInScriptOf(text, code)).toBe(isOne);
  });
});
