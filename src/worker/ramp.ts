import type { Clock } from '../base/clock.ts';

/** So many calls begin at once; more begin as these end, or after STEP_MS. */
const STEP = 32;
const STEP_MS = 2;

/**
 * Lets calls begin in steps. A service that answers within a millisecond is then called over a few dozen warm
 * connections, however many requests a claim brought: a call over one of 512 costs a quarter more than over one of 64
 * (`npm run bench -- drain` shows both). One that takes its time has 512 calls after 32 ms, and its connections are not
 * all opened in the same instant.
 */
export class Ramp {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  /** Begun in this step and not yet ended. */
  #open = 0;
  #isStepping = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `call` when its turn has come. */
  async run(call: () => Promise<void>): Promise<void> {
    if (this.#open >= STEP) await this.#turn();
    this.#open++;
    try {
      await call();
    } finally {
      // Calls of earlier steps end too: what they leave free is for the next step.
      this.#open = Math.max(0, this.#open - 1);
      this.#waiting.shift()?.();
    }
  }

  #turn(): Promise<void> {
    if (!this.#isStepping) this.#step();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Once every STEP_MS, as long as somebody waits. No clock can hold up the calls: also one that fails lets them begin. */
  #step(): void {
    this.#isStepping = true;
    const beginNext = () => this.#beginNext();
    this.#clock.sleep(STEP_MS).then(beginNext, beginNext);
  }

  #beginNext(): void {
    this.#open = 0;
    for (const begin of this.#waiting.splice(0, STEP)) begin();
    this.#isStepping = false;
    if (this.#waiting.length > 0) this.#step();
  }
}
