import type { Database, Row } from '../database/database.ts';
import { isTrue, nullableTextOf, numberOf, textOf } from '../database/row-fields.ts';
import type { SettledAttempt, SettleFate } from '../queue/outcome.ts';
import { isBehind, onlyDeleted } from './behind.ts';
import { lastCallOf } from './last-call.ts';
import { droppedRow, emptyPlan, planOutcome, type SettlePlan, writesOf } from './settle-plan.ts';
import type { Statements } from './statements.ts';

/** An answer has its own time. */
const NO_CALL = { ms: null, unreadableLogRow: null } as const;

/** Writes outcomes in one transaction: statuses, responses and log, for those claims that are still this worker's. */
export async function settle(
  database: Database,
  statements: Statements,
  { workerId, attempts }: { workerId: string; attempts: readonly SettledAttempt[] },
): Promise<SettleFate[]> {
  if (attempts.length === 0) return [];
  if (await settleAnswers(database, statements, { workerId, attempts })) return attempts.map(() => 'written');
  const ids = idsOf(attempts);
  const fates = await database.lockAndWrite({ sql: statements.lockForSettle, values: [ids] }, (rows) => {
    const rowById = new Map(rows.map((row) => [numberOf(row, 'id'), row]));
    const plan = emptyPlan();
    const decided = attempts.map((attempt) => decide(plan, workerId, attempt, rowById.get(attempt.id)));
    return { writes: writesOf(plan, statements), result: decided };
  });
  const unseen = attempts.filter((_, index) => fates[index] === 'held');
  if (unseen.length === 0) return fates;
  const gone = await dropGone(database, statements, { workerId, attempts: unseen });
  return fates.map((fate, index) => (gone.has(attempts[index]?.id ?? 0) ? 'dropped' : fate));
}

/**
 * What nearly always is the case: all are answers to claims that are still this worker's. Then the rows are counted and
 * need not be read, and it takes one round trip. Returns whether it was so; nothing was written otherwise.
 */
async function settleAnswers(
  database: Database,
  statements: Statements,
  { workerId, attempts }: { workerId: string; attempts: readonly SettledAttempt[] },
): Promise<boolean> {
  const claimNo = attempts[0]?.claimNo ?? 0;
  const isOther = (one: SettledAttempt) => one.outcome.kind !== 'completed' || one.claimNo !== claimNo;
  if (attempts.some(isOther)) return false;
  const lock = { sql: statements.lockOwn, values: [attempts.length, idsOf(attempts), workerId, claimNo] };
  const plan = emptyPlan();
  for (const attempt of attempts) planOutcome(plan, workerId, attempt, { isAlive: true, lastCall: NO_CALL });
  return await database.writeIfLocked(lock, writesOf(plan, statements));
}

/** What could not be locked is held by somebody's open transaction, or not there yet; or deleted: then it is dropped. */
async function dropGone(
  database: Database,
  statements: Statements,
  { workerId, attempts }: { workerId: string; attempts: readonly SettledAttempt[] },
): Promise<ReadonlySet<number>> {
  const find = { sql: statements.findThese, values: [idsOf(attempts)] };
  return await database.lockAndWrite(find, (rows) => {
    const there = new Set(rows.map((row) => numberOf(row, 'id')));
    const gone = onlyDeleted(attempts.filter(({ id }) => !there.has(id)));
    const logs = gone.map((attempt) => droppedRow(workerId, attempt));
    return { writes: [{ sql: statements.insertLog, rows: logs }], result: new Set(idsOf(gone)) };
  });
}

/** In one order for all: two that lock the same rows do not lock each other out. */
function idsOf(attempts: readonly SettledAttempt[]): number[] {
  return attempts.map((attempt) => attempt.id).sort((a, b) => a - b);
}

function decide(
  plan: SettlePlan,
  workerId: string,
  attempt: SettledAttempt,
  row: Row | undefined,
): SettleFate {
  if (row === undefined || isBehind(row, attempt)) return 'held';
  if (isHeld(row, workerId, attempt)) {
    planOutcome(plan, workerId, attempt, { isAlive: isTrue(row, 'is_alive'), lastCall: lastCallOf(row) });
    return 'written';
  }
  if (isWrittenAlready(row, workerId, attempt)) return 'written';
  plan.logs.push(droppedRow(workerId, attempt));
  return 'dropped';
}

function isHeld(row: Row, workerId: string, attempt: SettledAttempt): boolean {
  return (
    row['status'] === 'processing' &&
    nullableTextOf(row, 'claimed_by') === workerId &&
    numberOf(row, 'claim_no') === attempt.claimNo
  );
}

/**
 * The OK of an earlier COMMIT may have been lost on its way: then this settle is a repetition. A final status under our
 * own claim is what that settle wrote (or the end of its life, which comes to the same); only worker_lost is a rescuer's
 * word. A retry that finds its request pending, or already claimed again, has nothing left to say.
 */
function isWrittenAlready(row: Row, workerId: string, attempt: SettledAttempt): boolean {
  const status = textOf(row, 'status');
  const claimNo = numberOf(row, 'claim_no');
  if (attempt.outcome.kind === 'retry' && status !== 'cancelled') {
    return claimNo > attempt.claimNo || status !== 'processing';
  }
  return (
    claimNo === attempt.claimNo &&
    nullableTextOf(row, 'claimed_by') === workerId &&
    nullableTextOf(row, 'error_code') !== 'worker_lost' &&
    ['completed', 'failed', 'timeout'].includes(status)
  );
}
