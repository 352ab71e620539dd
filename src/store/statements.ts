/**
 * Every statement of the store, by the name of what it does. Each database writes them in its own words
 * (mariadb-statements.ts, sqlite-statements.ts), where its words differ (shared-statements.ts); what is done with them stands once, in the other files of this folder.
 * The order of the bound values is the same for all databases and is given here.
 */
export interface Statements {
  // Clients
  /** type, endpoint, data, priority, timeout seconds, source npc, source map, life in seconds */
  readonly insertRequest: string;
  /** id, endpoint, data → id, of a request that is this one; locked for reading */
  readonly findInserted: string;
  /** id */
  readonly readRequest: string;
  /** id → id, while it can be cancelled; locked */
  readonly lockForCancel: string;
  /** id */
  readonly cancel: string;

  // Claim
  /** → a row when something is due; not locked */
  readonly hasDue: string;
  /**
   * depth, limit → up to `limit` of the first `depth` due requests, past those that others hold, by priority and then
   * age, with the columns of a ClaimedRequest as they are before the claim; locked
   */
  readonly lockForClaim: string;
  /** worker id, ids */
  readonly claimMark: string;

  // Settle, release
  /**
   * How many, ids, worker id, claim number: for `writeIfLocked`. It finds so many that are this claim's, and alive, and locks
   * them, past those that others hold.
   */
  readonly lockOwn: string;
  /** ids → id, status, claimed_by, claim_no, error_code, is_alive, last_retry (last-call.ts); locked, past those that others hold */
  readonly lockForSettle: string;
  /** ids → id; not locked */
  readonly findThese: string;
  /** ids; it fails where the life of one is over, and lockAndWrite runs all of it again */
  readonly complete: string;
  /** status, error code, id */
  readonly end: string;
  /** attempts given back (0 or 1), delay in seconds, error code, id */
  readonly retry: string;
  /** rows of: request id, response data, error message, processing time in ms */
  readonly insertResponse: string;
  /** rows of: request id, event type, event data */
  readonly insertLog: string;
  /** ids, worker id → id, claim_no; locked, past those that others hold */
  readonly lockForRelease: string;
  /** ids */
  readonly release: string;

  // Workers
  /** id, host, pid, version, in flight, doorbell, timeout seconds */
  readonly heartbeat: string;
  /** id */
  readonly retire: string;
  readonly sightings: string;
  /** worker id */
  readonly listClaims: string;

  // Maintenance
  /** worker ids ('' for no name), limit → id, attempts, max_attempts; locked, past those that others hold */
  readonly lockForRescue: string;
  /** ids */
  readonly rescue: string;
  /** seconds of grace of a processing request → has_overdue */
  readonly hasOverdue: string;
  /** status, grace in seconds, limit → id, attempts, error_code, life_seconds, last_retry; locked, past those that others hold */
  readonly lockOverdue: string;
  /** limit → id, attempts; locked, past those that others hold */
  readonly lockWithoutStatus: string;
  /** age in seconds, age in seconds, after id, limit → id, is_old, is_recent, in the order of ids */
  readonly scanForCleanup: string;
  /** ids, age in seconds → id of those that are old; locked, past those that others hold */
  readonly lockForCleanup: string;
  /** ids, age in seconds */
  readonly deleteRequests: string;
  /** age in seconds, after id, limit → id, is_old, in the order of ids */
  readonly scanLog: string;
  /** ids, age in seconds → id of those that are old; locked, past those that others hold */
  readonly lockLogForCleanup: string;
  /** ids, age in seconds */
  readonly deleteLog: string;
  readonly depth: string;

  // Requests with a mark in source_npc
  /** id, mark: as if it had been made and had ended in 1971 */
  readonly makeOld: string;
  /** ids, mark → id; locked */
  readonly lockMarked: string;
  /** ids, mark: whatever their status; the responses go with them */
  readonly deleteMarked: string;
  /** ids of requests */
  readonly deleteLogOf: string;

  // The queue itself
  readonly readMeta: string;
}
