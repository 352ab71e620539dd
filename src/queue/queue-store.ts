import type { RequestError } from '../base/errors.ts';
import type { SettledAttempt, SettleFate } from './outcome.ts';
import type { ClaimedRequest, ClaimRef, NewRequest, RequestView } from './request.ts';

/** A worker as it shows itself in ai_workers. */
export interface WorkerRow {
  /** host:pid:8 random hex digits, new at each start. */
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly inFlight: number;
  /** host:port where it listens for datagrams; null without a doorbell. */
  readonly doorbell: string | null;
  /** The life of a request whose client names none. */
  readonly timeoutSeconds: number;
}

/** A worker as others see it: a row of ai_workers, or only a name that still holds claims. */
export interface WorkerSighting {
  readonly id: string;
  /** Changes with each heartbeat; null when the worker has no row. */
  readonly heartbeat: string | null;
  /** Milliseconds since that heartbeat by the database's clock; null without a row. */
  readonly heartbeatAgeMs: number | null;
  readonly host: string | null;
  readonly doorbell: string | null;
  readonly timeoutSeconds: number | null;
}

export interface ExpireOptions {
  /** At most this many requests in one transaction. */
  readonly limit: number;
  /** Why they could not be served, where the worker knows (the AI service is away); else their life just ended. */
  readonly reason?: RequestError;
  /** Told where some are overdue and none could be ended: others hold them just then. */
  readonly onHeld?: () => void;
}

export interface RescueOptions {
  readonly workerIds: readonly string[];
  /** The attempts of a request whose row names no limit. */
  readonly maxAttempts: number;
  /** Who does it, for the log. */
  readonly rescuerId: string;
}

export interface RescueCount {
  /** Requests that are pending again. */
  readonly rescued: number;
  /** Requests that had no attempt left and failed (worker_lost). */
  readonly failed: number;
}

export interface CleanupOptions {
  /** Ended requests older than this are deleted. */
  readonly ageSeconds: number;
  /** Log rows older than this are deleted too; left alone when not given. */
  readonly logRetentionDays?: number;
  /** whole: every row is looked at. oldest: from the oldest on until all is recent, for runs that come again. */
  readonly scan: 'whole' | 'oldest';
  readonly signal?: AbortSignal;
  /** Told after each chunk how many requests are looked at, and how many of them were deleted. */
  readonly onChunk?: (lookedAt: number, deleted: number) => void;
}

/** How many requests wait and how many are held. */
export interface RequestDepth {
  readonly pending: number;
  readonly processing: number;
}

/** An open transaction of the caller's own, in which a request is inserted: its COMMIT decides. */
export type CallerConnection = object;

/**
 * The queue as the worker and the clients know it: the one interface to a database. Each method is one or a few short
 * transactions; each that changes a status writes its log rows in the same transaction. Methods reject with AiIpcError
 * (database_unavailable: try again later; fate_unknown, of insert and cancel: it may have been done).
 */
export interface QueueStore {
  /** Which database this is, for people: never with a password. */
  readonly name: string;
  /** The UUID of this queue, made once with its tables. */
  readonly queueId: string;

  // For clients
  insert(requests: readonly NewRequest[], connection?: CallerConnection): Promise<number[]>;
  read(id: number): Promise<RequestView | undefined>;
  /** pending or processing → cancelled; false when it had ended or never was. */
  cancel(id: number): Promise<boolean>;
  /** Deletes old ended requests in chunks; returns how many requests (not rows) went. */
  cleanup(options: CleanupOptions): Promise<number>;

  // For the worker: the way of a request
  /** The idle look: whether anything could be claimed now. One plain SELECT. */
  hasDue(): Promise<boolean>;
  /** pending → processing for up to `limit` requests, by priority and then age. */
  claim(workerId: string, limit: number): Promise<ClaimedRequest[]>;
  /** Writes outcomes in one transaction; the fates come in the same order. */
  settle(workerId: string, attempts: readonly SettledAttempt[]): Promise<SettleFate[]>;
  /** processing → pending, the attempt given back; returns how many were still held. */
  release(workerId: string, claims: readonly ClaimRef[]): Promise<number>;

  // For the worker: keeping house
  /** Writes this worker's row of ai_workers. */
  heartbeat(worker: WorkerRow): Promise<void>;
  /** Deletes rows of ai_workers: one's own at the end, and those of the dead. */
  retire(workerIds: readonly string[]): Promise<void>;
  /** Every worker with a row or with claims. */
  sightings(): Promise<WorkerSighting[]>;
  /** The claims that the database says this worker holds. */
  listClaims(workerId: string): Promise<ClaimRef[]>;
  /** processing → pending (or failed, worker_lost) for all claims of these workers. */
  rescue(options: RescueOptions): Promise<RescueCount>;
  /** Overdue → timeout, and rows without a known status → failed; returns how many. */
  expire(options: ExpireOptions): Promise<number>;
  depth(): Promise<RequestDepth>;

  close(): Promise<void>;
}
