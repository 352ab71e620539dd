import type { Row } from '../database/database.ts';
import { nullableNumberOf, nullableTextOf, numberOf } from '../database/row-fields.ts';
import { isPossibleId } from '../queue/request-rules.ts';
import type { OperatorDatabase } from './database.ts';
import { type LoggedEvent, loggedEventOf } from './log-event.ts';
import { type ListedRequest, listedOf } from './request-list.ts';
import { type Stretch, stretchesOf } from './stretches.ts';

/** Everything that the row of a request tells. */
export interface StoredRequest extends ListedRequest {
  /** What was sent with it, as it was stored: it may be no JSON. */
  readonly data: string | null;
  readonly timeoutSeconds: number;
  readonly expiresMs: number | null;
  /** No attempt before this moment. */
  readonly availableMs: number | null;
  readonly maxAttempts: number | null;
  readonly claimedBy: string | null;
  readonly claimNo: number;
}

interface StoredResponse {
  /** As the AI service gave it. */
  readonly data: string | null;
  readonly errorMessage: string | null;
  readonly aiMs: number | null;
  readonly atMs: number;
}

/**
 * open: it is pending or processing. completed: at the first attempt. healed: at a later one, by itself. failed: it failed
 * or timed out, and nobody tries again. cancelled: somebody wanted it no more.
 */
export type Verdict = 'open' | 'completed' | 'healed' | 'failed' | 'cancelled';

/** One request from its creation to its end. */
export interface Story {
  readonly nowMs: number;
  readonly request: StoredRequest;
  readonly response: StoredResponse | null;
  readonly verdict: Verdict;
  /** In the order in which they were written; of more than 500, the last ones. */
  readonly events: readonly LoggedEvent[];
  readonly stretches: readonly Stretch[];
}

const MOST_EVENTS = 500;

/** Undefined where there is no such request. */
export async function readStory(
  { database, statements }: OperatorDatabase,
  id: number,
): Promise<Story | undefined> {
  if (!isPossibleId(id)) return undefined;
  const [row] = await database.query(statements.request, [id]);
  if (row === undefined) return undefined;
  const [response] = await database.query(statements.response, [id]);
  const events = (await database.query(statements.events, [id, MOST_EVENTS])).map(loggedEventOf).reverse();
  const request = storedOf(row);
  const nowMs = numberOf(row, 'now_ms');
  return {
    nowMs,
    request,
    response: response === undefined ? null : responseOf(response),
    verdict: verdictOf(request),
    events,
    stretches: stretchesOf({ ...request, nowMs, events }),
  };
}

function storedOf(row: Row): StoredRequest {
  return {
    ...listedOf(row),
    data: nullableTextOf(row, 'request_data'),
    timeoutSeconds: numberOf(row, 'timeout_seconds'),
    expiresMs: nullableNumberOf(row, 'expires_ms'),
    availableMs: nullableNumberOf(row, 'available_ms'),
    maxAttempts: nullableNumberOf(row, 'max_attempts'),
    claimedBy: nullableTextOf(row, 'claimed_by'),
    claimNo: numberOf(row, 'claim_no'),
  };
}

function responseOf(row: Row): StoredResponse {
  return {
    data: nullableTextOf(row, 'response_data'),
    errorMessage: nullableTextOf(row, 'error_message'),
    aiMs: nullableNumberOf(row, 'ai_ms'),
    atMs: nullableNumberOf(row, 'at_ms') ?? 0,
  };
}

/** Also of a request in a list: a retry that healed itself is not a failure that needs a person. */
export function verdictOf({ status, attempts }: Pick<ListedRequest, 'status' | 'attempts'>): Verdict {
  switch (status) {
    case 'completed':
      return attempts > 1 ? 'healed' : 'completed';
    case 'failed':
    case 'timeout':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    default:
      return 'open';
  }
}
