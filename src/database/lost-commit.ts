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
 * none is. Rejects with an error that says that they were not stored, or that nobody knows.
 */
export async function findStored(ids: readonly number[], { find, query, cause }: Look): Promise<number[]> {
  const untilMs = performance.now() + LOOK_FOR_MS;
  let hasLooked = false;
  for (let looks = 1; ; looks += 1) {
    try {
      if ((await query(find)).length > 0) return [...ids];
      hasLooked = true;
    } catch (error) {
      const isPassing = error instanceof AiIpcError && error.code === 'database_unavailable';
      if (!isPassing) throw error;
    }
    if (performance.now() >= untilMs) throw unstored(ids, hasLooked, cause);
    await systemClock.sleep(backoffMs(LOOKS, looks));
  }
}

function unstored([id]: readonly number[], hasLooked: boolean, cause: AiIpcError): AiIpcError {
  const fate = hasLooked
    ? 'and it is not in the database: it was not stored.'
    : `and nobody can look whether it was: it may be there as ${id}, and be served.`;
  const message = `The connection broke while the request was being stored, ${fate} ${messageOf(cause)}`;
  return new AiIpcError('database_unavailable', message, { cause });
}
