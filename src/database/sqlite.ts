import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { systemClock } from '../base/clock.ts';
import { AiIpcError, type ErrorCode, messageOf } from '../base/errors.ts';
import type { Database, Decide, ExecuteResult, Inserter, Row, SqlValue, Statement } from './database.ts';
import { sqliteName } from './database-name.ts';
import { letGoOfGarbage } from './let-go.ts';
import { ROWS } from './multi-statement.ts';

/** Another process holds the write lock for milliseconds; waiting for it here would stop the event loop. */
const BUSY_WAIT_MS = 20;
const BUSY_PAUSE_MS = 5;
/** As long as a statement may take on MariaDB. */
const MAX_BUSY_MS = 10_000;
/** A life ends once; what is told as that again and again is something else. */
const MOST_TRIES = 10;

/** SQLite's primary result codes (sqlite3.h) and what they mean for us. */
const SQLITE_BUSY = 5;
const SQLITE_CONSTRAINT = 19;
const CODE_BY_ERRCODE = new Map<number, ErrorCode>([
  [SQLITE_BUSY, 'database_unavailable'],
  [8, 'storage_failed'], // READONLY
  [10, 'storage_failed'], // IOERR
  [11, 'storage_failed'], // CORRUPT
  [13, 'storage_failed'], // FULL
  [14, 'storage_failed'], // CANTOPEN
  [26, 'storage_failed'], // NOTADB
]);

export interface SqliteDatabase extends Database {
  /** Runs many statements in one transaction. */
  runScript(sql: string): Promise<void>;
}

/**
 * Opens (or makes) a SQLite file in WAL mode, with the first call: it may have to wait, because the first of several
 * processes to switch a new file to WAL locks out the others. Several processes may share the file.
 */
export function openSqliteDatabase(file: string): SqliteDatabase {
  const name = sqliteName(file);
  let opened: Opened | undefined;
  let isClosed = false;

  function open(): Opened {
    if (isClosed) throw new AiIpcError('database_failed', `${name} was closed.`);
    opened ??= withStatements(openConnection(file));
    return opened;
  }
  function inOneTransaction<T>(work: (opened: Opened) => T): Promise<T> {
    return untilNotBusy(name, () => inTransaction(open().connection, () => work(open())));
  }

  return {
    name,
    runScript: (sql) => inOneTransaction(({ connection }) => connection.exec(sql)),
    query: (sql, values = []) => untilNotBusy(name, () => open().statements.all(sql, values)),
    queryAll: (statements) =>
      untilNotBusy(name, () => statements.map(({ sql, values }) => open().statements.all(sql, values))),
    execute: (sql, values = []) => untilNotBusy(name, () => open().statements.run(sql, values)),
    insertEach: (sql, rows) => inOneTransaction(({ statements }) => statements.insertEach(sql, rows)),
    lockAndWrite: (lock, decide) =>
      inOneTransaction(({ statements }) => statements.lockAndWrite(lock, decide)),
    writeIfLocked: (lock, writes) =>
      inOneTransaction(({ statements }) =>
        statements.lockAndWrite(lock, (rows) => {
          const isThere = rows.length > 0;
          return { writes: isThere ? writes : [], result: isThere };
        }),
      ),
    async close() {
      isClosed = true;
      const connection = opened?.connection;
      opened = undefined;
      if (!connection?.isOpen) return;
      foldIn(connection);
      connection.close();
      await letGoOfGarbage();
    },
  };
}

interface Opened {
  readonly connection: DatabaseSyncInstance;
  readonly statements: Statements;
}

function withStatements(connection: DatabaseSyncInstance): Opened {
  return { connection, statements: new Statements(connection) };
}

/** Inserts on a connection that the caller opened; his transaction decides. */
export function inserterOn(connection: DatabaseSyncInstance): Inserter {
  const statements = new Statements(connection);
  return {
    insertEach: async (sql, rows) =>
      translated('Your own connection', () => statements.insertEach(sql, rows)),
  };
}

/** The statements of a connection, each prepared once. Nothing here waits: a transaction is one stretch of code. */
class Statements {
  readonly #connection: DatabaseSyncInstance;
  readonly #prepared = new Map<string, StatementSyncInstance>();

  constructor(connection: DatabaseSyncInstance) {
    this.#connection = connection;
  }

  all(sql: string, values: readonly SqlValue[]): readonly Row[] {
    return this.#prepare(sql).all(...values.map(bound)) as Row[];
  }

  run(sql: string, values: readonly SqlValue[]): ExecuteResult {
    const { changes, lastInsertRowid } = this.#prepare(sql).run(...values.map(bound));
    return { affectedRows: Number(changes), insertId: Number(lastInsertRowid) };
  }

  insertEach(sql: string, rows: readonly (readonly SqlValue[])[]): number[] {
    return rows.map((row) => {
      const { insertId } = this.run(withOneRow(sql, row), row);
      if (Number.isSafeInteger(insertId)) return insertId;
      // Thrown here, inside the transaction, so that no row is left behind that nobody can name.
      throw new AiIpcError(
        'id_too_large',
        `The id ${insertId} is above 2^53 and cannot be told exactly. Start a new ai_requests table.`,
      );
    });
  }

  lockAndWrite<T>(lock: Statement, decide: Decide<T>): T {
    const sentAtMs = performance.now();
    const { writes, result } = decide(this.all(lock.sql, lock.values), sentAtMs);
    for (const write of writes) {
      if ('rows' in write) for (const row of write.rows) this.run(withOneRow(write.sql, row), row);
      else this.run(write.sql, write.values);
    }
    return result;
  }

  #prepare(sql: string): StatementSyncInstance {
    const statement = this.#prepared.get(sql) ?? this.#connection.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

/** A prepared statement for one row, run again and again, is the fast way here: there is no round trip to save. */
function withOneRow(sql: string, row: readonly SqlValue[]): string {
  return sql.replace(ROWS, `(${row.map(() => '?').join(', ')})`);
}

function openConnection(file: string): DatabaseSyncInstance {
  const connection = new DatabaseSync(file, { timeout: BUSY_WAIT_MS });
  try {
    connection.exec('PRAGMA journal_mode = WAL');
    // FULL: a commit is on the disk before it is acknowledged, as with MariaDB's defaults.
    connection.exec('PRAGMA synchronous = FULL');
    connection.exec('PRAGMA foreign_keys = ON');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** A copy of the one file is whole then. */
function foldIn(connection: DatabaseSyncInstance): void {
  try {
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // A full disk, say: nothing is lost, the file beside it (-wal) still has what was committed.
  }
}

/** Arrays travel as JSON: the SQL unpacks them with json_each. */
function bound(value: SqlValue): string | number | null {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

/** IMMEDIATE takes the write lock at the beginning: a lock taken later could not be waited for. */
function inTransaction<T>(connection: DatabaseSyncInstance, work: () => T): T {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    connection.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk rolls back by itself.
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

async function untilNotBusy<T>(name: string, work: () => T): Promise<T> {
  const giveUpAt = systemClock.nowMs() + MAX_BUSY_MS;
  for (let tries = 1; ; tries += 1) {
    try {
      return work();
    } catch (error) {
      // However long it took, the next time that life is over from the beginning.
      if (isTooLate(error) && tries < MOST_TRIES) continue;
      if (errcodeOf(error) !== SQLITE_BUSY || systemClock.nowMs() > giveUpAt)
        throw toSqliteError(error, name);
      await systemClock.sleep(BUSY_PAUSE_MS + Math.random() * BUSY_PAUSE_MS);
    }
  }
}

/**
 * Whether a life ended between lock and write: `complete` (src/store/) then makes the status NULL, which is refused. Run
 * again, it finds the life over.
 */
function isTooLate(error: unknown): boolean {
  return errcodeOf(error) === SQLITE_CONSTRAINT && messageOf(error).includes('ai_requests.status');
}

function translated<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toSqliteError(error, name);
  }
}

function toSqliteError(error: unknown, name: string): AiIpcError {
  if (error instanceof AiIpcError) return error;
  const code = CODE_BY_ERRCODE.get(errcodeOf(error) ?? -1) ?? 'database_failed';
  return new AiIpcError(code, `${name}: ${messageOf(error)}.${adviceFor(code, messageOf(error))}`, {
    cause: error,
  });
}

function adviceFor(code: ErrorCode, words: string): string {
  if (code === 'storage_failed')
    return ' Check that the folder exists, can be written and has room; nothing that was accepted is lost.';
  return /^no such index/.test(words)
    ? ' Run `ai-ipc migrate`: it makes each index again that is missing.'
    : '';
}

/** The primary result code: the low byte of the extended one. */
function errcodeOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}
