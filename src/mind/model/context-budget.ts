import type { Clock } from '../../base/clock.ts';
import type { Completion } from '../../providers/completion.ts';
import { ModelError } from '../../providers/model-error.ts';
import { ContextSizes } from './context-sizes.ts';
import type { Prompt } from './prompt.ts';
import type { ServerFacts } from './server-facts.ts';
import { type Gauge, TokenGauge } from './token-gauge.ts';

/** For the log, about the context of a model. */
export interface ContextNotice {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number | null>>;
}

export interface ContextBudgetOptions {
  /** As it was set; null: asked for, or learnt. */
  readonly contextTokens: number | null;
  readonly facts: ServerFacts;
  readonly clock: Clock;
  readonly onNotice?: (notice: ContextNotice) => void;
}

export interface Asked {
  readonly model: string;
  readonly persona: string;
  /** The most that an answer may have. */
  readonly maxTokens: number;
  /** Nothing is waited for longer. */
  readonly signal: AbortSignal;
}

/** A prompt that should fit, and what is left for its answer. */
export interface Fitted {
  readonly prompt: Prompt;
  readonly maxTokens: number;
}

/** An answer has 60 to 150 tokens; in a small context it may have an eighth, so that something is left to remember. */
const ANSWER_TOKENS = 200;
const ANSWER_PART = 8;
/** Where a refusal tells neither the context nor the tokens of what it refused. */
const SHORTER_PART = 0.5;

/** Makes prompts fit into the context of their model before they are sent, and once more where one did not. */
export class ContextBudget {
  readonly #options: ContextBudgetOptions;
  readonly #sizes: ContextSizes;
  readonly #gauges = new Map<string, TokenGauge>();
  readonly #tooLarge = new Set<string>();

  constructor(options: ContextBudgetOptions) {
    this.#options = options;
    const onKnown = (model: string, tokens: number) =>
      this.#tell('info', 'The context of the model is known', { model, context_tokens: tokens });
    this.#sizes = new ContextSizes({ ...options, set: options.contextTokens, onKnown });
  }

  /** Calls with a prompt that fits, and with a shorter one where the server finds that it is too long all the same. */
  async complete(
    prompt: Prompt,
    asked: Asked,
    call: (fitted: Fitted) => Promise<Completion>,
  ): Promise<Completion> {
    const fitted = await this.#fit(prompt, asked);
    try {
      const completion = await call(fitted);
      this.#gaugeOf(asked.model).learn(fitted.prompt, completion.usage.prompt);
      return completion;
    } catch (error) {
      const shorter = this.#shorterAfter(error, fitted, asked);
      if (shorter === null) throw error;
      return await call(shorter);
    }
  }

  async #fit(prompt: Prompt, asked: Asked): Promise<Fitted> {
    const context = await unlessAborted(this.#sizes.of(asked.model), asked.signal);
    if (context === null) return { prompt, maxTokens: asked.maxTokens };
    const gauge = this.#gaugeOf(asked.model);
    const room = roomIn(context, asked);
    if (gauge.estimate(prompt) <= room) return within(context, prompt, { asked, gauge: gauge.estimate });
    const measured = await unlessAborted(gauge.measure(prompt), asked.signal);
    return this.#shorten(prompt, { asked, context, gauge: measured ?? gauge.estimate });
  }

  #shorten(prompt: Prompt, { asked, context, gauge }: Measured): Fitted {
    const room = roomIn(context, asked);
    const shorter = gauge(prompt) <= room ? prompt : prompt.shortened((one) => gauge(one) <= room);
    if (gauge(shorter) > room) this.#tellOfLarge(asked, { context, promptTokens: gauge(shorter) });
    return within(context, shorter, { asked, gauge });
  }

  /** null for another trouble, and where nothing is left to be shortened. */
  #shorterAfter(error: unknown, { prompt, maxTokens }: Fitted, asked: Asked): Fitted | null {
    if (!(error instanceof ModelError) || error.reason !== 'too_long') return null;
    const { contextTokens, promptTokens } = error.sizes;
    const { model } = asked;
    const gauge = this.#gaugeOf(model);
    if (promptTokens !== null) gauge.learn(prompt, promptTokens);
    if (contextTokens !== null) this.#sizes.learn(model, contextTokens);
    const context = contextTokens ?? Math.floor(gauge.estimate(prompt) * SHORTER_PART);
    const fields = { model, context_tokens: contextTokens, prompt_tokens: promptTokens };
    this.#tell('warn', 'A prompt was longer than the context of the model, and is shortened', fields);
    const shorter = this.#shorten(prompt, { asked, context, gauge: gauge.estimate });
    const isSame = shorter.prompt.user === prompt.user && shorter.maxTokens >= maxTokens;
    return isSame ? null : shorter;
  }

  #gaugeOf(model: string): TokenGauge {
    const gauge = this.#gauges.get(model) ?? new TokenGauge(model, this.#options.facts);
    this.#gauges.set(model, gauge);
    return gauge;
  }

  #tellOfLarge({ model, persona }: Asked, size: { context: number; promptTokens: number }): void {
    const key = JSON.stringify([model, persona]);
    if (this.#tooLarge.has(key)) return;
    this.#tooLarge.add(key);
    const fields = { model, persona, context_tokens: size.context, prompt_tokens: size.promptTokens };
    this.#tell('warn', 'A persona leaves no place in the context of the model', fields);
  }

  #tell(level: ContextNotice['level'], message: string, fields: ContextNotice['fields']): void {
    this.#options.onNotice?.({ level, message, fields });
  }
}

interface Measured {
  readonly asked: Asked;
  readonly context: number;
  readonly gauge: Gauge;
}

/** null when it is aborted before. What is waited for never rejects. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return null;
  const done = new AbortController();
  const aborted = new Promise<null>((resolve) => {
    signal.addEventListener('abort', () => resolve(null), { signal: done.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    done.abort();
  }
}

function answerIn(context: number, { maxTokens }: Asked): number {
  return Math.min(maxTokens, ANSWER_TOKENS, Math.ceil(context / ANSWER_PART));
}

function roomIn(context: number, asked: Asked): number {
  return context - answerIn(context, asked);
}

/** Some servers refuse what may become longer than their context, though the prompt fits. */
function within(context: number, prompt: Prompt, { asked, gauge }: Omit<Measured, 'context'>): Fitted {
  const left = Math.max(answerIn(context, asked), context - gauge(prompt));
  return { prompt, maxTokens: Math.min(asked.maxTokens, left) };
}
