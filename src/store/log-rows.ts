import type { SqlValue } from '../database/database.ts';

/** The events of ai_request_log, one for each change of a request's status and some beside. */
export type LogEvent =
  | 'claimed'
  | 'retried'
  | 'completed'
  | 'failed'
  | 'timeout'
  | 'cancelled'
  | 'released'
  | 'rescued'
  | 'dropped'
  | 'cleaned'
  | 'resent'
  | 'deleted'
  | 'operator';

export interface LogDetails {
  readonly worker?: string;
  readonly attempt?: number;
  readonly errorCode?: string | null;
  /** Milliseconds of the HTTP call. */
  readonly ms?: number | null;
  /** The id of a log row of this request that could not be read: somebody else wrote it. */
  readonly unreadableLogRow?: number | null;
  /** How many requests a cleanup deleted. */
  readonly deleted?: number;
  /** Which operator did it. */
  readonly by?: string;
  /** What he did, where it belongs to no request, and to what. */
  readonly action?: string;
  readonly what?: string;
}

/** The values of insertLog. event_data is JSON {worker, attempt, error_code, ms, …}, with what is known. */
export function logRow(requestId: number, event: LogEvent, details: LogDetails): readonly SqlValue[] {
  const { worker, attempt, errorCode, ms, unreadableLogRow, deleted, by, action, what } = details;
  const data = {
    worker,
    attempt,
    error_code: errorCode,
    ms,
    unreadable_log_row: unreadableLogRow ?? undefined,
    deleted,
    by,
    action,
    what,
  };
  return [requestId, event, JSON.stringify(data)];
}
