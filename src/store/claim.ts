import type { Database, Row } from '../database/database.ts';
import { nullableNumberOf, nullableTextOf, numberOf, textOf } from '../database/row-fields.ts';
import type { ClaimedRequest } from '../queue/request.ts';
import { logRow } from './log-rows.ts';
import type { Statements } from './statements.ts';

/** Each further look goes so many times deeper: other workers are just claiming what the one before it found. */
const FACTORS = [1, 4, 16] as const;
/** And the last one past all that somebody's open transaction may hold: 10,000 rows are looked through in 50 ms. */
const DEEPEST = 10_000;

export interface ClaimOptions {
  readonly workerId: string;
  readonly limit: number;
}

export async function hasDue(database: Database, statements: Statements): Promise<boolean> {
  return (await database.query(statements.hasDue)).length > 0;
}

/**
 * pending → processing, by priority and then age; an empty list when nothing is due that others do not hold. In SQL
 * it is `lockForClaim` (mariadb-locks.ts) and `claimMark` (mariadb-statements.ts), and both in sqlite-statements.ts.
 */
export async function claim(
  database: Database,
  statements: Statements,
  options: ClaimOptions,
): Promise<ClaimedRequest[]> {
  const startedMs = performance.now();
  for (const depth of [...FACTORS.map((factor) => factor * options.limit), DEEPEST]) {
    const requests = await claimFrom(database, statements, { ...options, depth, startedMs });
    if (requests.length > 0 || !(await hasDue(database, statements))) return requests;
  }
  return [];
}

async function claimFrom(
  database: Database,
  statements: Statements,
  {
    workerId,
    limit,
    depth,
    startedMs,
  }: ClaimOptions & { readonly depth: number; readonly startedMs: number },
): Promise<ClaimedRequest[]> {
  return await database.lockAndWrite(
    { sql: statements.lockForClaim, values: [depth, limit] },
    (rows, sentAtMs) => {
      // Tried again (a deadlock, a lock that was waited for), the database's clock has gone on since this claim began.
      const spentMs = Math.floor(sentAtMs - startedMs);
      const requests = rows.map((row) => toClaimedRequest(row, spentMs));
      if (requests.length === 0) return { writes: [], result: requests };
      const mark = { sql: statements.claimMark, values: [workerId, requests.map((request) => request.id)] };
      const log = requests.map(({ id, attempt }) => logRow(id, 'claimed', { worker: workerId, attempt }));
      return { writes: [mark, { sql: statements.insertLog, rows: log }], result: requests };
    },
  );
}

/** The row as it was just before the mark: the mark adds one to claim_no and to attempts. Its life is counted from `spentMs` ago. */
function toClaimedRequest(row: Row, spentMs: number): ClaimedRequest {
  return {
    id: numberOf(row, 'id'),
    claimNo: numberOf(row, 'claim_no') + 1,
    attempt: numberOf(row, 'attempts') + 1,
    maxAttempts: nullableNumberOf(row, 'max_attempts'),
    type: textOf(row, 'request_type'),
    endpoint: textOf(row, 'endpoint'),
    data: nullableTextOf(row, 'request_data'),
    priority: numberOf(row, 'priority'),
    sourceNpc: nullableTextOf(row, 'source_npc'),
    createdAtMs: numberOf(row, 'created_at_ms'),
    ageMs: numberOf(row, 'age_ms') - spentMs,
    lifeLeftMs: numberOf(row, 'life_left_ms') + spentMs,
  };
}
