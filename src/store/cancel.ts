import { AiIpcError, messageOf } from '../base/errors.ts';
import type { Database } from '../database/database.ts';
import { findOut } from '../database/lost-commit.ts';
import { logRow } from './log-rows.ts';
import { readRequest } from './requests.ts';
import type { Statements } from './statements.ts';

/** pending or processing → cancelled; false when it had ended, or never was. */
export async function cancelRequest(
  database: Database,
  statements: Statements,
  id: number,
): Promise<boolean> {
  const attempt = { hasBegunToWrite: false };
  try {
    return await cancelOnce(database, statements, { id, attempt });
  } catch (error) {
    const isAway = error instanceof AiIpcError && error.code === 'database_unavailable';
    if (!isAway || !attempt.hasBegunToWrite) throw error;
    return await cancelAgain(database, statements, { id, cause: error });
  }
}

interface Cancelling {
  readonly id: number;
  /** Told before the COMMIT is sent: its answer may never come. */
  readonly attempt: { hasBegunToWrite: boolean };
}

async function cancelOnce(
  database: Database,
  statements: Statements,
  { id, attempt }: Cancelling,
): Promise<boolean> {
  return await database.lockAndWrite({ sql: statements.lockForCancel, values: [id] }, (rows) => {
    if (rows.length === 0) return { writes: [], result: false };
    attempt.hasBegunToWrite = true;
    const writes = [
      { sql: statements.cancel, values: [id] },
      { sql: statements.insertLog, rows: [logRow(id, 'cancelled', {})] },
    ];
    return { writes, result: true };
  });
}

/**
 * The COMMIT got no answer, so nobody knows whether it was done. To cancel again does no harm: where nothing is left to
 * cancel, the status tells how it ended.
 */
async function cancelAgain(
  database: Database,
  statements: Statements,
  { id, cause }: { readonly id: number; readonly cause: AiIpcError },
): Promise<boolean> {
  const look = async () => {
    const isCancelled = await cancelOnce(database, statements, { id, attempt: { hasBegunToWrite: false } });
    return isCancelled || (await readRequest(database, statements, id))?.status === 'cancelled';
  };
  const isCancelled = await findOut(look, () => true);
  if (isCancelled !== undefined) return isCancelled;
  const message = `The connection broke while the request ${id} was being cancelled, and nobody can look whether it was: \`ai-ipc status ${id}\` tells when the database is back.`;
  throw new AiIpcError('fate_unknown', `${message} ${messageOf(cause)}`, { cause, requestIds: [id] });
}
