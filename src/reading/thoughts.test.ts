import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message, Reading } from './message.ts';
import { readMessage } from './read-message.ts';

const ASKED = {
  form: { fields: ['text', 'emotion', 'action'], needs: 'text' },
  names: { npc: ['Sage of Prontera'], player: ['Ana'] },
} as const;

/** What opens and what closes a thought, as the templates and parsers of the forms have it. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<thought>', '</thought>'],
  ['<reasoning>', '</reasoning>'],
  ['<analysis>', '</analysis>'],
  ['<scratchpad>', '</scratchpad>'],
  ['<reflection>', '</reflection>'],
  ['<inner_monologue>', '</inner_monologue>'],
  ['<internal_thought>', '</internal_thought>'],
  ['<seed:think>', '</seed:think>'],
  ['<mm:think>', '</mm:think>'],
  ['<longcat_think>', '</longcat_think>'],
  ['<ifm|think>', '</ifm|think>'],
  ['<think type="deep">', '</think>'],
  ['[THINK]', '[/THINK]'],
  ['[unused16]', '[unused17]'],
  ['<unused94>thought\n', '<unused95>'],
  ['◁think▷', '◁/think▷'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['<|START_THINKING|>', '<|END_THINKING|>'],
  ['<|think:start|>', '<|think:end|>'],
  ['<|inner_prefix|>', '<|inner_suffix|>'],
  ['<|plamo:begin_think:plamo|>', '<|plamo:end_think:plamo|>'],
  ['<|channel>thought\n', '<channel|>'],
  ['<|channel|>analysis<|message|>', '<|end|>'],
  ['<|channel|>commentary<|message|>', '<|end|>'],
  ['<|open|>think<|sep|>', '<|close|>think<|sep|>'],
  ['{think}', '{/think}'],
  ['【思考】', '【/思考】'],
  ['＜think＞', '＜/think＞'],
  ['< think >', '</ think >'],
  ['<think>', '<\\/think>'],
  ['<tool_call>', '</tool_call>'],
  ['<nobody:knows>', '</nobody:knows>'],
];

const SECRET = 'zanzibar';
/** What a thought may hold: words, drafts in the form that was asked for, plays, and half of a mark. */
const words = fc.constantFrom(
  SECRET,
  ` ${SECRET}. `,
  'He is tired. ',
  `{"text": "${SECRET}", "emotion": "calm"}`,
  `{"text": "${SECRET}`,
  `{text: '${SECRET}'}`,
  `\`\`\`json\n{"text": "${SECRET}"}\n\`\`\``,
  `\ntext: ${SECRET}\nemotion: calm\n`,
  `\nFinal answer: ${SECRET}\n`,
  `Sage of Prontera: ${SECRET}\n`,
  `assistantfinal${SECRET}`,
  `<answer>${SECRET}</answer>`,
  `<b>${SECRET}</b>`,
  '"',
  '}',
  '{',
  '\n\n',
  '<',
);
const pair = fc.tuple(fc.constantFrom(...PAIRS), fc.boolean()).map(([[open, close], isLoud]) =>
  // Channels are named in small letters only, as tokens are.
  isLoud ? ([open.toUpperCase(), close.toUpperCase()] as const) : ([open, close] as const),
);
const inside = fc.array(words, { maxLength: 8 }).map((parts) => parts.join(''));
/** Text between marks, also with a whole thought within it. */
const thought = fc
  .tuple(pair, inside, fc.option(fc.tuple(pair, inside)), inside)
  .map(([[open, close], before, inner, behind]) => {
    const nested = inner === null ? '' : `${inner[0][0]}${inner[1]}${inner[0][1]}`;
    return { open, close, body: nested === '' ? before + behind : `${before}${nested}${behind}` };
  });

function saidIn(reading: Reading): string {
  if (reading.kind === 'nothing') return '';
  return JSON.stringify(reading.kind === 'words' ? reading.words : reading.fields);
}

function read(text: string, more: Partial<Message> = {}): string {
  return saidIn(readMessage({ parts: [{ type: 'text', text }], isCut: false, ...more }, ASKED));
}

const RUNS = { numRuns: 1_000 };

describe('of any text between marks of thoughts, nothing is spoken', () => {
  it('where it is all that there is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PAIRS), inside, fc.boolean(), ([open, close], body, isCut) => {
        expect(read(`${open}${body}${close}`, { isCut })).not.toContain(SECRET);
      }),
      RUNS,
    );
  });

  it('where it has no end, because max_tokens cut it or because the model forgot it', () => {
    fc.assert(
      fc.property(pair, inside, fc.boolean(), ([open], body, isCut) => {
        expect(read(`${open}${body}`, { isCut })).not.toContain(SECRET);
      }),
      RUNS,
    );
  });

  it('where the answer stands behind it, in the form asked for or in plain words', () => {
    const answers = fc.constantFrom('{"text": "Come in, friend."}', 'Come in, friend.');
    fc.assert(
      fc.property(pair, inside, answers, ([open, close], body, answer) => {
        // Harmony says who has the word behind its end mark.
        const next = close.toLowerCase() === '<|end|>' ? '<|start|>assistant<|channel|>final<|message|>' : '';
        const said = read(`${open}${body}${close}${next}${answer}`);
        expect(said).not.toContain(SECRET);
        expect(said).toContain('Come in, friend.');
      }),
      RUNS,
    );
  });

  it('where one thought stands within another', () => {
    fc.assert(
      fc.property(thought, fc.boolean(), ({ open, body }, isCut) => {
        expect(read(`${open}${body}`, { isCut })).not.toContain(SECRET);
      }),
      RUNS,
    );
  });

  it('where the server took the opening mark away', () => {
    fc.assert(
      fc.property(pair, inside, ([, close], body) => {
        fc.pre(close.toLowerCase() !== '<|end|>');
        expect(read(`He is tired. ${body}${close}Come in, friend.`)).not.toContain(SECRET);
      }),
      RUNS,
    );
  });

  it('where it is in the field of what the NPC says', () => {
    fc.assert(
      fc.property(pair, inside, ([open, close], body) => {
        const text = `${open}${body}${close}`;
        expect(read(JSON.stringify({ text, emotion: 'calm' }))).not.toContain(SECRET);
        expect(read(JSON.stringify({ text: `${open}${body}` }), { isCut: true })).not.toContain(SECRET);
      }),
      RUNS,
    );
  });

  it('where it is a part of its own, or stands beside the content', () => {
    const type = fc.constantFrom(
      'thinking',
      'reasoning',
      'reasoning_content',
      'redacted_thinking',
      'tool_use',
    );
    fc.assert(
      fc.property(type, inside, fc.boolean(), (one, body, isCut) => {
        const parts = [
          { type: one, text: body },
          { type: 'text', text: '{"text": "Come in, friend."}' },
        ];
        expect(read('', { parts: parts.slice(0, 1), isCut })).toBe('');
        expect(read('', { parts, isCut })).not.toContain(SECRET);
        expect(read('', { parts, isCut })).toContain('Come in, friend.');
      }),
      RUNS,
    );
  });
});
