/**
 * Locking past the rows that others hold, for MariaDB before 10.6, which has no SKIP LOCKED. A block may not say NOWAIT
 * (1314), but a lock wait of 0 s is the same: 1205 comes at once. The shortest that is not 0 took 2 s.
 *
 * A row costs 30 to 60 µs in a loop on the server; with a packet for each, 250 µs.
 */

/** So many rows are looked through for some that are free: 6,000 held ones took 0.1 s. */
const DEEPEST = 10_000;

export interface PassingLock {
  /** Finds rows, without locks: their ids, and status and claim_no of requests. */
  readonly find: string;
  readonly table?: 'ai_requests' | 'ai_request_log';
  /** What the last value limits: none of it, only the rows that are taken (`find` has a limit of its own), or both. */
  readonly limit?: 'none' | 'taken' | 'found and taken';
  /** SELECT … FROM …, of the rows that were locked. */
  readonly columns: string;
  /** Whether the response of a request is locked with it. */
  readonly isWithResponse?: boolean;
}

/**
 * A block that gives the rows which it could lock, in the order in which they were found. One that has changed since is
 * not among them: its turn comes again.
 */
export function lockPassingHeld({
  find,
  columns,
  table = 'ai_requests',
  limit = 'none',
  isWithResponse = false,
}: PassingLock): string {
  const isUnchanged =
    table === 'ai_requests' ? 'AND status = candidate.status AND claim_no = candidate.claim_no' : '';
  return `BEGIN NOT ATOMIC
  DECLARE v_free, v_held LONGTEXT CHARACTER SET ascii DEFAULT '0';
  DECLARE v_is_free, v_is_lost BOOLEAN;
  DECLARE v_count, v_responses INT UNSIGNED;
  REPEAT
    SET v_free = '0', v_count = 0, v_is_lost = FALSE;
    candidates: FOR candidate IN (${find} ${limit === 'found and taken' ? `LIMIT ${DEEPEST}` : ''}) DO
      SET v_is_free = FALSE;
      IF NOT FIND_IN_SET(candidate.id, v_held) THEN
        BEGIN
          -- innodb_rollback_on_timeout ends the transaction, and with it what was locked: begun anew, past this one.
          DECLARE EXIT HANDLER FOR 1205
            SET v_held = CONCAT(v_held, ',', candidate.id), v_is_free = FALSE, v_is_lost = @@innodb_rollback_on_timeout;
          SET STATEMENT innodb_lock_wait_timeout = 0 FOR
            SELECT COUNT(*) INTO v_is_free
              FROM ${table} FORCE INDEX (PRIMARY)
             WHERE id = candidate.id ${isUnchanged}
               FOR UPDATE;
          ${isWithResponse ? LOCK_RESPONSE : ''}
        END;
      END IF;
      IF v_is_lost THEN
        START TRANSACTION;
        LEAVE candidates;
      END IF;
      IF v_is_free THEN
        SET v_free = CONCAT(v_free, ',', candidate.id), v_count = v_count + 1;
      END IF;
      ${limit === 'none' ? '' : 'IF v_count >= ? THEN LEAVE candidates; END IF;'}
    END FOR;
  UNTIL NOT v_is_lost END REPEAT;
  EXECUTE IMMEDIATE CONCAT(
    '${columns.replaceAll("'", "''")} WHERE id IN (', v_free, ') ORDER BY FIND_IN_SET(id, ''', v_free, ''')');
END`;
}

const LOCK_RESPONSE = `
          SET STATEMENT innodb_lock_wait_timeout = 0 FOR
            SELECT COUNT(*) INTO v_responses
              FROM ai_responses FORCE INDEX (idx_request_id)
             WHERE request_id = candidate.id
               FOR UPDATE;`;

/** A block that locks rows for `writeIfLocked`, all at once: where somebody holds one of them it fails as where one is missing. */
export function lockNoneHeld(lock: string): string {
  return `BEGIN NOT ATOMIC
  DECLARE EXIT HANDLER FOR 1205 SIGNAL SQLSTATE '22003' SET MYSQL_ERRNO = 1690;
  SET STATEMENT innodb_lock_wait_timeout = 0 FOR ${lock};
END`;
}
