import type { Row } from '../database/database.ts';
import { nullableTextOf, numberOf, textOf } from '../database/row-fields.ts';

/** A row of ai_request_log. What is not in it, or cannot be read, is null. */
export interface LoggedEvent {
  readonly id: number;
  readonly requestId: number;
  /** claimed, retried, completed, … (docs/operations.md lists them); anybody may write others. */
  readonly event: string;
  readonly atMs: number;
  readonly worker: string | null;
  readonly attempt: number | null;
  readonly errorCode: string | null;
  /** Of the HTTP call. */
  readonly ms: number | null;
  /** Which operator did it. */
  readonly by: string | null;
  /** The id of the request that was made as a copy of this one, or of which this one is a copy. */
  readonly as: number | null;
  readonly of: number | null;
  /** What else an operator did. */
  readonly action: string | null;
  readonly what: string | null;
  readonly mark: string | null;
}

export function loggedEventOf(row: Row): LoggedEvent {
  const data = dataOf(nullableTextOf(row, 'event_data'));
  const text = (name: string) => (typeof data[name] === 'string' ? data[name] : null);
  const number = (name: string) => (typeof data[name] === 'number' ? data[name] : null);
  return {
    id: numberOf(row, 'id'),
    requestId: numberOf(row, 'request_id'),
    event: textOf(row, 'event_type'),
    atMs: numberOf(row, 'at_ms'),
    worker: text('worker'),
    attempt: number('attempt'),
    errorCode: text('error_code'),
    ms: number('ms'),
    by: text('by'),
    as: number('as'),
    of: number('of'),
    action: text('action'),
    what: text('what'),
    mark: text('mark'),
  };
}

/** Anybody may have written the row: what is no object tells nothing. */
function dataOf(json: string | null): Readonly<Record<string, unknown>> {
  if (json === null) return {};
  try {
    const data: unknown = JSON.parse(json);
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
