import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { behaviours } from '../../../test/support/ai-stub.ts';
import { ANSWER_FORMS, completionOf } from '../../../test/support/answer-forms/all.ts';
import { SECRET } from '../../../test/support/answer-forms/form.ts';
import { type ModelStub, startModelStub } from '../../../test/support/model-stub.ts';
import { ModelError } from '../../providers/model-error.ts';
import type { OlderTurns } from '../memory/older-turns.ts';
import { loadPersonas } from '../persona/persona-book.ts';
import { createModelMind, type ModelMind } from './model-mind.ts';

const personas = await loadPersonas();
const persona = personas.find('sage-of-prontera');
const signal = new AbortController().signal;
const OLDER: OlderTurns = {
  before: { turns: 2, sentences: ['My name is Ana.'] },
  turns: [
    { said: 'I come from Geffen.', answered: 'The city of magic.' },
    { said: 'Is the road safe?', answered: 'By day.' },
  ],
  after: { turns: 4, sentences: ['My name is Ana.', 'I come from Geffen.', 'Is the road safe?'] },
};

let stub: ModelStub;
let mind: ModelMind;
beforeAll(async () => {
  stub = await startModelStub();
});
afterAll(() => stub.close());
beforeEach(() => {
  stub.clear();
  mind = createModelMind({ baseUrl: stub.url, apiKey: null, model: 'tiny', timeoutMs: 10_000 });
});

/** But those that write the feeling behind the words: none is asked for. */
const FORMS = ANSWER_FORMS.filter(({ from }) => !/emotion/.test(from));

const condense = (older = OLDER) => mind.condense({ persona, older }, signal);

describe('older turns, told in short by a model', () => {
  it('are asked for with the notes so far and the turns, in few tokens', async () => {
    stub.write('{"text": "My name is Ana. I come from Geffen."}');
    const { summary, tokens } = await condense();
    expect(summary).toEqual({ turns: 4, sentences: ['My name is Ana.', 'I come from Geffen.'] });
    expect(tokens.prompt).toBeGreaterThan(0);
    expect(stub.calls[0]?.data).toEqual({
      notes: ['My name is Ana.'],
      turns: [
        ['I come from Geffen.', 'The city of magic.'],
        ['Is the road safe?', 'By day.'],
      ],
    });
    expect(stub.calls[0]?.request).toMatchObject({ model: 'tiny', max_tokens: 400 });
  });

  it('keep the name of the player, whatever the model leaves out', async () => {
    stub.write('{"text": "I come from Geffen."}');
    const { summary } = await condense();
    expect(summary.sentences).toEqual(['My name is Ana.', 'I come from Geffen.']);
  });

  it('are never longer than what rules make of them', async () => {
    stub.write(JSON.stringify({ text: 'I sell apples in Payon and I like it. '.repeat(100) }));
    const { summary } = await condense();
    expect(summary.sentences.join('\n').length).toBeLessThanOrEqual(800);
  });

  it.each(FORMS.filter(({ says }) => says === null).map(({ from, ...form }) => [from, { from, ...form }]))(
    'are nothing where the model gives no answer: %s',
    async (_, form) => {
      stub.fail(behaviours.json(completionOf(form)));
      await expect(condense()).rejects.toBeInstanceOf(ModelError);
    },
  );

  it('hold no thought, mark or JSON of any form of an answer', async () => {
    for (const form of FORMS.filter(({ says }) => says !== null)) {
      stub.fail(behaviours.json(completionOf(form)));
      const { summary } = await condense().catch((error: unknown) => {
        if (error instanceof ModelError) return { summary: OLDER.after };
        throw error;
      });
      const text = summary.sentences.join('\n').toLowerCase();
      // Speech may have brackets of its own.
      const hasMark = /[{}<>]/.test(text) && !/[{}<>]/.test(form.says ?? '');
      expect([form.from, text.includes(SECRET) || hasMark]).toEqual([form.from, false]);
    }
  });

  it('are told of the last turns alone where not all fit into the context', async () => {
    mind = createModelMind({
      ...{ baseUrl: stub.url, apiKey: null, model: 'tiny', timeoutMs: 10_000, contextTokens: 1_300 },
    });
    stub.write('{"text": "I have apples."}');
    const turns = Array.from({ length: 28 }, (_, at) => ({
      said: `I have ${at} apples. ${'Nothing else. '.repeat(20)}`,
      answered: 'So you say.',
    }));
    await condense({ ...OLDER, turns });
    const told = stub.calls[0]?.data['turns'] as [string, string][];
    expect(told.length).toBeLessThan(28);
    expect(told.at(-1)?.[0]).toContain('I have 27 apples.');
  });
});
