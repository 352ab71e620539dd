import type { Part } from './part.ts';

/** A worker as its row of ai_workers shows it. */
export interface WorkerFact {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly heartbeatAgeMs: number;
  readonly inFlight: number;
  readonly doorbell: string | null;
}

/** What waits, of at most {@link MOST_COUNTED} pending requests. */
export interface PendingFacts {
  readonly pending: number;
  /** Those that a worker could claim now. */
  readonly due: number;
  readonly oldestDueSeconds: number;
  /** Those whose life has ended, and nobody has ended them. */
  readonly overdue: number;
  readonly oldestOverdueSeconds: number;
  /** Those that are not to be served for a quarter of an hour or more, and by how much the farthest. */
  readonly ahead: number;
  readonly farthestAheadSeconds: number;
}

/** The last requests of the last quarter of an hour, by what became of them. */
export interface RecentFacts {
  readonly ended: number;
  readonly timeout: number;
  readonly failed: number;
  /** Of those that timed out: no attempt had begun. */
  readonly neverTried: number;
  /** Whose life was over a quarter of an hour or more before they were made. */
  readonly bornOver: number;
  /** The most frequent error code of those that failed or timed out. */
  readonly errorCode: string | null;
}

/** A call to the AI service, as ai_request_log tells it. */
export interface CallFact {
  readonly ms: number;
  readonly errorCode: string | null;
  readonly ageSeconds: number;
}

/** Calls that are under way. */
export interface CallingFacts {
  readonly count: number;
  /** Since the oldest was claimed. */
  readonly oldestSeconds: number;
}

export interface OldestEnded {
  readonly id: number;
  readonly ageDays: number;
}

export interface TableSize {
  readonly table: string;
  readonly bytes: number;
  readonly rows: number;
}

/** How a table grew since its oldest row was written, on average. */
export interface TableGrowth {
  readonly table: string;
  readonly rowsADay: number;
}

/** What alerts are judged by. */
export interface AlertParts {
  readonly workers: Part<readonly WorkerFact[]>;
  readonly pending: Part<PendingFacts>;
  readonly processing: Part<number>;
  readonly recent: Part<RecentFacts>;
  /** Of models, today (UTC), as the budgets of players count them. */
  readonly dailyTokens: Part<number>;
}

/** What both kinds of database tell of the queue. */
export interface QueueFacts extends AlertParts {
  /** The last ones, the newest first. */
  readonly calls: Part<readonly CallFact[]>;
  readonly calling: Part<CallingFacts>;
  /** The oldest request that has ended; undefined without one. */
  readonly oldestEnded: Part<OldestEnded | undefined>;
  /** Seconds since a cleanup last deleted something; undefined where the log knows none. */
  readonly lastCleanedSeconds: Part<number | undefined>;
  readonly sizes: Part<readonly TableSize[]>;
  /** Of the tables that are old enough to tell. */
  readonly growth: Part<readonly TableGrowth[]>;
}

/** More than these are not counted: it would take longer than anybody waits. */
export const MOST_COUNTED = 100_000;
/** So many calls tell how the AI service does. */
export const LAST_CALLS = 10;
