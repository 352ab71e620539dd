import { EventEmitter } from 'node:events';
import type { RequestError } from './errors.ts';

/**
 * Everything the engine tells about itself, for whoever shows it: the log is made from these and from nothing else. No
 * part of the engine listens; what one wants of another, it calls.
 */
export interface EngineEvents {
  workerStarted: [{ workerId: string; queue: string; aiService: string; concurrency: number }];
  workerStopping: [{ workerId: string; inFlight: number; isForced: boolean }];
  /** `unwritten`: outcomes that the database did not take in time. Their requests are rescued and called again. */
  workerStopped: [{ workerId: string; unwritten: number }];
  claimed: [{ workerId: string; count: number }];
  attemptEnded: [AttemptEnded];
  /** Outcomes that are now in the database. */
  settled: [{ workerId: string; written: number; dropped: readonly number[] }];
  /** The database refused to store this one answer; the others go on. */
  answerRefused: [{ requestId: number; error: unknown }];
  /** Outcomes wait because a transaction that somebody left open holds their requests. */
  rowsHeld: [{ requestIds: readonly number[] }];
  /** Requests stay past the end of their lives because a transaction that somebody left open holds them. */
  overdueHeld: [{ workerId: string }];
  released: [{ workerId: string; count: number; reason: 'stopping' | 'breaker' | 'lost_commit' }];
  rescued: [{ workerId: string; deadWorkerIds: readonly string[]; rescued: number; failed: number }];
  expired: [{ workerId: string; count: number }];
  cleaned: [{ workerId: string; deleted: number }];
  /** The request was cancelled or expired while it was called. */
  attemptAborted: [{ workerId: string; requestId: number }];
  /** A call ended with an error that is a bug here. */
  callBroken: [{ requestId: number; error: unknown }];
  aiServiceDown: [{ error: RequestError | undefined }];
  aiServiceUp: [];
  /** A part could not reach or use the database and will try again. */
  storeFailed: [{ part: string; error: unknown }];
  storeRecovered: [{ part: string }];
  /** No heartbeat could be written for too long: nothing is claimed until one is. */
  heartbeatLost: [{ workerId: string; silentMs: number }];
  doorbellFailed: [{ error: unknown }];
  statistics: [Statistics];
}

export interface AttemptEnded {
  readonly workerId: string;
  readonly requestId: number;
  readonly attempt: number;
  readonly outcome: 'completed' | 'failed' | 'retry' | 'timeout';
  readonly error: RequestError | undefined;
  readonly durationMs: number | null;
  readonly isSlow: boolean;
}

export interface Statistics {
  readonly processed: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly retried: number;
  /** Milliseconds of an HTTP attempt, averaged over all that ended; null before the first. */
  readonly averageProcessingMs: number | null;
  readonly queueDepth: number | null;
  readonly uptimeSeconds: number;
}

export type Events = EventEmitter<EngineEvents>;

export function createEvents(): Events {
  return new EventEmitter<EngineEvents>();
}
