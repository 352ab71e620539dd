/** A value that can be bound. An array stands for the list of an IN. */
export type SqlValue = string | number | null | readonly number[] | readonly string[];
export type Row = Readonly<Record<string, unknown>>;

export interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** One statement for many rows. In an INSERT, `VALUES :rows` stands for all of them; another statement runs once a row. */
export interface RowsStatement {
  readonly sql: string;
  readonly rows: readonly (readonly SqlValue[])[];
}

export type Write = Statement | RowsStatement;

/** What is to be written for the rows that were locked, and what the caller gets when it is committed. */
export interface Decision<T> {
  readonly writes: readonly Write[];
  readonly result: T;
}

/** `sentAtMs`: when the rows were asked for, on this process's monotonic clock. It only decides: it may run again. */
export type Decide<T> = (rows: readonly Row[], sentAtMs: number) => Decision<T>;

export interface ExecuteResult {
  readonly affectedRows: number;
  /** The id that an INSERT made; 0 otherwise. */
  readonly insertId: number;
}

/** Where a request can be inserted: a database, or a connection of the caller's own. */
export interface Inserter {
  /** The same INSERT once a row; the ids come in the same order. `find`: see Database. */
  insertEach(
    sql: string,
    rows: readonly (readonly SqlValue[])[],
    find?: (ids: readonly number[]) => Statement,
  ): Promise<number[]>;
}

/**
 * A database with short transactions. Whatever it throws is an AiIpcError; database_unavailable means that it may be
 * well again later, and that the fate of a COMMIT under way is unknown.
 */
export interface Database extends Inserter {
  /** For people: kind and place, never a password. */
  readonly name: string;
  query(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
  /** Several that do not wait for each other's rows, in one trip: the rows of each. They need not see the same moment. */
  queryAll(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]>;
  /** One statement, committed by itself. */
  execute(sql: string, values?: readonly SqlValue[]): Promise<ExecuteResult>;
  /**
   * All rows or none. `find` gives a SELECT of some of them: where the connection breaks so that nobody knows whether they
   * were written, that is found out with it.
   */
  insertEach(
    sql: string,
    rows: readonly (readonly SqlValue[])[],
    find?: (ids: readonly number[]) => Statement,
  ): Promise<number[]>;
  /**
   * The shape of our transactions: lock rows, decide from them what to write, write it, commit. A deadlock, a lost
   * lock or a life that ended in between runs the whole of it again.
   */
  lockAndWrite<T>(lock: Statement, decide: Decide<T>): Promise<T>;
  /**
   * The same at one go, where there is nothing to decide. A lock that does not find all that it should ends it before
   * anything is written: on MariaDB it fails then (1690), in SQLite it has no row. Returns whether all was written.
   */
  writeIfLocked(lock: Statement, writes: readonly Write[]): Promise<boolean>;
  close(): Promise<void>;
}

/** Whether this write has nothing to do. */
export function isEmpty(write: Write): boolean {
  return 'rows' in write && write.rows.length === 0;
}
