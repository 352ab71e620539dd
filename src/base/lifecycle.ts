import type { Clock } from './clock.ts';
import { AiIpcError } from './errors.ts';

/** Something with a life: start it once, stop it once; stop resolves when nothing of it runs any more. */
export interface Lifecycle {
  start(): void | Promise<void>;
  stop(): Promise<void>;
}

export interface LoopOptions {
  readonly clock: Clock;
  /** One turn; returns how many milliseconds to rest before the next. */
  readonly turn: (signal: AbortSignal) => Promise<number>;
  /** Called with what a turn threw; returns how many milliseconds to rest before trying again. */
  readonly onError: (error: unknown) => number;
}

/** Runs a turn, rests as long as the turn asked for, and so on until stopped. `wake` cuts the rest short. */
export class Loop implements Lifecycle {
  readonly #options: LoopOptions;
  readonly #stopping = new AbortController();
  #rest = new AbortController();
  #isWoken = false;
  #running: Promise<void> | undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) throw new AiIpcError('bad_argument', 'This loop was started twice.');
    this.#running = this.#run();
  }

  /** Ends the present rest; during a turn, the next rest is skipped. */
  wake(): void {
    this.#isWoken = true;
    this.#rest.abort();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#rest.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const restMs = await this.#turn(signal);
      await this.#restFor(restMs, signal);
    }
  }

  async #turn(signal: AbortSignal): Promise<number> {
    try {
      return await this.#options.turn(signal);
    } catch (error) {
      return this.#options.onError(error);
    }
  }

  async #restFor(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isWoken && !signal.aborted && ms > 0) {
      this.#rest = new AbortController();
      await this.#options.clock.sleep(ms, this.#rest.signal);
    }
    this.#isWoken = false;
  }
}
