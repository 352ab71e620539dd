/** The statuses of a request, in the order of the document's codes 1 to 6. */
export const REQUEST_STATUSES = [
  'pending',
  'processing',
  'completed',
  'failed',
  'timeout',
  'cancelled',
] as const;

/**
 * pending ──claim──▶ processing ──settle──▶ completed | failed | timeout
 *    ▲                   │
 *    └─retry, release, rescue
 * pending and processing may also be cancelled by a client, or expire (timeout).
 */
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** The document's status codes, as `ai_db_status` returns them. */
export const AI_REQ_NOT_FOUND = 0;
export const AI_REQ_PENDING = 1;
export const AI_REQ_PROCESSING = 2;
export const AI_REQ_COMPLETED = 3;
export const AI_REQ_FAILED = 4;
export const AI_REQ_TIMEOUT = 5;
export const AI_REQ_CANCELLED = 6;

/** The code of a status, 1 to 6; 0 (not found) for no status. */
export function statusCode(status: RequestStatus | undefined): number {
  return status === undefined ? AI_REQ_NOT_FOUND : REQUEST_STATUSES.indexOf(status) + 1;
}

/** Whether a request with this status will never change again. */
export function isEnded(status: RequestStatus): boolean {
  return status !== 'pending' && status !== 'processing';
}

/** What a client hands in; already checked by request-rules. */
export interface NewRequest {
  readonly type: string;
  readonly endpoint: string;
  /** JSON text of at most 65,535 UTF-8 bytes; null is sent as `{}`. */
  readonly data: string | null;
  /** 1 to 10, lower is served first. */
  readonly priority: number;
  /** Its life in seconds. */
  readonly timeoutSeconds: number;
  readonly sourceNpc: string | null;
  readonly sourceMap: string | null;
}

/** Names one claim of one request: a later claim of the same request has a higher claimNo. */
export interface ClaimRef {
  readonly id: number;
  readonly claimNo: number;
}

/** Another one for each claim, also of the same request. */
export function claimKey({ id, claimNo }: ClaimRef): string {
  return `${id}:${claimNo}`;
}

/** A request that a worker holds. Its fields are as stored: they may break the rules, since any SQL client may insert. */
export interface ClaimedRequest extends ClaimRef {
  /** Which attempt this claim is for, from 1. */
  readonly attempt: number;
  /** The row's own limit of attempts; null means the setting. */
  readonly maxAttempts: number | null;
  readonly type: string;
  readonly endpoint: string;
  readonly data: string | null;
  /** Lower is served first. */
  readonly priority: number;
  readonly sourceNpc: string | null;
  /** Milliseconds since 1970 by the database's clock; only ever a part of a name, never compared. */
  readonly createdAtMs: number;
  /** Milliseconds from created_at to the claim, by the database's clock. */
  readonly ageMs: number;
  /** Milliseconds that were left of its life when the database claimed it. */
  readonly lifeLeftMs: number;
}

/** What a client sees of a request. */
export interface RequestView {
  readonly id: number;
  /** created_at, as text: tells a request from one that got the same id after a TRUNCATE. */
  readonly createdAt: string;
  readonly status: RequestStatus;
  /** The answer as the AI service gave it; null until completed, and for other ends. */
  readonly responseData: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** Milliseconds of the last HTTP attempt; null if there was none. */
  readonly processingTimeMs: number | null;
}
