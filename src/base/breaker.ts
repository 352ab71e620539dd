import type { Clock } from './clock.ts';
import type { RequestError } from './errors.ts';

export type BreakerState = 'closed' | 'open' | 'half_open';

/** What a call showed of the service: that it is there, or the error that says it is down; or it was cut too early. */
export type Sign = 'up' | 'neither' | RequestError;

/** This many calls in a row say that the service is down: a few lost calls are no outage. */
const DOWN_TO_OPEN = 10;
/** Between two tries: short, because nobody is answered meanwhile, and one call a second burdens nobody. */
const OPEN_MS = 1_000;
/**
 * A try that was taken, and has not failed for so long, shows that the service is there: whoever refuses or hangs up does so
 * within milliseconds, and an answer may take a minute, for which nobody else shall wait.
 */
const TAKEN_MS = 500;

/**
 * Keeps calls away from a service that is down: nobody waits for each call's time-out. One at a time tries it, a second
 * after the one before has ended. While it is not closed only the try counts, not calls that began before.
 */
export class Breaker<T> {
  readonly #clock: Clock;
  readonly #signOf: (result: T) => Sign;
  readonly #listeners: ((state: BreakerState) => void)[] = [];
  #state: BreakerState = 'closed';
  #downInARow = 0;
  #openedAtMs = 0;
  #lastError: RequestError | undefined;

  constructor(clock: Clock, signOf: (result: T) => Sign) {
    this.#clock = clock;
    this.#signOf = signOf;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** How many calls may be started now: Infinity when closed, 1 when a try is due and none is under way, else 0. */
  allowance(): number {
    if (this.#state === 'closed') return Number.POSITIVE_INFINITY;
    return this.#state === 'open' && this.retryInMs() === 0 ? 1 : 0;
  }

  /** Milliseconds until allowance() may change; 0 when closed or when a try is due. */
  retryInMs(): number {
    if (this.#state === 'closed') return 0;
    if (this.#state === 'half_open') return OPEN_MS;
    return Math.max(0, this.#openedAtMs + OPEN_MS - this.#clock.nowMs());
  }

  /** The latest error that said the service is down. */
  lastError(): RequestError | undefined {
    return this.#lastError;
  }

  onChange(listener: (state: BreakerState) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Makes the call if the allowance is not used up, and learns from its result. What it throws shows nothing. The call may say
   * that the service has taken it, where that shows that it is there; what it ends with comes later.
   */
  async run(call: (taken: () => void) => Promise<T>): Promise<T | 'rejected'> {
    if (this.allowance() === 0) return 'rejected';
    const isTry = this.#state === 'open';
    if (isTry) this.#become('half_open');
    // One for each try, not for each call.
    const ended = isTry ? new AbortController() : undefined;
    let sign: Sign = 'neither';
    try {
      const result = await call(() => {
        if (ended !== undefined) this.#closeUnless(ended.signal);
      });
      sign = this.#signOf(result);
      return result;
    } finally {
      ended?.abort();
      this.#note(sign, isTry);
    }
  }

  /** Of a try that was taken: unless it ends before that is sure. */
  #closeUnless(ended: AbortSignal): void {
    const close = () => {
      if (ended.aborted || this.#state !== 'half_open') return;
      this.#downInARow = 0;
      this.#become('closed');
    };
    // A clock never rejects; were it to, the try's end closes it.
    this.#clock.sleep(TAKEN_MS, ended).then(close, () => undefined);
  }

  #note(sign: Sign, isTry: boolean): void {
    if (typeof sign === 'object') this.#lastError = sign;
    if (!isTry && (this.#state !== 'closed' || sign === 'neither')) return;
    this.#downInARow = sign === 'up' ? 0 : this.#downInARow + 1;
    if (isTry && sign === 'up') this.#become('closed');
    if (this.#downInARow < DOWN_TO_OPEN) return;
    this.#openedAtMs = this.#clock.nowMs();
    this.#become('open');
  }

  #become(state: BreakerState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}
