import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANSWER_SCHEMAS } from './answer-schemas.ts';
import { readModelAnswer } from './read-answer.ts';

const said = (text: string) => ({ kind: 'fields', fields: { text } });

describe('readModelAnswer', () => {
  it.each([
    ['an object', '{"text": "Come in."}', said('Come in.')],
    ['an object in a fence', '```json\n{"text": "Come in."}\n```', said('Come in.')],
    ['an object with words around it', 'Here it is: {"text": "Come {in}."} Enjoy!', said('Come {in}.')],
    ['an object after thoughts', '<think>{"a": 1}</think>{"text": "Come in."}', said('Come in.')],
    ['a comma too many', '{"text": "Come in.",}', said('Come in.')],
    ['an object that was cut', '{"text": "Come in, trav', said('Come in, trav')],
    ['an object that was cut in an escape', '{"emotion": "calm", "text": "Come \\"in\\u00', said('Come "in')],
    ['plain words', ' Come in. ', { kind: 'words', words: 'Come in.' }],
    ['words in brackets', '[nods] Come in.', { kind: 'words', words: '[nods] Come in.' }],
  ])('reads %s', (_, content, answer) => {
    expect(readModelAnswer(content)).toEqual(answer);
  });

  it.each([
    ['nothing', ' \n'],
    ['a page', '<!doctype html><html><body>502 Bad Gateway</body></html>'],
    ['a list', '["Come in."]'],
    ['half an object', '{"emotion": "calm", "act'],
    ['an object without its beginning', 'text": "Come in.", "emotion": "calm"}'],
    ['thoughts alone', '<think>Who is this?</think>'],
  ])('takes %s for nonsense', (_, content) => {
    expect(readModelAnswer(content)).toEqual({ kind: 'nonsense' });
  });

  it('reads whatever JSON writes', () => {
    const fields = fc.dictionary(
      fc.string().filter((name) => name !== '__proto__'),
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean()),
    );
    fc.assert(
      fc.property(fields, (value) => {
        expect(readModelAnswer(`  ${JSON.stringify(value)}\n`)).toEqual({
          kind: 'fields',
          fields: { ...value },
        });
      }),
    );
  });

  it('ends with any text, also a long one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        readModelAnswer(text);
        readModelAnswer(`{"text": "${text}`);
      }),
    );
    const startMs = performance.now();
    for (const piece of ['{', '"', '{"', '```', '\\', '{"text":"\\', '<think>', '[', ' '])
      readModelAnswer(piece.repeat(250_000 / piece.length));
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });
});

describe('ANSWER_SCHEMAS', () => {
  it.each(Object.values(ANSWER_SCHEMAS))('$name keeps to what strict mode takes', ({ schema }) => {
    const { properties, required, additionalProperties } = schema as Record<string, object>;
    expect(required).toEqual(Object.keys(properties!));
    expect(additionalProperties).toBe(false);
  });
});
