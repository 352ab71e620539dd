import type { Outcome, SettledAttempt } from '../../src/queue/outcome.ts';
import type { ClaimedRequest, NewRequest } from '../../src/queue/request.ts';
import { newRequest } from '../support/new-request.ts';
import type { Backend, RawRow } from './backends.ts';

export const WORKER = 'host-a:100:0123abcd';
export const OTHER_WORKER = 'host-b:200:4567cdef';

/** Inserts requests through the store and returns their ids. */
export async function insert(
  backend: Backend,
  count = 1,
  overrides: Partial<NewRequest> = {},
): Promise<number[]> {
  return await backend.store.insert(Array.from({ length: count }, () => newRequest(overrides)));
}

/** Inserts one request through the store and returns its id. */
export async function insertOne(backend: Backend, overrides: Partial<NewRequest> = {}): Promise<number> {
  const [id] = await insert(backend, 1, overrides);
  return id!;
}

/** Inserts requests and claims all of them. */
export async function insertClaimed(
  backend: Backend,
  count = 1,
  { workerId = WORKER, ...overrides }: Partial<NewRequest> & { workerId?: string } = {},
): Promise<ClaimedRequest[]> {
  await insert(backend, count, overrides);
  return await backend.store.claim(workerId, count);
}

/** Inserts one request and claims it. */
export async function insertClaimedOne(
  backend: Backend,
  options: Partial<NewRequest> & { workerId?: string } = {},
): Promise<ClaimedRequest> {
  const [claimed] = await insertClaimed(backend, 1, options);
  return claimed!;
}

/** A row that SQL alone inserted, with the document's columns. `values` are SQL expressions. */
export async function insertRow(
  backend: Backend,
  values: Readonly<Record<string, string>> = {},
): Promise<void> {
  const row = { endpoint: "'/api/v1/npc/dialogue'", expires_at: backend.ago(-30), ...values };
  await backend.sql(
    `INSERT INTO ai_requests (${Object.keys(row).join(', ')}) VALUES (${Object.values(row).join(', ')})`,
  );
}

/** Changes a request behind the store's back. `values` are SQL expressions. */
export async function change(
  backend: Backend,
  id: number,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const changes = Object.entries(values).map(([column, value]) => `${column} = ${value}`);
  await backend.sql(`UPDATE ai_requests SET ${changes.join(', ')} WHERE id = ?`, [id]);
}

export async function requestRow(backend: Backend, id: number): Promise<RawRow> {
  const [row] = await backend.sql(
    `SELECT id, status, attempts, claim_no, claimed_by, claimed_at IS NOT NULL AS has_claimed_at,
            processed_at IS NOT NULL AS has_processed_at, error_code, priority, timeout,
            available_at > ${backend.ago(0)} AS is_delayed
       FROM ai_requests WHERE id = ?`,
    [id],
  );
  return row!;
}

export async function statusOf(backend: Backend, id: number): Promise<unknown> {
  const [row] = await backend.sql('SELECT status FROM ai_requests WHERE id = ?', [id]);
  return row?.['status'];
}

/** All rows of ai_responses of a request. */
export async function responseRows(backend: Backend, id: number): Promise<RawRow[]> {
  return await backend.sql(
    'SELECT response_data, error_message, processing_time_ms FROM ai_responses WHERE request_id = ?',
    [id],
  );
}

export interface LoggedEvent {
  readonly event: unknown;
  readonly data: unknown;
}

/** What the log says of a request, in order; event_data parsed. */
export async function logOf(backend: Backend, id: number): Promise<LoggedEvent[]> {
  const rows = await backend.sql(
    'SELECT event_type, event_data FROM ai_request_log WHERE request_id = ? ORDER BY id',
    [id],
  );
  return rows.map((row) => ({
    event: row['event_type'],
    data: JSON.parse(String(row['event_data'])) as unknown,
  }));
}

/** The events alone. */
export async function eventsOf(backend: Backend, id: number): Promise<unknown[]> {
  return (await logOf(backend, id)).map(({ event }) => event);
}

export async function count(backend: Backend, table: string): Promise<number> {
  const [row] = await backend.sql(`SELECT COUNT(*) AS total FROM ${table}`);
  return Number(row!['total']);
}

export const COMPLETED = {
  kind: 'completed',
  answer: '{"text":"Welcome to Prontera."}',
} as const satisfies Outcome;
export const FAILED = {
  kind: 'failed',
  error: { code: 'ai_client_error', message: 'The AI service answered 404.' },
} as const satisfies Outcome;
export const TIMED_OUT = {
  kind: 'timeout',
  error: { code: 'expired', message: 'The life of the request ended.' },
} as const satisfies Outcome;
export const RETRY = {
  kind: 'retry',
  error: { code: 'ai_server_error', message: 'The AI service answered 500.' },
  delayMs: 60_000,
  isAttemptGivenBack: false,
} as const satisfies Outcome;

/** The outcome of a claim, on its way to settle. */
export function settled(
  claim: Pick<ClaimedRequest, 'id' | 'claimNo' | 'attempt'>,
  outcome: Outcome = COMPLETED,
  durationMs: number | null = 42,
): SettledAttempt {
  return { id: claim.id, claimNo: claim.claimNo, attempt: claim.attempt, outcome, durationMs };
}
