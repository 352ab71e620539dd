import type { Clock } from '../../base/clock.ts';
import type { ServerFacts } from './server-facts.ts';

/**
 * An admin may start the model server anew with another context. Where it tells none it is asked sooner, and ever more
 * seldom: it may not be there yet, or load the model with the first talk.
 */
const ASK_AGAIN_MS = { known: 600_000, atFirst: 10_000 } as const;

interface Known {
  readonly tokens: number | null;
  /** When it is asked for again. */
  readonly dueAtMs: number;
  readonly restMs: number;
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
  /** How many talks at once have it together, where a server's slots share one. */
  readonly #sharers = new Map<string, number>();
  readonly #asking = new Map<string, Promise<void>>();

  constructor(options: ContextSizesOptions) {
    this.#options = options;
  }

  /** What is known by now, asking for nothing: null where nobody knows. */
  now(model: string): number | null {
    const tokens = this.#options.set ?? this.#known.get(model)?.tokens ?? null;
    return tokens === null ? null : Math.floor(tokens / (this.#sharers.get(model) ?? 1));
  }

  /** So many talks at once have it together: the server's own word is of all of them. Whether that is new. */
  share(model: string, sharers: number): boolean {
    const isNew = this.#sharers.get(model) !== sharers;
    this.#sharers.set(model, sharers);
    return isNew;
  }

  /** Asks for it where that is due; resolves when nothing is asked for any more. One question for all who wait. */
  async lookUp(model: string): Promise<void> {
    const { set, clock } = this.#options;
    if (set !== null) return;
    const known = this.#known.get(model);
    const isDue = known === undefined || clock.nowMs() >= known.dueAtMs;
    if (isDue && !this.#asking.has(model)) this.#asking.set(model, this.#ask(model));
    await this.#asking.get(model);
  }

  /** What a refusal told. */
  learn(model: string, tokens: number): void {
    const before = this.#known.get(model)?.tokens;
    this.#note(model, { tokens, restMs: ASK_AGAIN_MS.known });
    if (before === tokens) return;
    // Another server, or the same with other settings.
    this.#sharers.delete(model);
    this.#options.onKnown(model, tokens);
  }

  async #ask(model: string): Promise<void> {
    const told = await this.#options.facts.contextOf(model);
    this.#asking.delete(model);
    if (told !== null) {
      this.learn(model, told);
      return;
    }
    const { tokens = null, restMs = ASK_AGAIN_MS.atFirst / 2 } = this.#known.get(model) ?? {};
    this.#note(model, { tokens, restMs: Math.min(2 * restMs, ASK_AGAIN_MS.known) });
  }

  #note(model: string, { tokens, restMs }: Pick<Known, 'tokens' | 'restMs'>): void {
    this.#known.set(model, { tokens, restMs, dueAtMs: this.#options.clock.nowMs() + restMs });
  }
}
