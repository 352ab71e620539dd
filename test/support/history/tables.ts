import { REQUEST_STATUSES, type RequestStatus } from '../../../src/queue/request.ts';

/** A row of ai_requests. Times are milliseconds since 1970 by the database's clock. */
export interface StoredRequest {
  readonly id: number;
  /** null where its data has none. */
  readonly token: string | null;
  readonly status: RequestStatus;
  readonly attempts: number;
  readonly claimNo: number;
  readonly claimedBy: string | null;
  readonly errorCode: string | null;
  readonly processedAtMs: number | null;
  readonly expiresAtMs: number;
}

export interface StoredResponse {
  readonly requestId: number;
  readonly data: string | null;
  readonly error: string | null;
}

/** A row of ai_request_log. */
export interface StoredEvent {
  readonly id: number;
  readonly requestId: number;
  readonly event: string;
  readonly worker: string | null;
  readonly attempt: number | null;
  readonly errorCode: string | null;
  readonly atMs: number;
}

/** The tables as they were found after a run. */
export interface Tables {
  readonly requests: readonly StoredRequest[];
  readonly responses: readonly StoredResponse[];
  /** By id. */
  readonly log: readonly StoredEvent[];
  /** When they were read, by the database's clock. */
  readonly nowMs: number;
}

type SqlRow = Readonly<Record<string, unknown>>;
export type ReadRows = (sql: string, values: readonly unknown[]) => Promise<readonly SqlRow[]>;

/** Where an earlier look ended: of what came before, nothing is read but log rows that were written since. */
export interface Since {
  readonly requestId: number;
  readonly logId: number;
}

const FROM_THE_BEGINNING: Since = { requestId: 0, logId: 0 };

const MS = (column: string) => `CAST(ROUND(UNIX_TIMESTAMP(${column}) * 1000) AS SIGNED)`;
const REQUESTS = `
  SELECT id, request_data, status, attempts, claim_no, claimed_by, error_code,
         ${MS('processed_at')} AS processed_at_ms, ${MS('expires_at')} AS expires_at_ms
    FROM ai_requests
   WHERE id > ?
   ORDER BY id`;
const RESPONSES = `
  SELECT request_id, response_data, error_message FROM ai_responses WHERE request_id > ? ORDER BY id`;
const LOG = `
  SELECT id, request_id, event_type, event_data, ${MS('created_at')} AS at_ms
    FROM ai_request_log
   WHERE id > ?
   ORDER BY id`;
const NOW = `SELECT ${MS('NOW(3)')} AS now_ms`;

/** Reads them on MariaDB. Nobody should be writing to them: they are read one after the other. */
export async function readTables(read: ReadRows, since: Since = FROM_THE_BEGINNING): Promise<Tables> {
  const [now] = await read(NOW, []);
  const requests = await read(REQUESTS, [since.requestId]);
  const responses = await read(RESPONSES, [since.requestId]);
  const log = await read(LOG, [since.logId]);
  return {
    nowMs: Number(now?.['now_ms']),
    requests: requests.map(toRequest),
    responses: responses.map((row) => ({
      requestId: Number(row['request_id']),
      data: textOrNull(row['response_data']),
      error: textOrNull(row['error_message']),
    })),
    log: log.map(toEvent),
  };
}

function toRequest(row: SqlRow): StoredRequest {
  const status = REQUEST_STATUSES.find((known) => known === row['status']);
  if (status === undefined) throw new Error(`Request ${row['id']} has the status "${row['status']}".`);
  return {
    id: Number(row['id']),
    token: tokenIn(textOrNull(row['request_data'])),
    status,
    attempts: Number(row['attempts']),
    claimNo: Number(row['claim_no']),
    claimedBy: textOrNull(row['claimed_by']),
    errorCode: textOrNull(row['error_code']),
    processedAtMs: row['processed_at_ms'] === null ? null : Number(row['processed_at_ms']),
    expiresAtMs: Number(row['expires_at_ms']),
  };
}

function toEvent(row: SqlRow): StoredEvent {
  const data = JSON.parse(textOrNull(row['event_data']) ?? '{}') as SqlRow;
  return {
    id: Number(row['id']),
    requestId: Number(row['request_id']),
    event: String(row['event_type']),
    worker: textOrNull(data['worker']),
    attempt: typeof data['attempt'] === 'number' ? data['attempt'] : null,
    errorCode: textOrNull(data['error_code']),
    atMs: Number(row['at_ms']),
  };
}

/** The token in a request's data, or in an answer; null where there is none. */
export function tokenIn(json: string | null): string | null {
  const token = fieldIn(json, 'token');
  return typeof token === 'string' ? token : null;
}

/** Which of the stub's answers this is; null where it is none. */
export function answerNoIn(json: string | null): number | null {
  const answerNo = fieldIn(json, 'answer_no');
  return typeof answerNo === 'number' ? answerNo : null;
}

function fieldIn(json: string | null, name: string): unknown {
  if (json === null) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as SqlRow)[name] : undefined;
  } catch {
    // Not JSON: then it has no field.
    return undefined;
  }
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
