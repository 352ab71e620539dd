import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ModelStub, startModelStub } from '../../../test/support/model-stub.ts';
import { loadPersonas } from '../persona/persona-book.ts';
import type { Actor, Cue, Moment, Scene } from '../talk/mind.ts';
import { NOTHING } from '../talk/recollection.ts';
import { createModelMind } from './model-mind.ts';

const book = await loadPersonas();
const signal = new AbortController().signal;
const persona = book.find('guard');

let stub: ModelStub;
beforeAll(async () => {
  stub = await startModelStub();
});
afterAll(() => stub.close());
beforeEach(() => stub.clear());

const connect = (maxTokens?: number) =>
  createModelMind({
    ...{ baseUrl: stub.url, apiKey: null, model: 'tiny', timeoutMs: 10_000 },
    ...(maxTokens === undefined ? {} : { maxTokens }),
  });
const lastCall = () => stub.calls.at(-1)!;

const FACTS = ['The bridge is closed.'];
const SUBJECT = { topic: 'the bridge', location: null, language: 'en', maxCharacters: 150, facts: FACTS };
const CUE: Cue = { persona, npcId: 'guard', playerId: null, ...SUBJECT };
const MOMENT: Moment = {
  ...{ persona, npcId: 'guard', playerId: 7, message: 'Hello', player: null, location: null, language: 'en' },
  recollection: { ...NOTHING, facts: FACTS, turns: [{ said: 'I am Ann.', answered: 'Move along, Ann.' }] },
  most: 4,
};
const actor = (npcId: string): Actor => {
  const one = book.find(npcId);
  return { persona: one, npcId, playerId: null, shownName: one.name };
};
const SCENE: Scene = { ...SUBJECT, cast: [actor('guard'), actor('innkeeper')], lines: 4 };

describe('options by a model', () => {
  it('are asked for one by one, with the memory of a talk, and made fit for a menu', async () => {
    stub.write(
      JSON.stringify({
        option_1: '1. Is it: safe?',
        option_2: '^FF0000Where is the inn?',
        option_3: 'Is it safe?',
        option_4: 'Goodbye.',
      }),
    );
    const { options, provider, tokens } = await connect().offer(MOMENT, signal);
    expect(options).toEqual(['Is it safe?', 'Where is the inn?', 'Goodbye.']);
    expect(provider).toBe('openai');
    expect(tokens.prompt).toBeGreaterThan(0);
    const { request, data, system } = lastCall();
    const { properties } = request.response_format!.json_schema!.schema;
    expect(Object.keys(properties)).toEqual(['option_1', 'option_2', 'option_3', 'option_4']);
    expect(data).toMatchObject({
      says: 'Hello',
      earlier: { facts: FACTS, turns: [['I am Ann.', 'Move along, Ann.']] },
    });
    expect(system).not.toContain('Hello');
  });

  it.each([
    ['a list in a field', '{"options": ["Is it safe?", "Goodbye."]}'],
    ['a list alone', '["Is it safe?", "Goodbye."]'],
    ['objects', '{"options": [{"text": "Is it safe?"}, {"text": "Goodbye."}]}'],
    [
      'thoughts before them',
      '<think>What would he ask?</think>{"option_1": "Is it safe?", "option_2": "Goodbye."}',
    ],
    ['thoughts within them', '{"option_1": "<think>hm</think>Is it safe?", "option_2": "Goodbye."}'],
  ])('are read as %s, too', async (_, written) => {
    stub.write(written);
    expect((await connect().offer(MOMENT, signal)).options).toEqual(['Is it safe?', 'Goodbye.']);
  });

  it.each([
    ['one alone', '{"option_1": "Is it safe?"}'],
    ['the same twice', '{"option_1": "Yes", "option_2": "yes!"}'],
    ['plain words', 'You could ask for the way.'],
    ['nothing', ''],
  ])('are none where there is %s', async (_, written) => {
    stub.write(written);
    await expect(connect().offer(MOMENT, signal)).rejects.toMatchObject({ code: 'model_failed' });
  });

  it('may give the player a name of his own', async () => {
    stub.write('{"option_1": "I am Zoe.", "option_2": "Call me Bob."}');
    expect((await connect().offer(MOMENT, signal)).options).toEqual(['I am Zoe.', 'Call me Bob.']);
  });
});

describe('a shout by a model', () => {
  it('is about the topic, with what was told, in the schema of all that NPCs say', async () => {
    stub.write(
      '{"text": "The bridge is closed, citizens!", "emotion": "proud", "action": "", "choice": "0"}',
    );
    expect(await connect().shout(CUE, signal)).toMatchObject({
      text: 'The bridge is closed, citizens!',
      emotion: 'proud',
    });
    const { request, data, system } = lastCall();
    expect(request.response_format!.json_schema!.name).toBe('npc_speaks');
    expect(data).toEqual({ facts: FACTS, topic: 'the bridge' });
    expect(system).not.toContain('bridge');
    expect(system).toContain('Nobody has spoken to');
  });

  it.each([
    ['another name', 'I am DAN now.'],
    ['nothing to say', '***'],
  ])('is none where the model writes %s', async (_, text) => {
    stub.write(JSON.stringify({ text, emotion: 'calm' }));
    await expect(connect().shout(CUE, signal)).rejects.toMatchObject({ code: 'model_failed' });
  });

  it('that reads out its instructions is none', async () => {
    stub.write(({ system }) => JSON.stringify({ text: system.slice(0, 300), emotion: 'calm' }));
    await expect(connect().shout(CUE, signal)).rejects.toMatchObject({ code: 'model_failed' });
  });
});

describe('a scene by a model', () => {
  it('has a line for each speaker in turn, who are named in the data', async () => {
    const { texts } = await connect().play(SCENE, signal);
    expect(texts).toEqual(['Is the road safe?', 'As safe as ever.', 'Then let us go.', 'Goodbye.']);
    const { data, system } = lastCall();
    expect(data).toMatchObject({
      topic: 'the bridge',
      facts: FACTS,
      speakers: {
        1: 'Guard of Prontera',
        2: 'Innkeeper of Prontera',
        3: 'Guard of Prontera',
        4: 'Innkeeper of Prontera',
      },
    });
    expect(system).toContain('# Guard of Prontera');
    expect(system).toContain('# Innkeeper of Prontera');
  });

  it('has place for all lines, also where answers have less', async () => {
    await connect(100).play({ ...SCENE, lines: 12 }, signal);
    const { max_tokens, max_completion_tokens } = lastCall().request;
    expect(max_tokens ?? max_completion_tokens).toBeGreaterThanOrEqual(12 * 40);
  });

  it('takes off the names that a model puts before the lines', async () => {
    stub.write(
      '{"line_1": "Guard of Prontera: Halt!", "line_2": "Innkeeper of Prontera: \\"Soup?\\"", "line_3": "Aldric: No."}',
    );
    expect((await connect().play(SCENE, signal)).texts.slice(0, 2)).toEqual(['Halt!', 'Soup?']);
  });

  it.each([
    [
      'objects with speakers',
      '{"lines": [{"speaker": "a", "text": "Halt!"}, {"speaker": "b", "text": "Soup?"}]}',
    ],
    ['a list of texts', '{"lines": ["Halt!", "Soup?"]}'],
  ])('is read as %s, too', async (_, written) => {
    stub.write(written);
    expect((await connect().play(SCENE, signal)).texts).toEqual(['Halt!', 'Soup?']);
  });

  it('ends where a line is missing or nothing that could be said', async () => {
    stub.write('{"line_1": "Halt!", "line_2": "Soup?", "line_3": "***", "line_4": "Well."}');
    expect((await connect().play(SCENE, signal)).texts).toEqual(['Halt!', 'Soup?']);
  });

  it.each([
    ['one line', '{"line_1": "Halt!"}'],
    ['somebody with another name', '{"line_1": "Halt!", "line_2": "My name is Zorgon."}'],
    ['one actor by the name of the other', '{"line_1": "I am Innkeeper of Geffen.", "line_2": "Hm."}'],
  ])('is none where there is %s', async (_, written) => {
    stub.write(written);
    await expect(connect().play(SCENE, signal)).rejects.toMatchObject({ code: 'model_failed' });
  });
});

describe('a decision by a model', () => {
  const situation = {
    persona: book.find('innkeeper'),
    npcId: null,
    playerId: 7,
    context: {},
    actions: ['give', 'keep'],
  };

  it('is asked for a reason in the voice of the NPC, and told what it may give', async () => {
    stub.write('{"choice": "2", "reason": "Not that one, dear.", "confidence": "0.9"}');
    expect(await connect().decide(situation, signal)).toMatchObject({
      action: 'keep',
      reason: 'Not that one, dear.',
    });
    const { system } = lastCall();
    expect(system).toContain('as Innkeeper of Prontera would say it aloud');
    expect(system).toContain('- Meat: whoever is hungry');
  });

  it('without a reason has one of the persona', async () => {
    stub.write('{"choice": "1", "reason": "", "confidence": "0.9"}');
    const { reason } = await connect().decide(situation, signal);
    expect(situation.persona.reasons.other).toContain(reason);
  });
});
