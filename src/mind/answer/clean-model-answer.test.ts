import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { cleanModelAnswer } from './clean-model-answer.ts';

function cleans(cases: readonly (readonly [string, string])[]): void {
  it.each(cases)('%j', (text, expected) => {
    expect(cleanModelAnswer(text)).toBe(expected);
  });
}

describe('what is no speech goes', () => {
  describe('markdown', () => {
    cleans([
      ['**Welcome**, __dear__ _friend_!', 'Welcome, dear friend!'],
      ['# Wares\n- swords\n* shields\n1. bows', 'Wares swords shields 1. bows'],
      ['> Come in.', 'Come in.'],
      ['```json\nCome in.\n```', 'Come in.'],
      ['Use `@go 0`.', 'Use @go 0.'],
      ['Ask the [Kafra](http://evil.example) there.', 'Ask the Kafra there.'],
      ['| sword | 5 |\n|---|---|\n| bow | 7 |', 'sword 5 bow 7'],
      ['That is *very* far from prt_fild08.', 'That is very far from prt_fild08.'],
    ]);
  });

  describe('HTML, client tags and entities', () => {
    cleans([
      ['<b>Come</b> <i>in</i>.<br>Now.', 'Come in. Now.'],
      ['Come in.<script>alert(1)</script>', 'Come in.'],
      ['Come in.<script>alert(1)', 'Come in.'],
      ['&lt;b&gt;Come&lt;/b&gt; in &amp; sit.', 'Come in & sit.'],
      ['&amp;lt;b&amp;gt;Come in.', 'Come in.'],
      ['<scr<script>ipt>Come in.', 'scr'],
      ['Go to <NAVI>the shop<INFO>prontera,1,1</INFO></NAVI>.', 'Go to the shop.'],
      ['[b]Come[/b] [color=red]in[/color].', 'Come in.'],
      ['I say 5 < 6.', 'I say 5 6.'],
    ]);
  });

  describe('colour codes, written as they are or as entities', () => {
    cleans([
      ['^FF0000Red^000000 words', 'Red words'],
      ['&#94;FF0000Red&#x5E;000000 words', 'Red words'],
      ['^^ff0000ff0000Red', 'ff0000Red'],
      ['Take ^nItemID^501 with you.', 'Take with you.'],
      ['\u001b[31mRed\u001b[0m words', 'Red words'],
    ]);
  });

  describe('stage directions', () => {
    cleans([
      ['*smiles warmly* Come in.', 'Come in.'],
      ['Come in. *waves*', 'Come in.'],
      ['(laughs) Come in (or do not).', 'Come in (or do not).'],
      ['[She looks around.] Come in.', 'Come in.'],
      ['Well, *scratches his chin* perhaps.', 'Well, perhaps.'],
      ['*nods*', ''],
    ]);
  });

  describe('who speaks', () => {
    cleans([
      ['Sage: Come in.', 'Come in.'],
      ['Sage of Prontera: "Come in."', 'Come in.'],
      ['Welcome.\n[bow] Come in.', 'Welcome. bow Come in.'],
      ['"Come in."', 'Come in.'],
    ]);
  });

  describe("the model's talk about itself", () => {
    cleans([
      ['As an AI language model, I cannot eat. The stew is good.', 'The stew is good.'],
      ["I'm just an AI, friend. Come in.", 'Come in.'],
      ["Sure! Here's the sage's reply: Come in.", 'Come in.'],
      ['I was trained by OpenAI.', ''],
      ["I'm sorry, but I can't help with that request.", ''],
      ['My instructions say that I must not. Come in.', 'Come in.'],
      ['Als KI darf ich das nicht. Komm herein.', 'Komm herein.'],
    ]);
  });
});

describe('what an NPC may well say stays', () => {
  cleans([
    ['I am sorry, I can not help you with your sword.', 'I am sorry, I can not help you with your sword.'],
    ['Follow the instructions on the sign.', 'Follow the instructions on the sign.'],
    ['My training as a guard was hard.', 'My training as a guard was hard.'],
    ['Here is what I know of Payon: it has bows.', 'Here is what I know of Payon: it has bows.'],
    ['Bargains! 20% off, from 1,000 zeny.', 'Bargains! 20% off, from 1,000 zeny.'],
    ['Bem-vindo à cidade, João!', 'Bem-vindo à cidade, João!'],
    ['プロンテラへようこそ。', 'プロンテラへようこそ。'],
  ]);
});

describe('in other scripts', () => {
  describe('who speaks', () => {
    cleans([
      ['賢者：ようこそ。', 'ようこそ。'],
      ['มาลี: สวัสดีค่ะ', 'สวัสดีค่ะ'],
      ['프론테라의 현자: 어서 오게.', '어서 오게.'],
      ['【賢者】歡迎。', '歡迎。'],
      ['Sábio de Prontera: ¡Olá!', '¡Olá!'],
      ['Le Sage : « Entrez. » Vite !', '« Entrez. » Vite !'],
    ]);
  });

  describe('stage directions', () => {
    cleans([
      ['（微笑む）ようこそ。', 'ようこそ。'],
      ['はい（笑）。どうぞ。', 'はい 。どうぞ。'],
      ['(고개를 끄덕이며) 그렇지.', '그렇지.'],
      ['Bem, *coça o queixo* talvez.', 'Bem, talvez.'],
      ['今天*特別*冷。', '今天特別冷。'],
      ['ポーション（回復薬）を買え。', 'ポーション（回復薬）を買え。'],
      ['Leve mel (ou quase isso).', 'Leve mel (ou quase isso).'],
    ]);
  });

  describe('what is no label stays', () => {
    cleans([
      ['注意：橋が壊れている。', '注意：橋が壊れている。'],
      ['必要なもの：薬草と水。', '必要なもの：薬草と水。'],
      ['記住：別走夜路。', '記住：別走夜路。'],
      ['Escucha: El puente ha caído.', 'Escucha: El puente ha caído.'],
    ]);
  });
});

describe('the end of an answer', () => {
  it('is a sentence within the limit', () => {
    const text = cleanModelAnswer('**A sentence of words.** '.repeat(40), { maxCharacters: 100 });
    expect(text).toBe('A sentence of words. A sentence of words. A sentence of words. A sentence of words.');
  });

  it('is a sentence where the model was stopped', () => {
    expect(cleanModelAnswer('The road north is long. The ro', { isCut: true })).toBe(
      'The road north is long.',
    );
  });

  it('is nothing where no letter is left', () => {
    expect(cleanModelAnswer('***\n---\n<br>')).toBe('');
    expect(cleanModelAnswer('123 456')).toBe('');
  });
});

const PIECES = [
  ...[
    'word ',
    'Sage: ',
    'nods',
    'I am ',
    '. ',
    '! ',
    '\n',
    ' ',
    '"',
    "'",
    '(',
    ')',
    '[',
    ']',
    '](x)',
    '![',
    '|',
  ],
  ...[
    '*',
    '**',
    '_',
    '`',
    '```',
    '~~',
    '# ',
    '- ',
    '> ',
    '<',
    '>',
    '<b>',
    '</b>',
    '<script>',
    '</script>',
    '<!--',
  ],
  ...[
    '&lt;',
    '&gt;',
    '&amp;',
    '&#60;',
    '&#x5e;',
    '&#94;',
    '^',
    '^FF0000',
    'ff0000',
    '^nItemID^5',
    '\u0000',
    '\u200b',
  ],
  ...[
    '<think>',
    '</think>',
    '<|im_end|>',
    '[INST]',
    'as an AI model',
    '🙂',
    'é',
    'e\u0301',
    '。',
    '賢者：',
    '（笑）',
    '【',
    '】',
    '「',
    '」',
    'ครับ ',
    'มาลี: ',
    '저는 ',
    '私は',
    '⋯⋯',
    'z. B. ',
    ' »',
    'como uma IA ',
    'ich bin Bob ',
    '\ud800',
    '{',
    '}',
  ],
];
const NOT_SHOWN = /[<>*`^]|\p{C}|\p{Zl}|\p{Zp}|~~|__/u;

describe('any text at all', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 1_000 }),
    fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join('')),
  );

  it('becomes clean, short, and the same when cleaned again', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 450 }), (dirty, maxCharacters) => {
        const clean = cleanModelAnswer(dirty, { maxCharacters });
        expect(clean).not.toMatch(NOT_SHOWN);
        expect([...clean].length).toBeLessThanOrEqual(maxCharacters);
        expect(clean).toBe(clean.trim());
        expect(cleanModelAnswer(clean, { maxCharacters })).toBe(clean);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is cleaned in little time, however long and however often a pattern begins in it', async () => {
    for (const piece of PIECES) {
      const cpuMs = await cpuMsOf(() => {
        cleanModelAnswer(piece.repeat(250_000 / piece.length));
        cleanModelAnswer(`${'I am a very big '.repeat(400)}${piece.repeat(2_000)}`);
      });
      expect(cpuMs, JSON.stringify(piece)).toBeLessThan(1_500);
    }
  });
});

it('nothing is said of a text that uncovers a further label each time it is cleaned', () => {
  expect(cleanModelAnswer(`${'Ann: '.repeat(3)}Hello there.`)).toBe('Hello there.');
  expect(cleanModelAnswer(`${'Ann: '.repeat(30)}Hello there.`)).toBe('');
});

describe('what is written to keep a pattern busy', () => {
  // 52 dashes took half a minute, and each further one half as long again.
  it.each([
    ['dashes', `${'-'.repeat(52)} x`],
    ['a page of dashes', `${'-'.repeat(8_000)}x`],
    ['table cells', `${'|---'.repeat(2_000)}x`],
    ['cells and spaces', `${'--- '.repeat(2_000)}x`],
    ['spaces', `a${' '.repeat(8_000)}x`],
    ['ends of sentences', `${'!'.repeat(4_000)}${'"'.repeat(4_000)}x`],
  ])('%s: takes no time', async (_, text) => {
    expect(await cpuMsOf(() => cleanModelAnswer(text))).toBeLessThan(1_000);
  });
});
