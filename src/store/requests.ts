import { AiIpcError } from '../base/errors.ts';
import type { Database, Inserter } from '../database/database.ts';
import { nullableNumberOf, nullableTextOf, numberOf, textOf } from '../database/row-fields.ts';
import type { RequestDepth } from '../queue/queue-store.ts';
import { type NewRequest, REQUEST_STATUSES, type RequestStatus, type RequestView } from '../queue/request.ts';
import type { Statements } from './statements.ts';

/** One INSERT a request: the ids of a many-row INSERT need not be consecutive (Galera, innodb_autoinc_lock_mode 2). */
export async function insertRequests(
  inserter: Inserter,
  statements: Statements,
  requests: readonly NewRequest[],
): Promise<number[]> {
  const rows = requests.map((request) => [
    request.type,
    request.endpoint,
    request.data,
    request.priority,
    request.timeoutSeconds,
    request.sourceNpc,
    request.sourceMap,
    request.timeoutSeconds,
  ]);
  // With its words: after a fail-over to a replica that had not got it, the id may be another request's.
  const [first] = requests;
  const find = ([id = 0]: readonly number[]) => ({
    sql: statements.findInserted,
    values: [id, first?.endpoint ?? '', first?.data ?? null],
  });
  const ids = await inserter.insertEach(statements.insertRequest, rows, find);
  return ids.map(safeId);
}

export async function readRequest(
  database: Database,
  statements: Statements,
  id: number,
): Promise<RequestView | undefined> {
  const [row] = await database.query(statements.readRequest, [id]);
  if (row === undefined) return undefined;
  return {
    id: numberOf(row, 'id'),
    createdAt: textOf(row, 'created_at_text'),
    status: toStatus(textOf(row, 'status')),
    responseData: nullableTextOf(row, 'response_data'),
    errorCode: nullableTextOf(row, 'error_code'),
    errorMessage: nullableTextOf(row, 'error_message'),
    processingTimeMs: nullableNumberOf(row, 'processing_time_ms'),
  };
}

export async function readDepth(database: Database, statements: Statements): Promise<RequestDepth> {
  const rows = await database.query(statements.depth);
  const countOf = (status: RequestStatus) => {
    const row = rows.find((candidate) => candidate['status'] === status);
    return row === undefined ? 0 : numberOf(row, 'requests');
  };
  return { pending: countOf('pending'), processing: countOf('processing') };
}

function safeId(id: number): number {
  if (Number.isSafeInteger(id)) return id;
  throw new AiIpcError(
    'id_too_large',
    `The id ${id} is above 2^53 and cannot be told exactly. Start a new ai_requests table.`,
  );
}

/** '' (a status that does not exist, from SQL outside strict mode) is about to become failed: until then it is pending. */
function toStatus(status: string): RequestStatus {
  return REQUEST_STATUSES.find((known) => known === status) ?? 'pending';
}
