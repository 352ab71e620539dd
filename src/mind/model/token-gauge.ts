import { estimateTokens } from './estimate.ts';
import type { Texts } from './prompt.ts';
import type { ServerFacts } from './server-facts.ts';

/** How many tokens a prompt has at most; of prompts that are alike. */
export type Gauge = (prompt: Texts) => number;

/** What a chat template puts around two messages and before the answer: 10 to 25 tokens. */
const TEMPLATE_TOKENS = 30;
/** Of each text that was counted once, others like it are estimated: they differ a little. */
const MARGIN = 1.05;
/** What is learnt from an answer holds for that talk; the next may be in another language. */
const LEARNT_MARGIN = 1.1;
/** An estimate sinks by so much a talk, and rises at once. */
const SINKING = 0.9;
/** English has half of the estimate. Servers that count only what they had not read before would say less. */
const LEAST_RATIO = 0.5;
const MOST_COUNTED = 200;
/** A server that counted nothing so often in a row has no tokenizer for us; one that is busy may be late once or twice. */
const MOST_MISSES = 4;

/** Measures prompts for one model: by its server's tokenizer where it has one, else by an estimate that answers mend. */
export class TokenGauge {
  readonly #model: string;
  readonly #facts: ServerFacts;
  readonly #counted = new Map<string, number>();
  #misses = 0;
  #ratio = 1;

  constructor(model: string, facts: ServerFacts) {
    this.#model = model;
    this.#facts = facts;
  }

  /** Asks nobody. */
  get estimate(): Gauge {
    const ratio = this.#ratio;
    return ({ system, user }) => Math.ceil(ratio * estimateTokens(system + user)) + TEMPLATE_TOKENS;
  }

  /** By the server's tokenizer, exact for this prompt; the estimate where the server has none. */
  async measure({ system, user }: Texts): Promise<Gauge> {
    const [fixed, changing] = await Promise.all([this.#count(system), this.#countOnce(user)]);
    if (fixed === null || changing === null) return this.estimate;
    const ratio = changing / Math.max(1, estimateTokens(user));
    return (prompt) => {
      const part = prompt.user === user ? changing : Math.ceil(ratio * MARGIN * estimateTokens(prompt.user));
      return fixed + part + TEMPLATE_TOKENS;
    };
  }

  /** Mends the estimate by what the server counted of a prompt. */
  learn({ system, user }: Texts, tokens: number): void {
    const seen = tokens / Math.max(1, estimateTokens(system + user));
    if (!(seen > 0)) return;
    this.#ratio = Math.max(LEAST_RATIO, seen * LEARNT_MARGIN, this.#ratio * SINKING);
  }

  /** The system message is the same for all talks with a persona: counted once. */
  async #count(text: string): Promise<number | null> {
    const counted = this.#counted.get(text);
    if (counted !== undefined) return counted;
    const tokens = await this.#countOnce(text);
    if (tokens === null) return null;
    if (this.#counted.size >= MOST_COUNTED) this.#counted.clear();
    this.#counted.set(text, tokens);
    return tokens;
  }

  async #countOnce(text: string): Promise<number | null> {
    if (this.#misses >= MOST_MISSES) return null;
    const tokens = await this.#facts.countTokens(this.#model, text);
    this.#misses = tokens === null ? this.#misses + 1 : 0;
    return tokens;
  }
}
