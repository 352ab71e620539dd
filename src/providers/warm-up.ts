import { type Backoff, backoffMs } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import type { Lifecycle } from '../base/lifecycle.ts';
import { startTimeLimit } from '../base/time-limit.ts';
import { ModelError } from './model-error.ts';
import { newPresence, type Presence } from './model-presence.ts';
import type { ModelProvider } from './provider.ts';

/** A big model from a slow disk takes some minutes; what takes longer will not come. */
const LONGEST_LOAD_MS = 600_000;
/** A model that is there answers in less; at the start its first answer is waited for so long. */
const START_PATIENCE_MS = 1_000;
/** So long a server that fell silent may be silent to this call, too, before it counts as loading. */
const PATIENCE_MS = 3_000;
/** What took so long was a load: such a server may unload the model again. */
const SLOW_MS = 3_000;
/** Ollama unloads a model that nobody asked for 5 minutes. */
const KEEP_MS = 240_000;
const TOLD_REST_MS = 1_000;
const LONGEST_TOLD_REST_MS = 5_000;
const AWAY_REST: Backoff = { firstMs: 1_000, longestMs: 30_000 };

export interface WarmUpOptions {
  readonly clock: Clock;
  /** Loaded when it starts; others when they are first missed. */
  readonly model: string;
  /** Told when a model begins to be loaded, and when it is there. */
  readonly onLoad?: ((model: string, state: 'loading' | 'loaded') => void) | undefined;
}

/** A provider whose models are loaded before they are needed. */
export interface WarmProvider extends ModelProvider, Lifecycle {
  /** Resolves when the model has answered, or it takes longer. */
  start(): Promise<void>;
  /** Whether the model is being loaded, as far as can be told. */
  isLoading(model: string): boolean;
}

/**
 * Has models loaded by calls of its own, which outlive any player's wait and hold no player's words: at the start, when
 * the server says that it loads, and when it fell silent without a word. Else each talk would end before the load does,
 * and its end would be the load's. Meanwhile nobody else asks: ModelError with the reason loading.
 */
export function createWarmUp(provider: ModelProvider, options: WarmUpOptions): WarmProvider {
  return new WarmUp(provider, options);
}

interface Loading {
  readonly presence: Presence;
  readonly onJudged: () => void;
}

class WarmUp implements WarmProvider {
  readonly #provider: ModelProvider;
  readonly #options: WarmUpOptions;
  readonly #models = new Map<string, Presence>();
  readonly #stopping = new AbortController();
  /** Who never starts it, such as a command that makes one call, gets the provider as it is. */
  #isStarted = false;

  constructor(provider: ModelProvider, options: WarmUpOptions) {
    this.#provider = provider;
    this.#options = options;
  }

  async start(): Promise<void> {
    const { clock, model } = this.#options;
    this.#isStarted = true;
    const answered = new AbortController();
    this.#begin(model, START_PATIENCE_MS, () => answered.abort());
    await clock.sleep(START_PATIENCE_MS, answered.signal);
    if (this.isLoading(model)) this.#announce(model);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#models.values()].map(({ running }) => running));
  }

  isLoading(model: string): boolean {
    const presence = this.#models.get(model);
    if (presence === undefined || presence.running === null) return false;
    const { calledAtMs, isTold, patienceMs, wordAtMs } = presence;
    if (isTold) return true;
    if (calledAtMs === null || wordAtMs >= calledAtMs) return false;
    return this.#nowMs() - calledAtMs >= patienceMs;
  }

  async complete(
    ...[question, signal, onFirstWord]: Parameters<ModelProvider['complete']>
  ): ReturnType<ModelProvider['complete']> {
    const { model } = question;
    if (this.isLoading(model)) throw this.#loading(model);
    let hasWord = false;
    try {
      return await this.#provider.complete(question, signal, () => {
        hasWord = true;
        this.#presenceOf(model).wordAtMs = this.#nowMs();
        onFirstWord?.();
      });
    } catch (error) {
      this.#learn(model, { error, hasWord });
      throw error;
    }
  }

  warmUp(model: string, signal: AbortSignal): Promise<ModelError | null> {
    return this.#provider.warmUp(model, signal);
  }

  #learn(model: string, { error, hasWord }: { error: unknown; hasWord: boolean }): void {
    const isOn = this.#isStarted && !this.#stopping.signal.aborted;
    if (!isOn || !(error instanceof ModelError)) return;
    if (error.reason === 'loading') {
      this.#presenceOf(model).isTold = true;
      this.#announce(model);
      this.#begin(model, 0);
    } else if (error.code === 'model_timeout' && error.kind === 'server' && !hasWord)
      this.#begin(model, PATIENCE_MS);
  }

  /** Nothing begins while something is under way. `onJudged` is told when the first call has shown how it is. */
  #begin(model: string, patienceMs: number, onJudged: () => void = () => undefined): void {
    const presence = this.#presenceOf(model);
    presence.missed?.abort();
    if (presence.running !== null) return;
    presence.patienceMs = patienceMs;
    presence.running = this.#load(model, { presence, onJudged }).finally(() => {
      presence.running = null;
      presence.isTold = false;
    });
  }

  async #load(model: string, { presence, onJudged }: Loading): Promise<void> {
    const { signal } = this.#stopping;
    for (let tries = 1; !signal.aborted; tries += 1) {
      const beganAtMs = this.#nowMs();
      const error = await this.#call(model, presence);
      if (signal.aborted) return;
      const state = this.#judge(model, presence, { error, beganAtMs });
      onJudged();
      if (state === 'there' && !presence.isKept) return;
      if (state === 'there') await this.#untilMissed(presence);
      else if (state === 'away') await this.#rest(backoffMs(AWAY_REST, tries));
      else await this.#rest(Math.min(error?.retryAfterMs ?? TOLD_REST_MS, LONGEST_TOLD_REST_MS));
      // Whoever was answered meanwhile shows that it is there.
      if (state === 'away' && presence.wordAtMs >= beganAtMs) return;
      if (state === 'there') tries = 0;
    }
  }

  /** What a call shows: any answer but these two says that the model need not be loaded. */
  #judge(
    model: string,
    presence: Presence,
    { error, beganAtMs }: { error: ModelError | null; beganAtMs: number },
  ): 'loading' | 'away' | 'there' {
    const isLoading = error?.reason === 'loading';
    presence.isTold = isLoading;
    if (isLoading) this.#announce(model);
    else if (error?.isOutage && presence.wordAtMs < beganAtMs) return 'away';
    const isSlow = isLoading || this.#nowMs() - beganAtMs >= SLOW_MS;
    presence.isKept ||= isSlow;
    if (isLoading) return 'loading';
    this.#arrived(model, presence);
    return 'there';
  }

  async #call(model: string, presence: Presence): Promise<ModelError | null> {
    const deadline = startTimeLimit(this.#options.clock, LONGEST_LOAD_MS, this.#stopping.signal);
    presence.calledAtMs = this.#nowMs();
    try {
      return await this.#provider.warmUp(model, deadline.signal);
    } finally {
      presence.calledAtMs = null;
      deadline.end();
    }
  }

  #arrived(model: string, presence: Presence): void {
    presence.wordAtMs = this.#nowMs();
    presence.patienceMs = PATIENCE_MS;
    if (presence.isAnnounced) this.#options.onLoad?.(model, 'loaded');
    presence.isAnnounced = false;
  }

  /** A model that is in use stays loaded by itself. */
  async #untilMissed(presence: Presence): Promise<void> {
    const missed = new AbortController();
    const stop = () => missed.abort();
    this.#stopping.signal.addEventListener('abort', stop, { once: true });
    presence.missed = missed;
    for (let idleMs = 0; idleMs < KEEP_MS && !missed.signal.aborted; ) {
      await this.#options.clock.sleep(KEEP_MS - idleMs, missed.signal);
      idleMs = this.#nowMs() - presence.wordAtMs;
    }
    presence.missed = null;
    this.#stopping.signal.removeEventListener('abort', stop);
  }

  #rest(ms: number): Promise<void> {
    return this.#options.clock.sleep(ms, this.#stopping.signal);
  }

  #announce(model: string): void {
    const presence = this.#presenceOf(model);
    if (presence.isAnnounced) return;
    presence.isAnnounced = true;
    this.#options.onLoad?.(model, 'loading');
  }

  #loading(model: string): ModelError {
    this.#announce(model);
    const message = `The model ${model} is being loaded; nobody else asks its server meanwhile.`;
    return new ModelError('model_failed', message, { kind: 'load', reason: 'loading' });
  }

  #presenceOf(model: string): Presence {
    const known = this.#models.get(model);
    if (known !== undefined) return known;
    const presence = newPresence(PATIENCE_MS);
    this.#models.set(model, presence);
    return presence;
  }

  #nowMs(): number {
    return this.#options.clock.nowMs();
  }
}
