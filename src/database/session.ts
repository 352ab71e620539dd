/** Lock waits and statements end on the server before our own limit ends them here, and keep the connection. */
const LOCK_WAIT_SECONDS = 5;
const STATEMENT_SECONDS = 8;
/**
 * A client whose machine lost its network is gone without a word: for hours (TCP keepalive) the server would keep its
 * transaction open, and the rows that it locked from everybody. MariaDB ends such a one; MySQL ends whoever says nothing.
 */
const IDLE_TRANSACTION_SECONDS = 10;
/** Longer than a connection of ours ever rests; what is left of a client that vanished is gone after it, on MySQL too. */
const IDLE_SECONDS = 20;
/** 8 hours, as the servers have it. */
const MIGRATE_IDLE_SECONDS = 28_800;
const NO_LIMIT = '18446744073709551615';

export interface SessionNeeds {
  /** How long a statement waits for a row or a table. */
  readonly lockWaitSeconds: number;
  /** 0: no limit. */
  readonly statementSeconds: number;
  /** How long a transaction may stay open without a word. 0: for ever. */
  readonly idleTransactionSeconds: number;
  readonly idleSeconds: number;
  /** null: the server's own, in which the first document's DATETIME columns were written. */
  readonly timeZone: string | null;
  readonly sqlMode: string;
  readonly altersTables: boolean;
}

/** What the pool's connections need. */
export function poolSession(timeZone: string): SessionNeeds {
  return {
    lockWaitSeconds: LOCK_WAIT_SECONDS,
    statementSeconds: STATEMENT_SECONDS,
    idleTransactionSeconds: IDLE_TRANSACTION_SECONDS,
    idleSeconds: IDLE_SECONDS,
    timeZone,
    sqlMode: 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION',
    altersTables: false,
  };
}

/** What migrate needs: no limit on what an ALTER takes, nor on how long the other connection holds its turn. */
export function migrateSession(lockWaitSeconds: number): SessionNeeds {
  return {
    lockWaitSeconds,
    statementSeconds: 0,
    idleTransactionSeconds: 0,
    idleSeconds: MIGRATE_IDLE_SECONDS,
    timeZone: null,
    sqlMode: 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION',
    altersTables: true,
  };
}

/**
 * The one set-up of every session of ours: what an admin has set for all sessions (or `init_connect` for each) does not
 * reach them. The procedure sp_ai_cleanup_old_requests carries its own, in sql-files/ai_ipc_tables.sql.
 *
 * READ COMMITTED because the gap locks of REPEATABLE READ make producers and workers deadlock. NAMES because a server may
 * be told to overlook what the client says of its characters. A COMMIT that chains would have the next statement rolled
 * back with what another one wrote, and one that releases would end the connection.
 */
export function sessionSetup(needs: SessionNeeds): string[] {
  const common = [
    ...(needs.timeZone === null ? [] : [`time_zone = '${needs.timeZone}'`]),
    `sql_mode = '${needs.sqlMode}'`,
    "completion_type = 'NO_CHAIN'",
    'autocommit = 1',
    'foreign_key_checks = 1',
    // 0 has MariaDB fill empty tables without looking for duplicates.
    'unique_checks = 1',
    'sql_safe_updates = 0',
    `sql_select_limit = ${NO_LIMIT}`,
    // 1104, where a join looks at more rows than an admin allows.
    'sql_big_selects = 1',
    'sql_auto_is_null = 0',
    'group_concat_max_len = 1048576',
    `lock_wait_timeout = ${needs.lockWaitSeconds}`,
    `innodb_lock_wait_timeout = ${needs.lockWaitSeconds}`,
    `wait_timeout = ${needs.idleSeconds}`,
    'net_read_timeout = 30',
    'net_write_timeout = 60',
    // As the servers have them: with fewer, the optimizer looks at a part of the ways, or believes its guesses.
    'optimizer_search_depth = 62',
    'eq_range_index_dive_limit = 200',
    'max_seeks_for_key = 4294967295',
  ];
  return [
    "SET NAMES 'utf8mb4' COLLATE 'utf8mb4_general_ci'",
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE',
    `SET ${common.join(', ')} ${mariadbOnly(needs)} ${mysqlOnly(needs)}`,
  ];
}

/** `M!`: MySQL takes it for a comment. */
function mariadbOnly({ statementSeconds, idleTransactionSeconds, altersTables }: SessionNeeds): string {
  const variables = [
    `max_statement_time = ${statementSeconds}`,
    `idle_transaction_timeout = ${idleTransactionSeconds}`,
    `idle_write_transaction_timeout = ${idleTransactionSeconds}`,
    `idle_readonly_transaction_timeout = ${idleTransactionSeconds}`,
    // MySQL has everybody's on, and lets no ordinary user set it.
    'innodb_strict_mode = 1',
    // The default: with batched keys the join of a claim would not keep the order of what it joins.
    'join_cache_level = 2',
    "optimizer_switch = 'mrr=off,mrr_sort_keys=off'",
    'optimizer_use_condition_selectivity = 4',
    // INSTANT refuses each change that takes its time (1846).
    ...(altersTables ? ["alter_algorithm = 'DEFAULT'"] : []),
  ];
  // A list of ids longer than this becomes a table that is joined. 1000, as MariaDB has it.
  return `/*M!, ${variables.join(', ')} */ /*M!100500 , in_predicate_conversion_threshold = 1000 */`;
}

/**
 * MariaDB takes the numbers of MySQL 8 for a comment. Its limit holds for SELECT alone, and it knows only how long a session
 * may rest, in a transaction or not; ours are heard of every 4 s.
 */
function mysqlOnly({ statementSeconds, idleTransactionSeconds, idleSeconds }: SessionNeeds): string {
  const variables = [
    `wait_timeout = ${idleTransactionSeconds === 0 ? idleSeconds : idleTransactionSeconds}`,
    `max_execution_time = ${statementSeconds * 1000}`,
    'range_optimizer_max_mem_size = 8388608',
  ];
  return `/*!80013 , ${variables.join(', ')} */`;
}
