import { backoffMs } from '../base/backoff.ts';
import { wakeUp } from '../base/clock.ts';
import { type Lifecycle, Loop } from '../base/lifecycle.ts';
import type { SettledAttempt, SettleFate } from '../queue/outcome.ts';
import { type Ending, endClaims } from './end-claims.ts';
import { HeldWatch } from './held-watch.ts';
import { Outbox } from './outbox.ts';
import { settleBatch } from './settle-batch.ts';
import type { WorkerContext } from './worker-parts.ts';

/** Outcomes that come within this time share one commit to disk. One that comes alone is written at once. */
const GATHER_MS = 2;
/** With as many as this nobody waits for more: while they are written, the next ones gather anyway. */
const ENOUGH = 32;
const IDLE_REST_MS = 60_000;
const RETRY = { firstMs: 50, longestMs: 1_000 } as const;

export interface CompleterOptions extends WorkerContext, Ending {
  /** Called when it was full and is so no more: then there may be claims again. */
  readonly onRoom: () => void;
}

/** Gathers outcomes and settles them; keeps those that cannot be written until they can. */
export class Completer implements Lifecycle {
  readonly #context: CompleterOptions;
  readonly #loop: Loop;
  readonly #outbox = new Outbox();
  readonly #held: HeldWatch;
  #onEmpty: (() => void) | undefined;

  constructor(context: CompleterOptions) {
    this.#context = context;
    this.#held = new HeldWatch(context);
    this.#loop = new Loop({
      clock: context.clock,
      turn: (signal) => this.#turn(signal),
      onError: (error, failures) => this.#afterFailure(error, failures),
      onRecovered: () => context.events.emit('storeRecovered', { part: 'settle' }),
    });
  }

  get isFull(): boolean {
    return this.#outbox.isFull;
  }

  get waiting(): number {
    return this.#outbox.size;
  }

  start(): void {
    this.#loop.start();
  }

  add(attempt: SettledAttempt): void {
    this.#outbox.add(attempt);
    if (this.#outbox.ready === 1) this.#loop.wake();
  }

  /** Resolves when everything is written, or after `timeoutMs`; returns how many outcomes are still waiting. */
  async flush(timeoutMs: number): Promise<number> {
    if (this.#outbox.size > 0) {
      const limit = new AbortController();
      const empty = new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
      await Promise.race([empty, this.#context.clock.sleep(timeoutMs, limit.signal)]);
      wakeUp(limit);
    }
    return this.#outbox.size;
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #turn(signal: AbortSignal): Promise<number> {
    const { clock } = this.#context;
    const outbox = this.#outbox;
    const heldRestMs = outbox.takeUpHeld(clock.nowMs());
    if (outbox.ready === 0) return Math.min(IDLE_REST_MS, heldRestMs);
    if (outbox.isBusy && outbox.ready < ENOUGH) await clock.sleep(GATHER_MS, signal);
    const batch = outbox.nextBatch();
    const startMs = clock.nowMs();
    const held = this.#report(batch, await settleBatch(this.#context, batch), startMs);
    const wasFull = outbox.isFull;
    outbox.settled(batch, held, clock.nowMs());
    if (wasFull && !outbox.isFull) this.#context.onRoom();
    this.#held.look(held, outbox.hasHeld);
    if (outbox.size === 0) this.#onEmpty?.();
    return 0;
  }

  /** Ends the claims of all but the held ones, which it returns: somebody else's transaction has their rows. */
  #report(
    batch: readonly SettledAttempt[],
    fates: readonly SettleFate[],
    startMs: number,
  ): readonly SettledAttempt[] {
    const { flights, events, workerId } = this.#context;
    const withFate = (fate: SettleFate) => batch.filter((_, index) => fates[index] === fate);
    const [written, dropped, held] = [withFate('written'), withFate('dropped'), withFate('held')];
    const lifeMs = endClaims(this.#context, written, startMs);
    for (const attempt of dropped) flights.remove(attempt);
    if (held.length < batch.length)
      events.emit('settled', {
        ...{ workerId, written: written.length, dropped: dropped.map(({ id }) => id), lifeMs },
      });
    return held;
  }

  #afterFailure(error: unknown, failures: number): number {
    this.#context.events.emit('storeFailed', { part: 'settle', error });
    return backoffMs(RETRY, failures);
  }
}
