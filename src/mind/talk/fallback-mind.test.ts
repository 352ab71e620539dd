import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { giveUp, noteDeadline } from '../../base/deadline-signal.ts';
import { AiIpcError } from '../../base/errors.ts';
import { ModelError, tokensSpent } from '../../providers/model-error.ts';
import { givenUp } from '../../providers/trouble.ts';
import { loadPersonas } from '../persona/persona-book.ts';
import { createFallbackMind } from './fallback-mind.ts';
import type { Mind, PlayerLine } from './mind.ts';
import { NOTHING } from './recollection.ts';
import { createWatchedMind, type MindWatch, type WatchedMindOptions } from './watched-mind.ts';

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
    offer: () => next({ options: [name, 'Goodbye'], ...source }),
    shout: () => next({ text: `I am ${name}.`, emotion: 'calm', ...source }),
    play: () => next({ texts: [name, 'Hm.'], ...source }),
  };
}

/** The first one is a model, and watched. */
function join(first: Mind, second: Mind | null, watch: MindWatch = {}): Mind {
  return createFallbackMind([createWatchedMind(first, watch)], second);
}

const refused = new ModelError('model_failed', 'It said its instructions.', {
  tokens: { prompt: 100, completion: 50 },
  hasAnswered: true,
});
const down = new ModelError('model_failed', 'It is away.', { isOutage: true });

describe('createFallbackMind', () => {
  it('asks nobody in place of a model whose caller has left, and finds no failure', async () => {
    const asked: string[] = [];
    const watch = { onFailure: () => void asked.push('failure') };
    const gone = new AbortController();
    const model = provider('first', givenUp());
    const last: Mind = { ...provider('last', 'answers'), speak: () => Promise.reject(new Error('asked')) };
    giveUp(gone);
    await expect(join(model, last, watch).speak(LINE, gone.signal)).rejects.toMatchObject({
      reason: 'given_up',
    });
    expect(asked).toEqual([]);
  });

  it('lets the first one answer as long as it can', async () => {
    const both = join(provider('first', 'answers'), provider('second', 'answers'));
    expect(await both.speak(LINE, signal)).toMatchObject({ text: 'I am first.', provider: 'first' });
    expect([both.name, both.model]).toEqual(['first', 'first']);
  });

  it('lets the second one answer where the first fails, and says so', async () => {
    const both = join(provider('first', down), provider('second', 'answers'));
    const source = { provider: 'second', model: 'second' };
    expect(await both.speak(LINE, signal)).toMatchObject({ text: 'I am second.', ...source });
    expect(await both.decide({ ...LINE, context: '', actions: ['a'] }, signal)).toMatchObject(source);
    expect(await both.feel({ ...LINE, event: '' }, signal)).toMatchObject(source);
  });

  it('counts what the first one spent in vain', async () => {
    const both = join(provider('first', refused), provider('second', 'answers'));
    expect((await both.speak(LINE, signal)).tokens).toEqual({ prompt: 110, completion: 55 });
  });

  it('lets the error through without a second one, and tells of each', async () => {
    const told: unknown[] = [];
    const alone = join(provider('first', down, 'answers'), null, {
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
    const both = join(first, provider('second', 'answers'), {
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
      const both = join(provider('first', error), provider('second', 'answers'), {
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
      const both = join(provider('first', error), provider('second', 'answers'), {
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
    const both = join(provider('first', broken), provider('second', 'answers'), {
      onFailure: (_, { isDown }) => told.push(isDown),
    });
    await both.speak(LINE, signal);
    expect(told).toEqual([true]);
  });
});

describe('several models in order', () => {
  const last = provider('scripted', 'answers');
  const busy = new ModelError('model_failed', 'Busy.', { kind: 'load', retryAfterMs: 5_000 });
  const loading = new ModelError('model_failed', 'Loading.', { kind: 'load', reason: 'loading' });
  const filtered = new ModelError('model_failed', 'Filtered.', { kind: 'message', reason: 'refused' });
  const watched = (name: string, ...results: (Error | 'answers')[]) =>
    createWatchedMind(provider(name, ...results));

  it('are asked one after the other, and then the last mind; what all of them spent is counted', async () => {
    const good = watched('good', refused, refused, 'answers');
    const mind = createFallbackMind([good, watched('cheap', 'answers', refused)], last);
    expect(await mind.speak(LINE, signal)).toMatchObject({
      ...{ text: 'I am cheap.', provider: 'cheap', tokens: { prompt: 110, completion: 55 } },
    });
    expect(await mind.speak(LINE, signal)).toMatchObject({
      ...{ text: 'I am scripted.', tokens: { prompt: 210, completion: 105 } },
    });
    expect(await mind.speak(LINE, signal)).toMatchObject({ text: 'I am good.' });
  });

  it('that all fail tell the error of the one that was wanted, or when to come again, with all that was spent', async () => {
    const failing = (...errors: [Error, Error]) =>
      createFallbackMind([watched('good', errors[0]), watched('cheap', errors[1])], null)
        .speak(LINE, signal)
        .catch((error: unknown) => error);
    expect(await failing(down, refused)).toMatchObject({ message: down.message, isOutage: true });
    expect(tokensSpent(await failing(down, refused))).toEqual({ prompt: 100, completion: 50 });
    expect(await failing(down, busy)).toMatchObject({ kind: 'load', retryAfterMs: 5_000 });
    expect(await failing(loading, down)).toMatchObject({ reason: 'loading' });
  });

  it('a model that is being loaded is stood in for by the next model, and not by the offline brain', async () => {
    const first = watched('good', loading);
    expect(
      await createFallbackMind([first, watched('cheap', 'answers')], last).speak(LINE, signal),
    ).toMatchObject({
      text: 'I am cheap.',
    });
    await expect(
      createFallbackMind([first, watched('cheap', down)], last).speak(LINE, signal),
    ).rejects.toMatchObject({
      reason: 'loading',
    });
  });

  it('a message that one refuses is not tried on the next one', async () => {
    const cheap = watched('cheap', 'answers');
    const mind = createFallbackMind([watched('good', filtered), cheap], last);
    await expect(mind.speak(LINE, signal)).rejects.toBe(filtered);
  });

  it('a silent one leaves half of the time to the next one, unless that is down or it has a time of its own', async () => {
    const clock = new FakeClock();
    const silentFor = async (good: WatchedMindOptions, cheapResults: (Error | 'answers')[]) => {
      let tookMs = 0;
      const startMs = clock.nowMs();
      const first: Mind = {
        ...provider('good', 'answers'),
        speak: (_, share) =>
          new Promise((_resolve, reject) => {
            share.addEventListener('abort', () => {
              tookMs = clock.nowMs() - startMs;
              reject(new ModelError('model_timeout', 'Silent.'));
            });
          }),
      };
      const cheap = watched('cheap', ...cheapResults);
      if (cheapResults[0] === down) await cheap.speak(LINE, signal).catch(() => undefined);
      const deadline = new AbortController();
      noteDeadline(deadline.signal, startMs + 10_000);
      const ending = clock.sleep(10_000).then(() => deadline.abort());
      const mind = createFallbackMind([createWatchedMind(first, good), cheap], last, clock);
      const answering = mind.speak(LINE, deadline.signal);
      await clock.advance(5_000);
      await clock.advance(5_000);
      await ending;
      return { tookMs, by: (await answering).provider };
    };
    expect(await silentFor({}, ['answers'])).toEqual({ tookMs: 5_000, by: 'cheap' });
    expect(await silentFor({}, [down, 'answers'])).toEqual({ tookMs: 10_000, by: 'scripted' });
    expect(await silentFor({ hasOwnTime: true }, ['answers'])).toEqual({ tookMs: 10_000, by: 'scripted' });
  });
});

describe('createWatchedMind', () => {
  it('tells the model that a persona wants on its own server, and no other one', async () => {
    const told: string[] = [];
    const own = { ...LINE.persona, model_settings: { server: 'quests', model: 'large' } };
    const watch = (server: string) =>
      createWatchedMind(provider(server, 'answers'), { server, onAnswer: ({ model }) => told.push(model) });
    await watch('quests').speak({ ...LINE, persona: own }, signal);
    await watch('chatter').speak({ ...LINE, persona: own }, signal);
    await watch('quests').speak(LINE, signal);
    expect(told).toEqual(['large', 'chatter', 'quests']);
  });
});
