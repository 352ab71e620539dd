import type { Database } from '../database/database.ts';
import { numberOf } from '../database/row-fields.ts';
import { type ClaimRef, claimKey } from '../queue/request.ts';
import { logRow } from './log-rows.ts';
import type { Statements } from './statements.ts';

/**
 * A worker that stops gives back up to 4,096. MariaDB makes a join of a SELECT with 1,000 ids or more, and goes through
 * the whole table for it, whatever index is named.
 */
const RELEASE_CHUNK = 500;

interface Releasing {
  readonly workerId: string;
  readonly claims: readonly ClaimRef[];
}

/** processing → pending for claims that are still ours: the attempt is given back, it may be claimed again at once. */
export async function release(
  database: Database,
  statements: Statements,
  { workerId, claims }: Releasing,
): Promise<number> {
  let released = 0;
  for (let first = 0; first < claims.length; first += RELEASE_CHUNK) {
    const chunk = { workerId, claims: claims.slice(first, first + RELEASE_CHUNK) };
    released += await releaseChunk(database, statements, chunk);
  }
  return released;
}

async function releaseChunk(
  database: Database,
  statements: Statements,
  { workerId, claims }: Releasing,
): Promise<number> {
  // Of one request there may be two: a worker that was taken for dead claims again what was taken from it.
  const keys = new Set(claims.map(claimKey));
  const lock = {
    sql: statements.lockForRelease,
    values: [[...new Set(claims.map(({ id }) => id))], workerId],
  };
  return await database.lockAndWrite(lock, (rows) => {
    const held = rows.map((row) => ({ id: numberOf(row, 'id'), claimNo: numberOf(row, 'claim_no') }));
    const ids = held.filter((claim) => keys.has(claimKey(claim))).map(({ id }) => id);
    if (ids.length === 0) return { writes: [], result: 0 };
    const log = ids.map((id) => logRow(id, 'released', { worker: workerId }));
    const writes = [
      { sql: statements.release, values: [ids] },
      { sql: statements.insertLog, rows: log },
    ];
    return { writes, result: ids.length };
  });
}
