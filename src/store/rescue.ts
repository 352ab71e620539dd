import type { Database, Row } from '../database/database.ts';
import { nullableNumberOf, numberOf } from '../database/row-fields.ts';
import type { RescueCount, RescueOptions } from '../queue/queue-store.ts';
import { logRow } from './log-rows.ts';
import type { Statements } from './statements.ts';

/** One transaction's worth of rescued requests: a few milliseconds of locks. */
const RESCUE_CHUNK = 200;

const LOST_MESSAGE =
  'The worker that called the AI service for this request died, and no attempt was left. Look for its end in the log.';

/**
 * All claims of these workers, in chunks: pending again, or failed where no attempt is left. Who is dead says
 * worker/death-watch.ts, when that is asked worker/rescuer.ts.
 */
export async function rescue(
  database: Database,
  statements: Statements,
  options: RescueOptions,
): Promise<RescueCount> {
  const total = { rescued: 0, failed: 0 };
  if (options.workerIds.length === 0) return total;
  for (;;) {
    const chunk = await rescueChunk(database, statements, options);
    total.rescued += chunk.rescued;
    total.failed += chunk.failed;
    if (chunk.rescued + chunk.failed < RESCUE_CHUNK) return total;
  }
}

async function rescueChunk(
  database: Database,
  statements: Statements,
  options: RescueOptions,
): Promise<RescueCount> {
  const { workerIds, maxAttempts, rescuerId } = options;
  const lock = { sql: statements.lockForRescue, values: [workerIds, RESCUE_CHUNK] };
  return await database.lockAndWrite(lock, (rows) => {
    const spent = rows.filter((row) => isSpent(row, maxAttempts)).map((row) => numberOf(row, 'id'));
    const left = rows.filter((row) => !isSpent(row, maxAttempts)).map((row) => numberOf(row, 'id'));
    const log = [
      ...left.map((id) => logRow(id, 'rescued', { worker: rescuerId })),
      ...spent.map((id) => logRow(id, 'failed', { worker: rescuerId, errorCode: 'worker_lost' })),
    ];
    const writes = [
      ...(left.length > 0 ? [{ sql: statements.rescue, values: [left] }] : []),
      { sql: statements.end, rows: spent.map((id) => ['failed', 'worker_lost', id]) },
      { sql: statements.insertResponse, rows: spent.map((id) => [id, null, LOST_MESSAGE, null]) },
      { sql: statements.insertLog, rows: log },
    ];
    return { writes, result: { rescued: left.length, failed: spent.length } };
  });
}

function isSpent(row: Row, maxAttempts: number): boolean {
  return numberOf(row, 'attempts') >= (nullableNumberOf(row, 'max_attempts') ?? maxAttempts);
}
