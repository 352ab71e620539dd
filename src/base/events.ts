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
  /** Outcomes that are now in the database. `lifeMs`: of each request that is over with it, from created_at until now. */
  settled: [{ workerId: string; written: number; dropped: readonly number[]; lifeMs: readonly number[] }];
  /** The database refused to store this one answer; the others go on. */
  answerRefused: [{ requestId: number; error: unknown }];
  /** Outcomes wait because a transaction that somebody left open holds their requests. */
  rowsHeld: [{ requestIds: readonly number[] }];
  /** Requests stay past the end of their lives because a transaction that somebody left open holds them. */
  overdueHeld: [{ workerId: string }];
  /** silence: the worker stood still for so long that others may have taken its claims. */
  released: [{ workerId: string; count: number; reason: 'stopping' | 'breaker' | 'silence' | 'lost_commit' }];
  rescued: [{ workerId: string; deadWorkerIds: readonly string[]; rescued: number; failed: number }];
  expired: [{ workerId: string; count: number }];
  cleaned: [{ workerId: string; deleted: number }];
  /** The request was cancelled or expired while it was called. */
  attemptAborted: [{ workerId: string; requestId: number }];
  /** A call ended with an error that is a bug here. */
  callBroken: [{ requestId: number; error: unknown }];
  aiServiceDown: [{ error: RequestError | undefined }];
  aiServiceUp: [];
  /** Ten calls in a row to this path were not answered in time: its requests wait, all others are served. */
  endpointSlow: [{ endpoint: string; error: RequestError }];
  endpointAnswers: [{ endpoint: string }];
  /** A part could not reach or use the database and will try again. */
  storeFailed: [{ part: string; error: unknown }];
  storeRecovered: [{ part: string }];
  /** Of several hosts of the database. `reason`: why the one before does not serve; '' where a preferred one serves again. */
  databaseHostChanged: [{ from: string; to: string; reason: string }];
  /** No heartbeat could be written for too long: nothing is claimed until one is. */
  heartbeatLost: [{ workerId: string; silentMs: number }];
  doorbellFailed: [{ error: unknown }];
  /** Where /metrics, /healthz and /readyz are served. */
  monitorStarted: [{ url: string }];
  /** They are not, and nothing else is the matter. */
  monitorFailed: [{ address: string; error: unknown; retryInMs: number }];
  /** Somebody has looked at the whole queue, which is more than this worker's part of it. */
  queueLooked: [QueueLook];
  alertRaised: [RaisedAlert];
  alertCleared: [{ name: string }];
  /** The address is a secret: the reason does not name it. */
  webhookFailed: [{ reason: string; retryInMs: number }];
  /** Alerts are sent again, after some that could not be. */
  webhookRecovered: [];
  statistics: [Statistics];
}

export interface AttemptEnded {
  readonly workerId: string;
  readonly requestId: number;
  readonly attempt: number;
  /** As the request names it: any SQL client may have written it. */
  readonly endpoint: string;
  /** From created_at to the claim; null for a later attempt than the first. */
  readonly waitedMs: number | null;
  readonly outcome: 'completed' | 'failed' | 'retry' | 'timeout';
  readonly error: RequestError | undefined;
  readonly durationMs: number | null;
  readonly isSlow: boolean;
}

/** The queue as a look saw it; null for what could not be seen. */
export interface QueueLook {
  readonly pending: number | null;
  readonly processing: number | null;
  /** Of those that could be served now. */
  readonly oldestPendingSeconds: number | null;
  /** Those that live. */
  readonly workers: number | null;
  /** Of models, today, by all players whose budget is counted. */
  readonly dailyTokens: number | null;
  /** On the disk of the database, where that is on this machine. */
  readonly diskFreeBytes: number | null;
  /** The names of the alerts that hold now. */
  readonly alerts: readonly string[];
}

/** A threshold of the settings that is passed. */
export interface RaisedAlert {
  readonly name: string;
  /** A sentence for a person: what is so, with its figures. */
  readonly message: string;
  /** What to do. */
  readonly remedy: string;
  readonly value: number;
  readonly threshold: number;
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
