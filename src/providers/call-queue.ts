import type { Clock } from '../base/clock.ts';
import { deadlineOf, giveUp } from '../base/deadline-signal.ts';

/** Why a call was not made. */
export type NotCalled = 'given_up' | 'too_late';

export interface CallQueueOptions {
  readonly clock: Clock;
  /** How many calls are made at once; Infinity while nobody knows. It may change at any time. */
  readonly slots: () => number;
}

export interface Place {
  /** Aborted when nobody waits for the call any more. */
  readonly signal: AbortSignal;
  /** Lower ones first, as in the queue of requests. */
  readonly priority: number;
}

/** The shortest of so many calls is what the next one takes at least: a server's speed changes with its load. */
const REMEMBERED_CALLS = 20;
/** After so long without a call, players are thought to be silent: between two lines of one there are some ten seconds. */
const QUIET_MS = 3_000;

interface Waiting extends Place {
  readonly dueAtMs: number;
  readonly number: number;
  readonly settle: (end: 'go' | NotCalled) => void;
}

/**
 * As many calls at once as the server has slots. The others wait here, where they cost nothing and can be left out, and not
 * in the server, which would work on each to its end: the lower priority number first, then who has the least time left,
 * then who came first. Whom even the shortest of the last calls would reach too late is not called at all.
 */
export class CallQueue {
  readonly #options: CallQueueOptions;
  readonly #waiting = new Set<Waiting>();
  readonly #tookMs: number[] = [];
  #running = 0;
  #endedAtMs = Number.NEGATIVE_INFINITY;
  /** The call for which nobody waits. */
  #quiet: AbortController | null = null;
  #arrivals = 0;

  constructor(options: CallQueueOptions) {
    this.#options = options;
  }

  /** How many are being made. */
  get running(): number {
    return this.#running;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Runs the call when it is its turn, or tells why it was not made. What the call throws is thrown. */
  async run<T>(call: () => Promise<T>, place: Place): Promise<T | NotCalled> {
    const turn = await this.#turn(place);
    if (turn !== 'go') return turn;
    const beganAtMs = this.#options.clock.nowMs();
    try {
      const result = await call();
      if (!place.signal.aborted) this.#noteTime(this.#options.clock.nowMs() - beganAtMs);
      return result;
    } finally {
      this.#endedAtMs = this.#options.clock.nowMs();
      this.#running -= 1;
      this.#fill();
    }
  }

  /**
   * Runs a call for which nobody waits: only while there is no other, and not for long after one. It is given up when
   * another one comes, which waits for nothing but its end.
   */
  async runQuietly<T>(call: (signal: AbortSignal) => Promise<T>, given: AbortSignal): Promise<T | NotCalled> {
    const isQuiet = this.#options.clock.nowMs() - this.#endedAtMs >= QUIET_MS;
    if (!isQuiet || this.#running > 0 || this.#waiting.size > 0 || given.aborted) return 'given_up';
    const quiet = new AbortController();
    const end = () => giveUp(quiet);
    given.addEventListener('abort', end, { once: true });
    this.#quiet = quiet;
    this.#running += 1;
    try {
      return await call(quiet.signal);
    } finally {
      given.removeEventListener('abort', end);
      this.#quiet = null;
      this.#running -= 1;
      this.#fill();
    }
  }

  /** Whoever goes has his slot already: nobody slips in between. */
  #turn(place: Place): Promise<'go' | NotCalled> {
    if (this.#quiet !== null) giveUp(this.#quiet);
    return new Promise((resolve) => {
      const leave = () => settle('given_up');
      const settle = (end: 'go' | NotCalled) => {
        this.#waiting.delete(waiting);
        place.signal.removeEventListener('abort', leave);
        resolve(end);
      };
      this.#arrivals += 1;
      const waiting = { ...place, dueAtMs: deadlineOf(place.signal), number: this.#arrivals, settle };
      this.#waiting.add(waiting);
      place.signal.addEventListener('abort', leave, { once: true });
      if (place.signal.aborted) leave();
      this.#fill();
    });
  }

  #fill(): void {
    this.#leaveOut();
    while (this.#running < this.#options.slots()) {
      const next = this.#next();
      if (next === undefined) return;
      this.#running += 1;
      next.settle('go');
    }
  }

  #leaveOut(): void {
    const leastMs = Math.min(...this.#tookMs);
    if (!Number.isFinite(leastMs)) return;
    const nowMs = this.#options.clock.nowMs();
    for (const one of [...this.#waiting]) if (one.dueAtMs - nowMs < leastMs) one.settle('too_late');
  }

  #next(): Waiting | undefined {
    let first: Waiting | undefined;
    for (const one of this.#waiting) if (first === undefined || isBefore(one, first)) first = one;
    return first;
  }

  #noteTime(ms: number): void {
    this.#tookMs.push(ms);
    if (this.#tookMs.length > REMEMBERED_CALLS) this.#tookMs.shift();
  }
}

function isBefore(one: Waiting, other: Waiting): boolean {
  if (one.priority !== other.priority) return one.priority < other.priority;
  return one.dueAtMs === other.dueAtMs ? one.number < other.number : one.dueAtMs < other.dueAtMs;
}
