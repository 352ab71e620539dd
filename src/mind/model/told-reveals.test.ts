import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ModelStub, startModelStub } from '../../../test/support/model-stub.ts';
import { loadPersonas } from '../persona/persona-book.ts';
import type { PlayerLine } from '../talk/mind.ts';
import { NOTHING } from '../talk/recollection.ts';
import { createModelMind } from './model-mind.ts';
import { speakPrompt } from './prompt.ts';

const KEY = 'The key to the tower lies beneath the seventh stone of the old bridge.';
const NAME = 'My true name is Balthasar.';
const plain = (await loadPersonas()).find('sage-of-prontera');
const persona = {
  ...plain,
  reveals: [
    { name: 'tower_key', text: KEY, intent: undefined, patterns: [] },
    { name: 'true_name', text: NAME, intent: undefined, patterns: [] },
  ],
};
const LINE: PlayerLine = {
  ...{ persona, npcId: 'sage', playerId: 7, message: 'Where is the key?', recollection: NOTHING },
  ...{ player: null, location: null, options: [], language: 'en', maxCharacters: 400 },
};
const signal = new AbortController().signal;

let stub: ModelStub;
beforeAll(async () => {
  stub = await startModelStub();
});
afterAll(() => stub.close());
beforeEach(() => stub.clear());

/** What becomes of this answer of the model. */
async function spoken(text: string, given: Partial<PlayerLine> = {}): Promise<string> {
  stub.write(JSON.stringify({ text, emotion: 'calm' }));
  const mind = createModelMind({ baseUrl: stub.url, apiKey: null, model: 'tiny', timeoutMs: 10_000 });
  const answer = mind.speak({ ...LINE, ...given }, signal);
  return await answer.then(
    (said) => said.text,
    (error: unknown) => String(error),
  );
}

describe('the prompt of a persona with secrets', () => {
  it('holds what is unlocked, in the data and near its end, and nothing of what is locked', () => {
    const locked = speakPrompt(LINE);
    const open = speakPrompt({ ...LINE, reveals: ['tower_key'] });
    expect(JSON.parse(open.user)).toMatchObject({ may_tell: [KEY] });
    expect(locked.system + locked.user).not.toMatch(/seventh|Balthasar|tower_key/);
    expect(open.user).not.toMatch(/Balthasar|tower_key/);
    expect(open.system).toBe(locked.system);
  });

  it('is as it was where there are none', () => {
    expect(speakPrompt({ ...LINE, persona: plain }).system).not.toContain('may_tell');
    expect(speakPrompt(LINE).system).toContain('may_tell');
  });
});

describe('an answer of a model', () => {
  it('that quotes what is locked is useless, also backwards and in part', async () => {
    for (const text of [KEY, `I heard: ${KEY.slice(15)}`, [...KEY].reverse().join('')])
      expect(await spoken(text), text).toContain('parts of its own instructions');
    expect(await spoken('The key? I have no key.')).toBe('The key? I have no key.');
  });

  it('that tells what is unlocked is shown, and the other one is not', async () => {
    expect(await spoken(KEY, { reveals: ['tower_key'] })).toBe(KEY);
    expect(await spoken(NAME, { reveals: ['tower_key'] })).toContain('parts of its own instructions');
  });

  it('takes another name only where that is what is unlocked', async () => {
    expect(await spoken('My true name is Balthasar, child.', { reveals: ['true_name'] })).toContain('child');
    expect(await spoken('My true name is Melchior, child.', { reveals: ['true_name'] })).toContain(
      'another name',
    );
  });

  it('may repeat what the NPC has said to this player before', async () => {
    const recollection = { ...NOTHING, turns: [{ said: 'The key?', answered: KEY }] };
    expect(await spoken(KEY, { recollection })).toBe(KEY);
  });
});
