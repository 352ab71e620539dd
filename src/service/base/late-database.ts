import type { Clock } from '../../base/clock.ts';
import { AiIpcError, messageOf } from '../../base/errors.ts';
import { type Lifecycle, Loop } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/logger.ts';
import type { ServiceDatabase } from './service-database.ts';

export interface LateDatabaseOptions {
  /** Throws AiIpcError while the database cannot be used. */
  readonly open: () => Promise<ServiceDatabase>;
  /** Told of each failure to open it, and with null that it is open. */
  readonly onTry: (error: unknown) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Between two tries: soon enough for a database that starts with the machine, and after a migrate. */
const REOPEN_MS = 5_000;
/** The service does not wait longer for it at its start: it answers without. */
const FIRST_TRY_MS = 3_000;
/** There is nothing to do any more once it is open. */
const OPEN_REST_MS = 3_600_000;

/** A database that may come later than the service: opened again and again until it can be used. */
export class LateDatabase implements Lifecycle {
  readonly #options: LateDatabaseOptions;
  readonly #loop: Loop;
  readonly #tried = new AbortController();
  #opened: ServiceDatabase | null = null;
  #closed: Promise<void> | undefined;
  #lastTrouble: string | undefined;

  constructor(options: LateDatabaseOptions) {
    this.#options = options;
    this.#loop = new Loop({
      clock: options.clock,
      turn: () => this.#open(),
      onError: (error, failures) => this.#troubled(error, failures),
      onRecovered: () => options.logger.info('The database can be used now: NPCs remember'),
    });
  }

  /** null while it cannot be used. */
  get present(): ServiceDatabase | null {
    return this.#opened;
  }

  /** Resolves after the first try, or when that takes too long. */
  async start(): Promise<void> {
    this.#loop.start();
    await this.#options.clock.sleep(FIRST_TRY_MS, this.#tried.signal);
    // The try goes on; until it ends, health must not say that NPCs remember.
    if (!this.#tried.signal.aborted) this.#options.onTry(noAnswerYet());
  }

  stop(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#tried.abort();
    await this.#loop.stop();
    await this.#opened?.database.close();
    this.#opened = null;
  }

  async #open(): Promise<number> {
    this.#opened ??= await this.#options.open();
    this.#options.onTry(null);
    this.#tried.abort();
    return OPEN_REST_MS;
  }

  #troubled(error: unknown, failures: number): number {
    const { logger, onTry } = this.#options;
    const trouble = messageOf(error);
    // Said once, not every five seconds; another trouble is news.
    if (failures === 1 || trouble !== this.#lastTrouble)
      logger.error({ error: trouble }, 'NPCs remember nothing: the database cannot be used, trying again');
    this.#lastTrouble = trouble;
    onTry(error);
    this.#tried.abort();
    return REOPEN_MS;
  }
}

function noAnswerYet(): AiIpcError {
  return new AiIpcError('database_unavailable', `The database has not answered for ${FIRST_TRY_MS} ms.`);
}
