import type { Clock } from '../../base/clock.ts';
import type { ServerFacts } from './server-facts.ts';

/** An admin may start the model server anew with another context. */
const ASK_AGAIN_MS = 600_000;

interface Known {
  readonly tokens: number | null;
  readonly sinceMs: number;
}

export interface ContextSizesOptions {
  /** The admin's own word; null where he set none. */
  readonly set: number | null;
  readonly facts: ServerFacts;
  readonly clock: Clock;
  /** Told of each size when it becomes known. */
  readonly onKnown: (model: string, tokens: number) => void;
}

/** How many tokens prompt and answer may have together, for each model: as it was set, else as its server tells or told. */
export class ContextSizes {
  readonly #options: ContextSizesOptions;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<number | null>>();

  constructor(options: ContextSizesOptions) {
    this.#options = options;
  }

  /** null where nobody knows. What is asked is asked once for all who wait. */
  async of(model: string): Promise<number | null> {
    const { set, clock } = this.#options;
    if (set !== null) return set;
    const known = this.#known.get(model);
    if (known !== undefined && clock.nowMs() - known.sinceMs < ASK_AGAIN_MS) return known.tokens;
    const asking = this.#asking.get(model) ?? this.#ask(model, known);
    this.#asking.set(model, asking);
    return await asking;
  }

  /** What a refusal told. */
  learn(model: string, tokens: number): void {
    const before = this.#known.get(model)?.tokens;
    this.#known.set(model, { tokens, sinceMs: this.#options.clock.nowMs() });
    if (before !== tokens) this.#options.onKnown(model, tokens);
  }

  async #ask(model: string, known: Known | undefined): Promise<number | null> {
    const { facts, clock } = this.#options;
    const told = await facts.contextOf(model);
    this.#asking.delete(model);
    if (told !== null) this.learn(model, told);
    else this.#known.set(model, { tokens: known?.tokens ?? null, sinceMs: clock.nowMs() });
    return this.#known.get(model)?.tokens ?? null;
  }
}
