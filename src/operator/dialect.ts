/** What the databases say in different words, for statements.ts. */
export interface Dialect {
  /** Milliseconds since 1970 of a time. */
  readonly msOf: (column: string) => string;
  readonly now: string;
  /** A text that any SQL client may have filled. */
  readonly text: (column: string) => string;
  /** A whole number, likewise. */
  readonly whole: (column: string) => string;
  /** A sum as a whole number. */
  readonly sum: (value: string) => string;
  readonly bytesOf: (column: string) => string;
  /** The last 200 characters. */
  readonly endOf: (column: string) => string;
  /** Whether two texts are the same, in either case. */
  readonly equals: (column: string) => string;
  readonly contains: (column: string) => string;
  /** Whether it is one of a list that is bound. */
  readonly isIn: (column: string) => string;
  /** The same, where other columns find the rows. */
  readonly isAmong: (column: string) => string;
  readonly byId: string;
  readonly byStatus: string;
  /** The log by the kind of event, and by request. */
  readonly logByEvent: string;
  readonly logByRequest: string;
  readonly lock: string;
  /** The moment so many seconds (bound) from now. */
  readonly secondsFromNow: string;
  /** Right behind an INSERT of a request: the log rows of it and of the one that it is a copy of. */
  readonly logCopy: string;
  readonly deleteRequest: string;
}

export const mariadbDialect: Dialect = {
  msOf: (column) => `CAST(ROUND(UNIX_TIMESTAMP(${column}) * 1000) AS SIGNED)`,
  now: 'NOW(3)',
  text: (column) => column,
  whole: (column) => column,
  // SUM gives a DECIMAL, which the driver gives as text.
  sum: (value) => `CAST(COALESCE(SUM(${value}), 0) AS SIGNED)`,
  bytesOf: (column) => `COALESCE(LENGTH(${column}), 0)`,
  endOf: (column) => `RIGHT(${column}, 200)`,
  equals: (column) => `${column} = ?`,
  contains: (column) => `LOCATE(?, ${column}) > 0`,
  isIn: (column) => `${column} IN (?)`,
  isAmong: (column) => `${column} IN (?)`,
  byId: 'FORCE INDEX (PRIMARY)',
  byStatus: 'FORCE INDEX (idx_status_priority)',
  logByEvent: 'FORCE INDEX (idx_event_type)',
  logByRequest: 'FORCE INDEX (idx_request_id)',
  lock: 'FOR UPDATE',
  secondsFromNow: 'FROM_UNIXTIME(UNIX_TIMESTAMP(NOW(3)) + ?)',
  logCopy: `
    INSERT INTO ai_request_log (request_id, event_type, event_data)
    VALUES (LAST_INSERT_ID(), 'resent', ?), (?, 'resent', CONCAT(?, LAST_INSERT_ID(), ?))`,
  // In the form for several tables, since the other takes no index.
  deleteRequest: 'DELETE ai_requests FROM ai_requests FORCE INDEX (PRIMARY)',
};

/** SQLite keeps what it is given: a BLOB where text belongs, or text where a number does. */
export const sqliteDialect: Dialect = {
  msOf: (column) => `CAST(round(unixepoch(${column}, 'subsec') * 1000) AS INTEGER)`,
  now: "'now'",
  text: (column) => `CAST(${column} AS TEXT)`,
  whole: (column) => `min(max(CAST(${column} AS INTEGER), -9007199254740991), 9007199254740991)`,
  sum: (value) => `CAST(coalesce(sum(${value}), 0) AS INTEGER)`,
  bytesOf: (column) => `coalesce(length(CAST(${column} AS BLOB)), 0)`,
  endOf: (column) => `substr(CAST(${column} AS TEXT), -200)`,
  equals: (column) => `${column} = ? COLLATE NOCASE`,
  contains: (column) => `instr(lower(CAST(${column} AS TEXT)), lower(?)) > 0`,
  isIn: (column) => `${column} IN (SELECT value FROM json_each(?))`,
  isAmong: (column) => `+${column} IN (SELECT value FROM json_each(?))`,
  byId: 'NOT INDEXED',
  byStatus: 'INDEXED BY idx_status_priority',
  logByEvent: 'INDEXED BY idx_event_type',
  logByRequest: 'INDEXED BY idx_log_request_id',
  lock: '',
  secondsFromNow: "strftime('%Y-%m-%d %H:%M:%f', 'now', ? || ' seconds')",
  // Materialized: else it would be asked for anew behind the first row, whose own id it is then.
  logCopy: `
    WITH made (id) AS MATERIALIZED (SELECT last_insert_rowid())
    INSERT INTO ai_request_log (request_id, event_type, event_data)
    SELECT id, 'resent', ? FROM made
     UNION ALL
    SELECT ?, 'resent', ? || id || ? FROM made`,
  deleteRequest: 'DELETE FROM ai_requests',
};
