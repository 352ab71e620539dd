import { AiIpcError } from '../base/errors.ts';
import { type Lifecycle, Loop } from '../base/lifecycle.ts';
import type { SettledAttempt, SettleFate } from '../queue/outcome.ts';
import type { Flights } from './flights.ts';
import type { WorkerContext } from './worker-parts.ts';

/** Outcomes that come within this time share one transaction: one commit to disk for all of them. */
const GATHER_MS = 2;
/** With as many as this nobody waits for more: while they are written, the next ones gather anyway. */
const ENOUGH = 32;
/** What one transaction takes at most: a few milliseconds of row locks. */
const MAX_OUTCOMES = 500;
/** And in characters of answers: escaped, and at 3 bytes each, still below the 16 MiB that a packet has by default. */
const MAX_CHARACTERS = 2 ** 20;
/** With the database away this many outcomes wait in memory; then nothing more is claimed. */
const FULL_AT = 2_000;
const IDLE_REST_MS = 60_000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;

/** Gathers outcomes and settles them; keeps those that cannot be written until they can. */
export class Completer implements Lifecycle {
  readonly #context: WorkerContext & { readonly flights: Flights };
  readonly #loop: Loop;
  #waiting: SettledAttempt[] = [];
  #failures = 0;
  #onEmpty: (() => void) | undefined;

  constructor(context: WorkerContext & { readonly flights: Flights }) {
    this.#context = context;
    this.#loop = new Loop({
      clock: context.clock,
      turn: (signal) => this.#turn(signal),
      onError: (error) => this.#afterFailure(error),
    });
  }

  get isFull(): boolean {
    return this.#waiting.length >= FULL_AT;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  start(): void {
    this.#loop.start();
  }

  add(attempt: SettledAttempt): void {
    this.#waiting.push(attempt);
    if (this.#waiting.length === 1) this.#loop.wake();
  }

  /** Resolves when everything is written, or after `timeoutMs`; returns how many outcomes are still waiting. */
  async flush(timeoutMs: number): Promise<number> {
    if (this.#waiting.length > 0) {
      const limit = new AbortController();
      const empty = new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
      await Promise.race([empty, this.#context.clock.sleep(timeoutMs, limit.signal)]);
      limit.abort();
    }
    return this.#waiting.length;
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #turn(signal: AbortSignal): Promise<number> {
    if (this.#waiting.length === 0) return IDLE_REST_MS;
    if (this.#waiting.length < ENOUGH) await this.#context.clock.sleep(GATHER_MS, signal);
    const batch = this.#nextBatch();
    await this.#settle(batch);
    this.#waiting.splice(0, batch.length);
    this.#recovered();
    if (this.#waiting.length === 0) this.#onEmpty?.();
    return 0;
  }

  #nextBatch(): SettledAttempt[] {
    let characters = 0;
    const end = this.#waiting.findIndex((attempt, index) => {
      characters += attempt.outcome.kind === 'completed' ? attempt.outcome.answer.length : 0;
      return index >= MAX_OUTCOMES || (index > 0 && characters > MAX_CHARACTERS);
    });
    return this.#waiting.slice(0, end === -1 ? undefined : end);
  }

  async #settle(batch: readonly SettledAttempt[]): Promise<void> {
    const { store, workerId } = this.#context;
    try {
      this.#report(batch, await store.settle(workerId, batch));
    } catch (error) {
      if (isPassing(error)) throw error;
      await this.#settleOneByOne(batch, error);
    }
  }

  /** One outcome that the database refuses must not hold up the others: it becomes a failure that says so. */
  async #settleOneByOne(batch: readonly SettledAttempt[], error: unknown): Promise<void> {
    this.#context.events.emit('storeFailed', { part: 'settle', error });
    for (const attempt of batch) {
      const fates = await this.#settleOne(attempt);
      this.#report([attempt], fates);
    }
  }

  async #settleOne(attempt: SettledAttempt): Promise<SettleFate[]> {
    const { store, workerId } = this.#context;
    try {
      return await store.settle(workerId, [attempt]);
    } catch (error) {
      if (isPassing(error)) throw error;
      return await this.#settleAsFailed(attempt);
    }
  }

  /** Refused twice, it is given up: its request is released or expires, and the outcomes behind it go on. */
  async #settleAsFailed(attempt: SettledAttempt): Promise<SettleFate[]> {
    const { store, workerId, events } = this.#context;
    const message = 'The database refused the answer. The log of the worker has its reason.';
    try {
      return await store.settle(workerId, [
        { ...attempt, outcome: { kind: 'failed', error: { code: 'settle_failed', message } } },
      ]);
    } catch (error) {
      if (isPassing(error)) throw error;
      events.emit('storeFailed', { part: 'settle', error });
      return ['dropped'];
    }
  }

  #report(batch: readonly SettledAttempt[], fates: readonly SettleFate[]): void {
    const { flights, events, workerId } = this.#context;
    for (const attempt of batch) flights.remove(attempt);
    const dropped = batch.filter((_, index) => fates[index] === 'dropped').map((attempt) => attempt.id);
    events.emit('settled', { workerId, written: batch.length - dropped.length, dropped });
  }

  #afterFailure(error: unknown): number {
    this.#failures++;
    this.#context.events.emit('storeFailed', { part: 'settle', error });
    return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures - 1, 10));
  }

  #recovered(): void {
    if (this.#failures > 0) this.#context.events.emit('storeRecovered', { part: 'settle' });
    this.#failures = 0;
  }
}

/** Troubles that pass by themselves; anything else would be the same the next time. */
function isPassing(error: unknown): boolean {
  return error instanceof AiIpcError && error.code !== 'database_failed' && error.code !== 'id_too_large';
}
