import { type Clock, wakeUp } from './clock.ts';
import { AiIpcError } from './errors.ts';

/**
 * Something with a life: it starts once, and a second start is refused. `stop` may come at any time and more than once;
 * it resolves when nothing of it runs any more. A start that fails leaves nothing running.
 */
export interface Lifecycle {
  start(): void | Promise<void>;
  stop(): Promise<void>;
}

/** Starts one after the other. When one cannot, those before it are stopped, the last first, and its error is thrown. */
export async function startAll(lives: readonly Lifecycle[]): Promise<void> {
  const started: Lifecycle[] = [];
  try {
    for (const life of lives) {
      await life.start();
      started.push(life);
    }
  } catch (error) {
    // The caller learns why nothing runs; what a stop says besides is only a consequence.
    await stopAll(started).catch(() => undefined);
    throw error;
  }
}

/** The last that started is the first that stops. One that fails in it keeps no other running. */
export async function stopAll(lives: readonly Lifecycle[]): Promise<void> {
  const failures: unknown[] = [];
  for (const life of lives.toReversed()) {
    try {
      await life.stop();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Holds a start and a stop that take their time to one of each, and the stop to after the start. */
export class StartStop {
  readonly #name: string;
  #started: Promise<unknown> | undefined;
  #stopped: Promise<void> | undefined;

  /** The name is for the error of a second start. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Whether a stop was asked for that the start had gone before. */
  get isStopping(): boolean {
    return this.#stopped !== undefined;
  }

  /** Runs `begin`, the first time. */
  async start<T>(begin: () => Promise<T>): Promise<T> {
    if (this.#started) throw startedTwice(this.#name);
    const started = begin();
    this.#started = started;
    return await started;
  }

  /** Runs `end` when the start is over, well or not; all who ask share the one end. Before any start there is none. */
  stop(end: () => Promise<void>): Promise<void> {
    if (!this.#started) return Promise.resolve();
    this.#stopped ??= this.#afterStart(end);
    return this.#stopped;
  }

  async #afterStart(end: () => Promise<void>): Promise<void> {
    // Its error went to whoever started.
    await this.#started?.catch(() => undefined);
    await end();
  }
}

export interface LoopOptions {
  readonly clock: Clock;
  /** One turn; returns how many milliseconds to rest before the next. */
  readonly turn: (signal: AbortSignal) => Promise<number>;
  /**
   * Called with what a turn threw, and how many have now failed in a row; returns how many milliseconds to rest before
   * trying again. At 1 it begins to fail: who tells of a trouble only once tells it then. It must not throw: that would
   * be a bug, and ends the process.
   */
  readonly onError: (error: unknown, failures: number) => number;
  /** Called once when a turn goes well after some that failed. */
  readonly onRecovered?: () => void;
  /**
   * Asked before each turn: how many milliseconds to rest in its place, because something else must change first; 0 for
   * a turn. Whether a trouble is over, such a rest does not tell.
   */
  readonly blockedMs?: () => number;
}

/** Runs a turn, rests as long as the turn asked for, and so on until stopped. `wake` cuts the rest short. */
export class Loop implements Lifecycle {
  readonly #options: LoopOptions;
  readonly #stopping = new AbortController();
  #rest = new AbortController();
  #isWoken = false;
  #failures = 0;
  #running: Promise<void> | undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  /** After a stop nothing begins. */
  start(): void {
    if (this.#running) throw startedTwice('loop');
    this.#running = this.#run();
  }

  /** Ends the present rest; during a turn, the next rest is skipped. */
  wake(): void {
    this.#isWoken = true;
    wakeUp(this.#rest);
  }

  /** A failure beside the turns that counts like one of a turn; returns the rest that `onError` wants. */
  fail(error: unknown): number {
    this.#failures++;
    return this.#options.onError(error, this.#failures);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    wakeUp(this.#rest);
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
    const { turn, onRecovered, blockedMs } = this.#options;
    try {
      const insteadMs = blockedMs?.() ?? 0;
      if (insteadMs > 0) return insteadMs;
      const restMs = await turn(signal);
      const isRecovered = this.#failures > 0;
      this.#failures = 0;
      if (isRecovered) onRecovered?.();
      return restMs;
    } catch (error) {
      return this.fail(error);
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

function startedTwice(name: string): AiIpcError {
  return new AiIpcError('bad_argument', `This ${name} was started twice.`);
}
