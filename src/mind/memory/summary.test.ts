import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { MEMORY_LIMITS } from './memory-limits.ts';
import { EMPTY_SUMMARY, summarise, toldName } from './summary.ts';

const MAX_CHARACTERS = MEMORY_LIMITS.summaryTokens * MEMORY_LIMITS.charactersPerToken;
const summaryOf = (...said: string[]) => said.reduce(summarise, EMPTY_SUMMARY);

describe('summarise', () => {
  it('keeps what was said, a sentence each, and counts the turns', () => {
    expect(summaryOf('Hello! My name is Bob.\nI come from Geffen', 'Any news?')).toEqual({
      turns: 2,
      sentences: ['Hello!', 'My name is Bob.', 'I come from Geffen', 'Any news?'],
    });
  });

  it('keeps a sentence that is said again once, where it was said last', () => {
    expect(summaryOf('I like fish.', 'Hello!', 'i LIKE fish.').sentences).toEqual(['Hello!', 'i LIKE fish.']);
  });

  it('keeps nothing of what has no letter or digit', () => {
    expect(summaryOf('...', ' \n ', '!?').sentences).toEqual([]);
  });

  it('ends a long sentence at a word', () => {
    const [sentence] = summaryOf('word '.repeat(100)).sentences;
    expect(sentence).toMatch(/word…$/);
    expect(sentence!.length).toBeLessThanOrEqual(MEMORY_LIMITS.charactersPerSentence);
  });

  it.each([
    ['English', 'My name is Bob.', 'I seek my lost brother.'],
    ['German', 'Ich heiße Bob.', 'Ich suche meinen Bruder.'],
    ['Spanish', 'Me llamo Bob.', 'Busco a mi hermano.'],
    ['Portuguese', 'Meu nome é Bob.', 'Eu procuro meu irmão.'],
    ['French', 'Je m’appelle Bob.', 'Je cherche mon frère.'],
    ['Indonesian', 'Nama saya Bob.', 'Saya cari kakak.'],
    ['Thai', 'ผมชื่อสมชายครับ', 'ข้าตามหาน้องสาว'],
    ['Japanese', '僕の名前はケンタだよ。', '私の妹はミナです。'],
    ['Korean', '제 이름은 보라입니다.', '저는 오빠를 찾고 있어요.'],
    ['Chinese', '我叫小明。', '我在找我的妹妹。'],
    ['Russian', 'Меня зовут Артур.', 'Я ищу моего брата.'],
    ['Tagalog', 'Ang pangalan ko ay Jenny.', 'Hinahanap ko ang kapatid ko.'],
  ])('keeps the name longest, then what is told of oneself, in %s', (_, name, fact) => {
    const chatter = Array.from({ length: 100 }, (__, at) => `The weather was number ${at} of them all.`);
    const { sentences } = summaryOf(name, fact, ...chatter);
    expect(sentences.slice(0, 2)).toEqual([name, fact]);
    expect(sentences.at(-1)).toBe(chatter.at(-1));
    const facts = Array.from({ length: 100 }, (__, at) => `I have been told of ${at} of them.`);
    expect(summaryOf(name, ...facts).sentences[0]).toBe(name);
  });

  it('keeps a question no longer than other chatter, whatever words are in it', () => {
    const chatter = Array.from({ length: 100 }, (_, at) => `The weather was number ${at} of them all.`);
    const { sentences } = summaryOf('What is my name?', 'My name is Bob.', ...chatter);
    expect(sentences[0]).toBe('My name is Bob.');
  });

  it('keeps within its limit whatever is said, in sentences of one line each', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 600 }), { maxLength: 40 }), (lines) => {
        const { turns, sentences } = summaryOf(...lines);
        expect(turns).toBe(lines.length);
        expect(sentences.join('\n').length).toBeLessThanOrEqual(MAX_CHARACTERS);
        for (const sentence of sentences) expect(sentence).toMatch(/^\S.*$/u);
        for (const sentence of sentences) expect(sentence).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }),
    );
  });

  it('takes a line of 500 characters in a few milliseconds, whatever is in it', async () => {
    const lines = ['i'.repeat(500), 'my name '.repeat(60), '. '.repeat(250), '!'.repeat(500)];
    const cpuMs = await cpuMsOf(() => {
      for (let at = 0; at < 100; at += 1) summaryOf(...lines);
    });
    expect(cpuMs).toBeLessThan(2_000);
  });
});

describe('toldName', () => {
  it.each([
    ['My name is Bob the Knight.', 'Bob'],
    ['Hello, ich heiße Zoë!', 'Zoë'],
    ['Me llamo José y vengo de Payon', 'José'],
    ['My name is not important', null],
    ['I come from Geffen', null],
    ['สวัสดีครับ ผมชื่อสมชายครับ', 'สมชาย'],
    ['僕の名前はケンタだよ、よろしく', 'ケンタ'],
    ['제 이름은 보라입니다.', '보라'],
    ['我叫小明。', '小明'],
    ['Меня зовут Артур.', 'Артур'],
    ['Ang pangalan ko ay Jenny.', 'Jenny'],
    ['名前は秘密です', null],
  ])('of %j is %j', (said, name) => {
    expect(toldName(summaryOf(said))).toBe(name);
  });

  it('is the one that was told last', () => {
    expect(toldName(summaryOf('My name is Bob.', 'No, call me Ana.'))).toBe('Ana');
  });
});
