import type { Clock } from '../base/clock.ts';
import { startTimeLimit } from '../base/time-limit.ts';
import { readText } from './answer-body.ts';
import type { Transport } from './transport.ts';

/** A server that is started anew may have other slots; one that is away is there sooner. */
const ASK_AGAIN_MS = { told: 600_000, away: 10_000 } as const;
const ASK_TIMEOUT_MS = 2_000;
const MAX_BYTES = 65_536;
/** After so many answers at the limit that was learnt, one call more is tried. */
const ANSWERS_TO_GROW = 20;
/** More than any server has: a mistake. */
const MAX_TOLD = 4_096;

export interface SlotsOptions {
  readonly clock: Clock;
  readonly transport: Transport;
  /** What an admin set; null finds out. */
  readonly fixed: number | null;
}

/** How many calls a server takes at once: set, or told by llama.cpp, or learnt from refusals for load; else any number. */
export class Slots {
  readonly #options: SlotsOptions;
  #told = Number.POSITIVE_INFINITY;
  #learnt = Number.POSITIVE_INFINITY;
  #answers = 0;
  #dueAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: SlotsOptions) {
    this.#options = options;
  }

  count(): number {
    return this.#options.fixed ?? Math.min(this.#told, this.#learnt);
  }

  /** Asks the server when that is due; nobody waits for it. */
  lookUp(): void {
    const { fixed, clock } = this.#options;
    if (fixed !== null || clock.nowMs() < this.#dueAtMs) return;
    this.#dueAtMs = clock.nowMs() + ASK_AGAIN_MS.away;
    // Only llama.cpp has this page: elsewhere, and while it is away, there is nothing to learn from it.
    this.#ask().catch(() => undefined);
  }

  /** The server had too much to do with so many calls under way. */
  wereTooMany(running: number): void {
    this.#learnt = Math.max(1, Math.min(this.#learnt, running - 1));
    this.#answers = 0;
  }

  /** It answered, with so many calls under way. */
  answered(running: number): void {
    if (running < this.#learnt) return;
    this.#answers += 1;
    if (this.#answers < ANSWERS_TO_GROW) return;
    this.#answers = 0;
    this.#learnt += 1;
  }

  async #ask(): Promise<void> {
    const { clock, transport } = this.#options;
    const deadline = startTimeLimit(clock, ASK_TIMEOUT_MS, new AbortController().signal);
    try {
      const { status, body } = await transport.get('/props', deadline.signal);
      const text = await readText(body, MAX_BYTES);
      // 503 while it loads its model.
      if (status < 500) this.#dueAtMs = clock.nowMs() + ASK_AGAIN_MS.told;
      this.#told = status === 200 ? slotsIn(text) : Number.POSITIVE_INFINITY;
    } finally {
      deadline.end();
    }
  }
}

function slotsIn(text: string): number {
  const told: unknown = JSON.parse(text);
  const slots = typeof told === 'object' && told !== null && 'total_slots' in told ? told.total_slots : null;
  const isGood = typeof slots === 'number' && Number.isInteger(slots) && slots > 0 && slots <= MAX_TOLD;
  return isGood ? slots : Number.POSITIVE_INFINITY;
}
