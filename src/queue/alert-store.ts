import type { QueueStore } from './queue-store.ts';

/** What alerts are judged by. What could not be seen (a right is missing, the database is away) is null. */
export interface AlertFacts {
  /** Up to 100,000: more are not counted. */
  readonly pending: number | null;
  readonly processing: number | null;
  /** How long the oldest has waited that could be served now; 0 without one. */
  readonly oldestPendingSeconds: number | null;
  /** Of the last 200 requests, those of the last quarter of an hour that completed, failed or timed out. */
  readonly recent: { readonly ended: number; readonly failed: number } | null;
  /** Workers whose last heartbeat is at most 10 s old. */
  readonly workers: number | null;
  /** Tokens of models that all players together have used today, as their budgets count them. */
  readonly dailyTokens: number | null;
  /** Where the database keeps its files, if that is on this machine. */
  readonly folder: string | null;
}

/** What of an alert is told: that it holds, or that it is over. */
export type NoticeKind = 'raised' | 'cleared';

/** The right to tell a notice; nobody else has it meanwhile. */
export interface Notice {
  /** It could not be told: whoever looks next may. */
  giveBack(): Promise<void>;
}

/** What alerts need of the database: figures, and one place where all who watch agree on who tells. */
export interface AlertStore {
  /** A few plain SELECTs; it never rejects for what one of them does. */
  look(): Promise<AlertFacts>;
  /**
   * The right to tell this, for one of all who watch the same database: that an alert holds, once an hour; that it is over,
   * once, and only where it was told that it holds. undefined: somebody else has told it, or it is not to be told.
   */
  claimNotice(alert: string, kind: NoticeKind): Promise<Notice | undefined>;
}

/** A queue with what alerts need of it. */
export interface WatchedStore extends QueueStore {
  readonly alerts: AlertStore;
}
