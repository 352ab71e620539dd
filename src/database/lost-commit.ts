import { type Backoff, backoffMs } from '../base/backoff.ts';
import { systemClock } from '../base/clock.ts';
import { AiIpcError, messageOf } from '../base/errors.ts';
import type { Row, Statement } from './database.ts';

/** A server that lost us ends what it was doing at once; a node of a cluster has what another one has written in less. */
const LOOK_FOR_MS = 5_000;
const LOOKS: Backoff = { firstMs: 20, longestMs: 500 };

/** What is known of an INSERT whose COMMIT may have got no answer. */
export interface Sent {
  /** Set when the COMMIT is sent. */
  ids: readonly number[] | undefined;
}

export interface Look {
  readonly find: Statement;
  readonly query: (statement: Statement) => Promise<readonly Row[]>;
  /** What became of the connection. */
  readonly cause: AiIpcError;
}

/**
 * Finds out what became of rows whose COMMIT got no answer: the connection broke, and they are there, all of them, or
 * none is. Rejects with an error that says that they were not stored (database_unavailable), or that nobody knows
 * (fate_unknown, with their ids).
 */
export async function findStored(ids: readonly number[], { find, query, cause }: Look): Promise<number[]> {
  const isThere = await findOut(
    async () => (await query(find)).length > 0,
    (found) => found,
  );
  if (isThere) return [...ids];
  const [id] = ids;
  const fate =
    isThere === undefined
      ? `and nobody can look whether it was: it may be there as ${id}, and be served. \`ai-ipc status ${id}\` tells, before you ask again.`
      : 'and it is not in the database: it was not stored.';
  const message = `The connection broke while the request was being stored, ${fate} ${messageOf(cause)}`;
  if (isThere === undefined) throw new AiIpcError('fate_unknown', message, { cause, requestIds: ids });
  throw new AiIpcError('database_unavailable', message, { cause });
}

/**
 * Looks again and again for a short time, until `isFinal`; resolves with what the last look found, or with undefined where
 * that one could not be made. What was found earlier does not count then: the COMMIT may have been done since.
 */
export async function findOut<T>(
  look: () => Promise<T>,
  isFinal: (found: T) => boolean,
): Promise<T | undefined> {
  const untilMs = performance.now() + LOOK_FOR_MS;
  for (let looks = 1; ; looks += 1) {
    // Whatever keeps it from looking (an address that leads elsewhere by now, a right that is missing): it is not known then.
    const found = await look().catch(() => undefined);
    if (found !== undefined && isFinal(found)) return found;
    if (performance.now() >= untilMs) return found;
    await systemClock.sleep(backoffMs(LOOKS, looks));
  }
}
