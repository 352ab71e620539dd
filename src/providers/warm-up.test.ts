import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { ModelError } from './model-error.ts';
import type { ModelProvider, ModelQuestion } from './provider.ts';
import { createWarmUp, type WarmProvider } from './warm-up.ts';

const QUESTION: ModelQuestion = {
  model: 'tiny',
  system: '',
  user: '',
  schema: { name: 'a', schema: {} },
  temperature: undefined,
  maxTokens: 1,
};
const COMPLETION = {
  text: 'Hail.',
  parts: [],
  reasoning: '',
  finishReason: 'stop',
  usage: { prompt: 1, completion: 1 },
  timings: null,
};
const signal = new AbortController().signal;
const LOADING = new ModelError('model_failed', 'Loading.', { kind: 'load', reason: 'loading' });
const AWAY = new ModelError('model_failed', 'Away.', { isOutage: true });
const SILENT = new ModelError('model_timeout', 'Nothing.', { isOutage: true });

/** A server whose model is there from a moment on; before, a call waits for it, or ends with the caller. */
class Server implements ModelProvider {
  readonly warmUps: string[] = [];
  readonly #clock: FakeClock;
  /** What a call meets while the model is not there; undefined waits. */
  trouble: ModelError | undefined;
  thereAtMs = 0;
  talks = 0;
  /** A talk that fails had a word before. */
  hasWord = false;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async warmUp(model: string, given: AbortSignal): Promise<ModelError | null> {
    this.warmUps.push(model);
    const leftMs = this.thereAtMs - this.#clock.nowMs();
    if (leftMs > 0 && this.trouble !== undefined) return this.trouble;
    if (leftMs > 0) await this.#clock.sleep(leftMs, given);
    return given.aborted ? SILENT : null;
  }

  async complete(_: ModelQuestion, __: AbortSignal, onFirstWord?: () => void) {
    this.talks += 1;
    const isThere = this.#clock.nowMs() >= this.thereAtMs;
    if (isThere || this.hasWord) onFirstWord?.();
    if (!isThere) throw this.trouble ?? SILENT;
    return COMPLETION;
  }
}

let clock: FakeClock;
let server: Server;
let warm: WarmProvider;
let told: string[];
beforeEach(() => {
  clock = new FakeClock(0);
  server = new Server(clock);
  told = [];
  warm = createWarmUp(server, {
    clock,
    model: 'tiny',
    onLoad: (model, state) => told.push(`${model} ${state}`),
  });
});
afterEach(() => warm.stop());

const talk = () => warm.complete(QUESTION, signal);

describe('a model that is there', () => {
  it('is asked once at the start, and nobody waits', async () => {
    await warm.start();
    expect(warm.isLoading('tiny')).toBe(false);
    expect(await talk()).toBe(COMPLETION);
    await clock.advance(3_600_000);
    expect([server.warmUps, told]).toEqual([['tiny'], []]);
  });
});

describe('a model that takes 12 s to load', () => {
  it('is loaded by the one call of the start: talks are not made meanwhile, the second one after it is answered', async () => {
    server.thereAtMs = 12_000;
    const started = warm.start();
    await clock.advance(1_000);
    await started;
    expect(warm.isLoading('tiny')).toBe(true);
    await expect(talk()).rejects.toMatchObject({ kind: 'load', reason: 'loading' });
    await clock.advance(10_999);
    await expect(talk()).rejects.toMatchObject({ reason: 'loading' });
    await clock.advance(1);
    expect(await talk()).toBe(COMPLETION);
    expect([server.warmUps, server.talks, told]).toEqual([['tiny'], 1, ['tiny loading', 'tiny loaded']]);
  });

  it('is loaded after a talk that ended without a word of it', async () => {
    await warm.start();
    await clock.advance(600_000);
    server.thereAtMs = clock.nowMs() + 12_000;
    await expect(talk()).rejects.toBe(SILENT);
    await clock.advance(2_999);
    // The server may only have been busy with a long prompt.
    expect(warm.isLoading('tiny')).toBe(false);
    await clock.advance(1);
    expect(warm.isLoading('tiny')).toBe(true);
    await clock.advance(9_000);
    expect(await talk()).toBe(COMPLETION);
    expect(server.warmUps).toHaveLength(2);
  });

  it('is asked again each second where its server says that it loads', async () => {
    server.trouble = LOADING;
    server.thereAtMs = 3_500;
    await warm.start();
    expect(warm.isLoading('tiny')).toBe(true);
    await clock.advance(3_499);
    await expect(talk()).rejects.toMatchObject({ reason: 'loading' });
    await clock.advance(501);
    expect(await talk()).toBe(COMPLETION);
    expect(server.warmUps).toHaveLength(5);
  });

  it('is kept: asked again when nobody has asked for four minutes, and no sooner', async () => {
    server.thereAtMs = 12_000;
    const started = warm.start();
    await clock.advance(12_000);
    await started;
    await clock.advance(200_000);
    await talk();
    await clock.advance(239_999);
    expect(server.warmUps).toHaveLength(1);
    await clock.advance(1);
    expect(server.warmUps).toHaveLength(2);
    await clock.advance(240_000);
    expect(server.warmUps).toHaveLength(3);
  });

  it('and is unloaded all the same, is loaded again at the first talk that misses it', async () => {
    server.thereAtMs = 12_000;
    const started = warm.start();
    await clock.advance(12_000);
    await started;
    server.thereAtMs = clock.nowMs() + 5_000;
    await expect(talk()).rejects.toBe(SILENT);
    await clock.advance(0);
    expect(server.warmUps).toHaveLength(2);
    await clock.advance(5_000);
    expect(await talk()).toBe(COMPLETION);
  });
});

describe('a server that is away at the start', () => {
  it('is no loading one; it is asked ever more seldom, and its model is loaded when it comes', async () => {
    server.trouble = AWAY;
    server.thereAtMs = 10_000;
    await warm.start();
    await clock.advance(9_999);
    expect(warm.isLoading('tiny')).toBe(false);
    await expect(talk()).rejects.toBe(AWAY);
    // At 0, 1, 3 and 7 s.
    expect(server.warmUps).toHaveLength(4);
    await clock.advance(5_001);
    expect(server.warmUps).toHaveLength(5);
    expect(await talk()).toBe(COMPLETION);
  });

  it('is asked no more when a talk was answered meanwhile', async () => {
    server.trouble = AWAY;
    server.thereAtMs = 10_000;
    await warm.start();
    await clock.advance(10_000);
    expect(await talk()).toBe(COMPLETION);
    await clock.advance(3_600_000);
    expect(server.warmUps).toHaveLength(4);
  });
});

it('a model whose talk ended in the middle of its words is there, and is not loaded', async () => {
  await warm.start();
  server.thereAtMs = 1e9;
  server.hasWord = true;
  await expect(talk()).rejects.toBe(SILENT);
  await clock.advance(3_600_000);
  expect([server.warmUps, warm.isLoading('tiny')]).toEqual([['tiny'], false]);
});

it('another model of a persona is loaded when it is first missed, and the first one goes on', async () => {
  await warm.start();
  server.trouble = LOADING;
  server.thereAtMs = clock.nowMs() + 2_000;
  await expect(warm.complete({ ...QUESTION, model: 'large' }, signal)).rejects.toBe(LOADING);
  expect([warm.isLoading('large'), warm.isLoading('tiny')]).toEqual([true, false]);
  await clock.advance(3_000);
  expect(await warm.complete({ ...QUESTION, model: 'large' }, signal)).toBe(COMPLETION);
  expect(server.warmUps).toContain('large');
});

it('ends its call when it is stopped', async () => {
  server.thereAtMs = 1e9;
  const started = warm.start();
  await clock.advance(1_000);
  await started;
  await warm.stop();
  expect(clock.sleeping).toBe(0);
});
