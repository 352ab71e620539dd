import type { TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

/** A recovery is waited for so long, on a machine of its own; each kind of fault has its own, shorter limit. */
const LONGEST_MS = 15_000;
/** Only what was asked lately is looked at: the table may have a million rows. */
const LATEST = 20_000;

/** Sees when a queue is well again. It has a line of its own to the database, past all that is done to the others. */
export class Recovery {
  readonly #database: TestDatabase;

  constructor(database: TestDatabase) {
    this.#database = database;
  }

  /** How long it takes from now on until the next request is answered. */
  async untilAnswered(): Promise<number> {
    const sinceMs = performance.now();
    const [since] = await this.#query(
      'SELECT CAST(NOW(3) AS CHAR(30)) AS now_text, (SELECT COALESCE(MAX(id), 0) FROM ai_requests) AS id',
    );
    return await this.#until('the next answer', sinceMs, async () => {
      const rows = await this.#query(
        "SELECT id FROM ai_requests WHERE id > ? AND status = 'completed' AND processed_at > ? LIMIT 1",
        [Number(since?.['id']) - LATEST, since?.['now_text']],
      );
      return rows.length > 0;
    });
  }

  /** How long it takes from now on until no request is held by this worker. */
  async untilTakenFrom(workerId: string): Promise<number> {
    return await this.#until(`the claims of ${workerId} to be taken back`, performance.now(), async () => {
      const rows = await this.#query(
        "SELECT id FROM ai_requests WHERE status = 'processing' AND claimed_by = ? LIMIT 1",
        [workerId],
      );
      return rows.length === 0;
    });
  }

  /** How long it takes from now on until nothing waits that could be served. */
  async untilCalm(): Promise<number> {
    return await this.#until('nothing to wait for longer than a second', performance.now(), async () => {
      const rows = await this.#query(
        `SELECT id FROM ai_requests
          WHERE status = 'pending' AND available_at < NOW(3) - INTERVAL 1 SECOND AND created_at < NOW(3) - INTERVAL 1 SECOND
            AND expires_at > NOW(3)
          LIMIT 1`,
      );
      return rows.length === 0;
    });
  }

  /** Everything has ended, or ought to have. */
  async untilAllEnded(): Promise<void> {
    await this.#until('the end of all requests', performance.now(), async () => {
      const rows = await this.#query(
        `SELECT id FROM ai_requests
          WHERE status IN ('pending', 'processing') AND expires_at > NOW(3) - INTERVAL 6 SECOND LIMIT 1`,
      );
      return rows.length === 0;
    });
  }

  async #query(sql: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    return await this.#database.query(sql, values);
  }

  async #until(what: string, sinceMs: number, look: () => Promise<boolean>): Promise<number> {
    await waitFor(look, { timeoutMs: LONGEST_MS, what });
    return performance.now() - sinceMs;
  }
}
