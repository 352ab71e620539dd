import type { Clock } from '../../base/clock.ts';
import type { Completion } from '../../providers/completion.ts';
import { ModelError } from '../../providers/model-error.ts';
import { ContextSizes } from './context-sizes.ts';
import { Patience } from './patience.ts';
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
  /** Its deadline bounds what is waited for. */
  readonly signal: AbortSignal;
}

/** A prompt that should fit, and what is left for its answer. */
export interface Fitted {
  readonly prompt: Prompt;
  readonly maxTokens: number;
  /** Into which it fits; null where nobody knows. */
  readonly context: number | null;
}

/** What to send when more is known than when the call was asked for. */
export interface Refitting {
  /** As it fits when it is the call's turn. */
  atItsTurn(): Promise<Fitted>;
  /** So many talks at once turned out to share one context, which is full: shorter, or null where nothing is left to be. */
  whenShared(sharers: number): Promise<Fitted | null>;
}

/** An answer has 60 to 150 tokens; in a small context it may have an eighth, so that something is left to remember. */
const ANSWER_TOKENS = 200;
const ANSWER_PART = 8;
/**
 * A prompt that fits into so small a context waits for nothing: servers have 2,048 tokens a talk at least, or say in a
 * refusal that they have not.
 */
const SAFE_CONTEXT = 2_048;
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

  /** Asks the server for the context of a model, before anybody waits for it. */
  lookUp(model: string): Promise<void> {
    return this.#sizes.lookUp(model);
  }

  /** Calls with a prompt that fits, and with a shorter one where the server finds that it is too long all the same. */
  async complete(
    prompt: Prompt,
    asked: Asked,
    call: (fitted: Fitted, refitting: Refitting) => Promise<Completion>,
  ): Promise<Completion> {
    let sent = await this.#fit(prompt, asked);
    const refitting: Refitting = {
      atItsTurn: async () => {
        sent = await this.#refit(sent, asked);
        return sent;
      },
      whenShared: async (sharers) => {
        const shorter = await this.#shorterForAll(sharers, sent, asked);
        sent = shorter ?? sent;
        return shorter;
      },
    };
    try {
      const completion = await call(sent, refitting);
      this.#gaugeOf(asked.model).learn(sent.prompt, completion.usage.prompt);
      return completion;
    } catch (error) {
      const shorter = this.#shorterAfter(error, sent, asked);
      if (shorter === null) throw error;
      sent = shorter;
      return await call(shorter, refitting);
    }
  }

  async #fit(prompt: Prompt, asked: Asked): Promise<Fitted> {
    const patience = new Patience(this.#options.clock, asked.signal);
    const tokens = this.#gaugeOf(asked.model).estimate(prompt);
    const context = await this.#contextFor(tokens, asked, patience);
    return await this.#fitInto(context, prompt, { asked, patience });
  }

  async #fitInto(
    context: number | null,
    prompt: Prompt,
    { asked, patience }: { asked: Asked; patience: Patience },
  ): Promise<Fitted> {
    if (context === null) return { prompt, maxTokens: asked.maxTokens, context };
    const gauge = this.#gaugeOf(asked.model);
    const room = roomIn(context, asked);
    if (gauge.estimate(prompt) <= room) return within(context, prompt, { asked, gauge: gauge.estimate });
    const measured = await patience.waitFor(gauge.measure(prompt));
    return this.#shorten(prompt, { asked, context, gauge: measured ?? gauge.estimate });
  }

  /** Waited for only where nothing is known yet, and the prompt is long enough that it could matter. */
  async #contextFor(tokens: number, asked: Asked, patience: Patience): Promise<number | null> {
    const asking = this.#sizes.lookUp(asked.model);
    const isLong = tokens > roomIn(SAFE_CONTEXT, asked);
    if (isLong && this.#sizes.now(asked.model) === null) await patience.waitFor(asking);
    return this.#sizes.now(asked.model);
  }

  #shorten(prompt: Prompt, { asked, context, gauge }: Measured): Fitted {
    const room = roomIn(context, asked);
    const shorter = gauge(prompt) <= room ? prompt : prompt.shortened((one) => gauge(one) <= room);
    if (gauge(shorter) > room) this.#tellOfLarge(asked, { context, promptTokens: gauge(shorter) });
    return within(context, shorter, { asked, gauge });
  }

  /** Less than was known to fit may be left of the context by now. */
  async #refit(sent: Fitted, asked: Asked): Promise<Fitted> {
    const context = this.#sizes.now(asked.model);
    if (context === null || context >= (sent.context ?? Number.POSITIVE_INFINITY)) return sent;
    const patience = new Patience(this.#options.clock, asked.signal);
    return await this.#fitInto(context, sent.prompt, { asked, patience });
  }

  async #shorterForAll(sharers: number, sent: Fitted, asked: Asked): Promise<Fitted | null> {
    const { model } = asked;
    const isNew = this.#sizes.share(model, sharers);
    const tokens = this.#gaugeOf(model).estimate(sent.prompt);
    const context = this.#sizes.now(model) ?? Math.floor(tokens * SHORTER_PART);
    const fields = { model, context_tokens: context, slots: sharers };
    if (isNew) this.#tell('warn', 'The slots of the model server share one context', fields);
    const patience = new Patience(this.#options.clock, asked.signal);
    return changed(await this.#fitInto(context, sent.prompt, { asked, patience }), sent);
  }

  /** null for another trouble, and where nothing is left to be shortened. */
  #shorterAfter(error: unknown, sent: Fitted, asked: Asked): Fitted | null {
    if (!(error instanceof ModelError) || error.reason !== 'too_long') return null;
    const { contextTokens, promptTokens } = error.sizes;
    const { model } = asked;
    const { prompt } = sent;
    const gauge = this.#gaugeOf(model);
    if (promptTokens !== null) gauge.learn(prompt, promptTokens);
    if (contextTokens !== null) this.#sizes.learn(model, contextTokens);
    const context = contextTokens ?? Math.floor(gauge.estimate(prompt) * SHORTER_PART);
    const fields = { model, context_tokens: contextTokens, prompt_tokens: promptTokens };
    this.#tell('warn', 'A prompt was longer than the context of the model, and is shortened', fields);
    return changed(this.#shorten(prompt, { asked, context, gauge: gauge.estimate }), sent);
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

function answerIn(context: number, { maxTokens }: Asked): number {
  return Math.min(maxTokens, ANSWER_TOKENS, Math.ceil(context / ANSWER_PART));
}

function roomIn(context: number, asked: Asked): number {
  return context - answerIn(context, asked);
}

/** Some servers refuse what may become longer than their context, though the prompt fits. */
function within(context: number, prompt: Prompt, { asked, gauge }: Omit<Measured, 'context'>): Fitted {
  const left = Math.max(answerIn(context, asked), context - gauge(prompt));
  return { prompt, maxTokens: Math.min(asked.maxTokens, left), context };
}

/** null where it would be the same once more. */
function changed(shorter: Fitted, sent: Fitted): Fitted | null {
  const isSame = shorter.prompt.user === sent.prompt.user && shorter.maxTokens >= sent.maxTokens;
  return isSame ? null : shorter;
}
