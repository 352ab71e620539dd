import { type Lifecycle, Loop, StartStop } from '../base/lifecycle.ts';
import type { WorkerContext } from './worker-parts.ts';

const INTERVAL_MS = 2_000;
const FAILURE_REST_MS = 500;
/** Others take a worker for dead after 10 s without a change: two seconds before, it stops claiming by itself. */
const SILENCE_LIMIT_MS = 8_000;

export interface HeartbeatOptions extends WorkerContext {
  /** What this worker says of itself now. */
  readonly sign: () => { readonly inFlight: number; readonly doorbell: string | null };
  readonly host: string;
  readonly pid: number;
  readonly version: string;
}

/** Writes this worker's row of ai_workers, on a connection of its own. */
export class Heartbeat implements Lifecycle {
  readonly #options: HeartbeatOptions;
  readonly #loop: Loop;
  readonly #startStop = new StartStop('heartbeat');
  #lastMs: number | undefined;
  /** When the last silence was over that was long enough to be taken for death. */
  #silenceEndedMs = Number.NEGATIVE_INFINITY;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#loop = new Loop({
      clock: options.clock,
      turn: () => this.#turn(),
      onError: (error) => this.#afterFailure(error),
      onRecovered: () => options.events.emit('storeRecovered', { part: 'heartbeat' }),
    });
  }

  /** Resolves after the first heartbeat: before that, others would take its claims for a dead worker's. */
  start(): Promise<void> {
    return this.#startStop.start(async () => {
      await this.#write();
      this.#loop.start();
    });
  }

  /** Whether the others can see that this worker lives. */
  get isFresh(): boolean {
    return this.#silentMs() < SILENCE_LIMIT_MS;
  }

  /** Whether the others have seen it live from that moment on: what it claimed then is still its own. */
  hasBeenFreshSince(ms: number): boolean {
    return this.isFresh && ms >= this.#silenceEndedMs;
  }

  stop(): Promise<void> {
    return this.#startStop.stop(() => this.#loop.stop());
  }

  async #turn(): Promise<number> {
    await this.#write();
    return INTERVAL_MS;
  }

  async #write(): Promise<void> {
    const { store, settings, sign, workerId, host, pid, version } = this.#options;
    const sentMs = this.#options.clock.nowMs();
    await store.heartbeat({
      id: workerId,
      host,
      pid,
      version,
      timeoutSeconds: settings.timeoutSeconds,
      ...sign(),
    });
    // The longest that the others can have seen no change: this process may have stood still in the middle of it.
    if (this.#lastMs !== undefined && this.#silentMs() >= SILENCE_LIMIT_MS)
      this.#silenceEndedMs = this.#options.clock.nowMs();
    // Counted from before the statement: what the others see is never younger.
    this.#lastMs = sentMs;
  }

  #afterFailure(error: unknown): number {
    const { events, workerId } = this.#options;
    events.emit('storeFailed', { part: 'heartbeat', error });
    if (!this.isFresh) events.emit('heartbeatLost', { workerId, silentMs: Math.round(this.#silentMs()) });
    return FAILURE_REST_MS;
  }

  #silentMs(): number {
    return this.#lastMs === undefined ? Number.POSITIVE_INFINITY : this.#options.clock.nowMs() - this.#lastMs;
  }
}
