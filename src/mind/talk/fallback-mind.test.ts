import { describe, expect, it } from 'vitest';
import { AiIpcError } from '../../base/errors.ts';
import { ModelError } from '../../providers/model-error.ts';
import { loadPersonas } from '../persona/persona-book.ts';
import { createFallbackMind } from './fallback-mind.ts';
import type { Mind, PlayerLine } from './mind.ts';
import { NOTHING } from './recollection.ts';

const { personas } = await loadPersonas();
const LINE: PlayerLine = {
  persona: personas[0]!,
  npcId: null,
  playerId: null,
  message: 'Hello',
  recollection: NOTHING,
  player: null,
  location: null,
  options: [],
  language: 'en',
  maxCharacters: 400,
};
const signal = new AbortController().signal;

/** A provider that gives these in turn, the last one again and again. */
function provider(name: string, ...results: (Error | 'answers')[]): Mind {
  const source = { provider: name, model: name, tokens: { prompt: 10, completion: 5 } };
  const next = <Answer>(answer: Answer): Promise<Answer> => {
    const result = results.length > 1 ? results.shift() : results[0];
    return result instanceof Error ? Promise.reject(result) : Promise.resolve(answer);
  };
  return {
    name,
    model: name,
    speak: () => next({ text: `I am ${name}.`, emotion: 'calm', ...source }),
    decide: () => next({ action: name, reason: 'So.', confidence: 1, ...source }),
    feel: () => next({ emotion: 'calm', intensity: 1, valence: 0, ...source }),
  };
}

const refused = new ModelError('model_failed', 'It said its instructions.', {
  tokens: { prompt: 100, completion: 50 },
  hasAnswered: true,
});
const down = new ModelError('model_failed', 'It is away.', { isOutage: true });

describe('createFallbackMind', () => {
  it('lets the first one answer as long as it can', async () => {
    const both = createFallbackMind(provider('first', 'answers'), provider('second', 'answers'));
    expect(await both.speak(LINE, signal)).toMatchObject({ text: 'I am first.', provider: 'first' });
    expect([both.name, both.model]).toEqual(['first', 'first']);
  });

  it('lets the second one answer where the first fails, and says so', async () => {
    const both = createFallbackMind(provider('first', down), provider('second', 'answers'));
    const source = { provider: 'second', model: 'second' };
    expect(await both.speak(LINE, signal)).toMatchObject({ text: 'I am second.', ...source });
    expect(await both.decide({ ...LINE, context: '', actions: ['a'] }, signal)).toMatchObject(source);
    expect(await both.feel({ ...LINE, event: '' }, signal)).toMatchObject(source);
  });

  it('counts what the first one spent in vain', async () => {
    const both = createFallbackMind(provider('first', refused), provider('second', 'answers'));
    expect((await both.speak(LINE, signal)).tokens).toEqual({ prompt: 110, completion: 55 });
  });

  it('lets the error through without a second one, and tells of each', async () => {
    const told: unknown[] = [];
    const alone = createFallbackMind(provider('first', down, 'answers'), null, {
      onFailure: (error, { isDown }) => told.push([error, isDown]),
      onAnswer: () => told.push('answered'),
    });
    await expect(alone.speak(LINE, signal)).rejects.toBe(down);
    await alone.speak(LINE, signal);
    expect(told).toEqual([[down, true], 'answered']);
  });

  it('does not call the first one down for words that cannot be used, unless it writes nothing else', async () => {
    const told: boolean[] = [];
    const first = provider('first', ...Array<Error>(4).fill(refused), 'answers', refused);
    const both = createFallbackMind(first, provider('second', 'answers'), {
      onFailure: (_, { isDown }) => told.push(isDown),
    });
    for (let call = 0; call < 10; call += 1) await both.speak(LINE, signal);
    expect(told).toEqual([false, false, false, false, false, false, false, false, true]);
  });

  it('lets a message that was refused, and a model that is being loaded, through to the canned line', async () => {
    const told: boolean[] = [];
    for (const error of [
      new ModelError('model_failed', 'Filtered.', { kind: 'message', reason: 'refused' }),
      new ModelError('model_failed', 'Loading.', { kind: 'load', reason: 'loading' }),
    ]) {
      const both = createFallbackMind(provider('first', error), provider('second', 'answers'), {
        onFailure: (_, { isDown }) => told.push(isDown),
      });
      await expect(both.speak(LINE, signal)).rejects.toBe(error);
    }
    expect(told).toEqual([false, false]);
  });

  it('lets the second one answer what is too long or too much for the first one, which is not down', async () => {
    const told: boolean[] = [];
    for (const error of [
      new ModelError('model_failed', 'Too long.', { kind: 'message', reason: 'too_long' }),
      new ModelError('model_failed', 'Busy.', { kind: 'load', retryAfterMs: 5_000 }),
    ]) {
      const both = createFallbackMind(provider('first', error), provider('second', 'answers'), {
        onFailure: (_, { isDown }) => told.push(isDown),
      });
      for (let call = 0; call < 6; call += 1) {
        expect(await both.speak(LINE, signal)).toMatchObject({ provider: 'second' });
      }
    }
    expect(new Set(told)).toEqual(new Set([false]));
  });

  it('calls the first one down for any other error', async () => {
    const told: boolean[] = [];
    const broken = new AiIpcError('database_failed', 'No.');
    const both = createFallbackMind(provider('first', broken), provider('second', 'answers'), {
      onFailure: (_, { isDown }) => told.push(isDown),
    });
    await both.speak(LINE, signal);
    expect(told).toEqual([true]);
  });
});
