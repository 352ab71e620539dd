import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../test/support/cpu-time.ts';
import type { Form, Reading } from './message.ts';
import { readMessage } from './read-message.ts';

const SPEAK: Form = { fields: ['text', 'emotion', 'action'], needs: 'text' };
const names = { npc: ['Sage of Prontera'], player: ['Ana'] };

function read(text: string, { isCut = false, form = SPEAK }: { isCut?: boolean; form?: Form } = {}): Reading {
  return readMessage({ parts: [{ type: 'text', text }], isCut }, { form, names });
}

describe('readMessage', () => {
  it('tells by what evidence it believes which words, and what it leaves out and why', () => {
    const wrote =
      '<think>He is tired.</think>Here: {"text": "Sage of Prontera: Come in.\\nAna: Thanks!"} Enjoy!';
    expect(read(wrote)).toEqual({
      kind: 'fields',
      fields: { text: 'Come in.' },
      evidence: ['text after closed thoughts', 'JSON as asked'],
      isCut: false,
      wrote,
      leftOut: [
        { text: 'He is tired.', why: 'thoughts' },
        { text: 'Here:', why: 'around the object' },
        { text: 'Enjoy!', why: 'around the object' },
        { text: 'Sage of Prontera:', why: "the NPC's name before its line" },
        { text: 'Ana: Thanks!', why: "the player's line" },
      ],
    });
  });

  it.each([
    ['plain words', ' Come in. ', ['plain words, not cut']],
    ['a final channel', '<|channel|>final<|message|>Come in.', ['final channel']],
    ['marks of an answer', '<answer>Come in.</answer>', ['marks of an answer']],
    ['what is behind thoughts', '<think>Hm.</think>Come in.', ['text after closed thoughts']],
    ['an object', '{"text": "Come in."}', ['JSON as asked']],
    ['an object that was cut', '{"text": "Come in.', ['JSON that lost its end']],
    ['lines', 'text: Come in.\nemotion: calm', ['lines of the fields asked for']],
  ])('believes %s', (_, text, evidence) => {
    expect(read(text)).toMatchObject({ evidence });
  });

  it.each([
    ['nothing', ' \n', 'an empty answer'],
    ['a page', '<!doctype html><html><body>502 Bad Gateway</body></html>', 'a page of HTML'],
    ['a list of words', '["Come in."]', 'JSON that cannot be read'],
    ['half an object', '{"emotion": "calm", "act', 'JSON that cannot be read'],
    ['thoughts alone', '<think>Who is this?</think>', 'nothing but thoughts'],
    ['thoughts without an end', '<think>Who is', 'nothing but thoughts that have no end'],
    ['thoughts in plain words', 'Okay, the user greets me.', 'thoughts in plain words'],
    ['the line of the player', 'Ana: Hello!', "nothing but the player's lines"],
    ['a call of a tool', '<tool_call>{"name": "look"}</tool_call>', 'nothing but a call of a tool'],
  ])('takes %s for no answer, and says what it is', (_, text, why) => {
    expect(read(text)).toMatchObject({ kind: 'nothing', why });
  });

  it.each([
    ['thoughts', '<think>Who is this? I could say {"text": "Oh."}'],
    ['plain words', 'I could say that the road is safe. But'],
    ['an object behind plain words', 'I could say {"text": "Oh."} but'],
  ])('takes %s for no answer where max_tokens cut them, and says so', (_, text) => {
    expect(read(text, { isCut: true })).toMatchObject({
      kind: 'nothing',
      why: expect.stringContaining('cut at max_tokens'),
    });
  });

  it('takes the number of a choice, and an emotion, where these were asked for', () => {
    const decide: Form = { fields: ['choice', 'reason', 'confidence'], needs: 'choice' };
    const choice = 'So be it: {"choice": 2, "reason": "<think>x</think>It is late."}';
    expect(read(choice, { form: decide })).toMatchObject({ fields: { choice: 2, reason: 'It is late.' } });
    const feel: Form = { fields: ['emotion', 'intensity', 'valence'], needs: 'emotion' };
    expect(read('{"feeling": {"emotion": "sad", "intensity": 0.5}}', { form: feel })).toMatchObject({
      fields: { emotion: 'sad', intensity: 0.5 },
    });
  });

  it('reads whatever JSON writes', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abcXYZ ,.!?"\\éж日') }).map((text) => `So ${text}x`);
    fc.assert(
      fc.property(word, fc.integer(), (text, number) => {
        const written = JSON.stringify({ number, text, emotion: 'calm' }, null, 1);
        expect(read(`  ${written}\n`)).toMatchObject({ fields: { text, emotion: 'calm' } });
      }),
      { numRuns: 500 },
    );
  });

  it('takes any name for a name', () => {
    const name = fc.string({
      unit: fc.constantFrom(...'aB -/.*+?^{$}()|[]\\#é日'),
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(name, name, (npc, player) => {
        const asked = { form: SPEAK, names: { npc: ['Sage', npc], player: [player] } };
        const text = 'Sage: Come in.\nYou: Thanks!';
        expect(readMessage({ parts: [{ type: 'text', text }], isCut: false }, asked)).toMatchObject({
          words: 'Come in.',
        });
      }),
    );
  });

  it('ends with any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        read(text);
        read(`{"text": "${text}`);
      }),
    );
  });

  it.each([
    ...[
      '{',
      '"',
      '{"',
      '```',
      '\\',
      '{"text":"\\',
      '<think>',
      '[',
      ' ',
      '<',
      '<|',
      '</x>',
      '<x>',
      '[A]',
      '\n',
    ],
    ...['Ana: ', '&amp;', 'a: ', '{a:', "{'", '**', 'analysis', 'assistantfinal', '<|channel|>', '. Ana:'],
  ])('takes little time for a page of %j', async (piece) => {
    const page = piece.repeat(250_000 / piece.length);
    const cpuMs = await cpuMsOf(() => {
      for (const text of [page, `x${page}`, `{"text": "${page}`]) {
        read(text);
        read(text, { isCut: true });
      }
    });
    // 200 ms at the most on the machine that this was written on.
    expect(cpuMs).toBeLessThan(5_000);
  });
});
