import type { RequestError } from '../base/errors.ts';
import type { Database, Row, Write } from '../database/database.ts';
import { isTrue, nullableTextOf, numberOf } from '../database/row-fields.ts';
import type { ExpireOptions } from '../queue/queue-store.ts';
import { type LastCall, lastCallOf } from './last-call.ts';
import { logRow } from './log-rows.ts';
import type { Statements } from './statements.ts';

/** A call that is cut by the end of its life is settled by its own worker, which knows how long it took. */
const PROCESSING_GRACE_SECONDS = 1;

/** Overdue → timeout; rows whose status is none of the six → failed. One plain SELECT when there is nothing to do. */
export async function expire(
  database: Database,
  statements: Statements,
  options: ExpireOptions,
): Promise<number> {
  const [row] = await database.query(statements.hasOverdue, [PROCESSING_GRACE_SECONDS]);
  if (row === undefined || !isTrue(row, 'has_overdue')) return 0;
  const pending = await expireStatus(database, statements, 'pending', options);
  const processing = await expireStatus(database, statements, 'processing', options);
  const unknown = await failUnknown(database, statements, options.limit);
  const count = pending + processing + unknown;
  if (count === 0) options.onHeld?.();
  return count;
}

async function expireStatus(
  database: Database,
  statements: Statements,
  status: 'pending' | 'processing',
  { limit, reason }: ExpireOptions,
): Promise<number> {
  const graceSeconds = status === 'processing' ? PROCESSING_GRACE_SECONDS : 0;
  const lock = { sql: statements.lockOverdue, values: [status, graceSeconds, limit] };
  return await database.lockAndWrite(lock, (rows) => {
    const endings = rows.map((row) =>
      endingOf(row, status === 'pending' && reason ? reason : expiredError(row), lastCallOf(row)),
    );
    return { writes: writesOf(statements, 'timeout', endings), result: endings.length };
  });
}

/** Such rows come from SQL outside strict mode, which stores '' for a status that does not exist. */
async function failUnknown(database: Database, statements: Statements, limit: number): Promise<number> {
  return await database.lockAndWrite({ sql: statements.lockWithoutStatus, values: [limit] }, (rows) => {
    const endings = rows.map((row) => endingOf(row, UNKNOWN_STATUS));
    return { writes: writesOf(statements, 'failed', endings), result: endings.length };
  });
}

const UNKNOWN_STATUS: RequestError = {
  code: 'bad_status',
  message:
    'The request was inserted with a status that does not exist. Leave the status out: it begins as pending.',
};

interface Ending {
  readonly id: number;
  readonly attempt: number;
  readonly error: RequestError;
  /** Of an attempt that failed. */
  readonly lastCall?: LastCall;
}

function endingOf(row: Row, error: RequestError, lastCall?: LastCall): Ending {
  const ending = { id: numberOf(row, 'id'), attempt: numberOf(row, 'attempts'), error };
  return lastCall === undefined ? ending : { ...ending, lastCall };
}

function writesOf(statements: Statements, status: 'timeout' | 'failed', endings: readonly Ending[]): Write[] {
  return [
    { sql: statements.end, rows: endings.map(({ id, error }) => [status, error.code, id]) },
    {
      sql: statements.insertResponse,
      rows: endings.map(({ id, error, lastCall }) => [id, null, error.message, lastCall?.ms ?? null]),
    },
    {
      sql: statements.insertLog,
      rows: endings.map(({ id, attempt, error, lastCall }) =>
        logRow(id, status, {
          attempt,
          errorCode: error.code,
          unreadableLogRow: lastCall?.unreadableLogRow ?? null,
        }),
      ),
    },
  ];
}

function expiredError(row: Row): RequestError {
  const attempts = numberOf(row, 'attempts');
  const lastError = nullableTextOf(row, 'error_code');
  const tried =
    attempts === 0 ? 'no attempt had begun' : `${attempts} attempt${attempts === 1 ? '' : 's'} had begun`;
  const because = lastError === null ? '' : `, the last one ended with ${lastError}`;
  return {
    code: 'expired',
    message: `The life of the request (${numberOf(row, 'life_seconds')} s) ended before it was answered: ${tried}${because}.`,
  };
}
