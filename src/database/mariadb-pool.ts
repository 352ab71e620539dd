import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, type SecureContextOptions } from 'node:tls';
import {
  type ConnectionConfig,
  createPool,
  type Pool,
  type PoolConfig,
  type PoolConnection,
  type UpsertResult,
} from 'mariadb';
import { backoffMs } from '../base/backoff.ts';
import { systemClock } from '../base/clock.ts';
import { AiIpcError, messageOf } from '../base/errors.ts';
import type { MariadbSettings } from '../config/settings.ts';
import type { Database, Decide, ExecuteResult, Row, RowsStatement, Statement } from './database.ts';
import { isRetryable, toDatabaseError } from './database-errors.ts';
import { mariadbName } from './database-name.ts';
import { joinInPackets } from './multi-statement.ts';

/** The settings, and what a connection may be told besides. */
export interface ConnectionSettings extends MariadbSettings {
  /** The time zone of our sessions; only tests set it, to prove that it does not matter. Default +00:00. */
  readonly sessionTimeZone?: string;
  /** The server's max_allowed_packet in bytes, where it was asked for; else 16 MiB, MariaDB's default. */
  readonly maxPacketBytes?: number;
}

/** A transaction or statement that takes longer is given up and its connection closed: half-open sockets never answer. */
const OPERATION_TIMEOUT_MS = 10_000;
/**
 * A socket on which nothing comes for so long is closed by the driver, just before our own limit: where our limit has to
 * destroy the connection, the driver sends a KILL on a new one, which on a half-open line is never answered. A connection
 * that rests in the pool for so long goes the same way; the pool makes a new one when it is wanted.
 */
const SOCKET_TIMEOUT_MS = 9_500;
/**
 * A connection above minPoolSize that rests for so long says goodbye, before the socket's limit cuts it: the server's log
 * has a warning for each that goes without.
 */
const IDLE_SECONDS = 7;
/** How long to wait for a connection: long enough for a restart of the server to be noticed as one error, not many. */
const ACQUIRE_TIMEOUT_MS = 5_000;
/** Lock waits and statements end on the server before OPERATION_TIMEOUT_MS ends them here, and keep the connection. */
const LOCK_WAIT_SECONDS = 5;
const STATEMENT_SECONDS = 8;
/**
 * A client whose machine lost its network is gone without a word: for hours (TCP keepalive) the server would keep its
 * transaction open, and the rows that it locked from everybody. MariaDB ends such a one. MySQL knows only how long a session
 * may rest, in a transaction or not; ours rest for less (SOCKET_TIMEOUT_MS).
 */
const IDLE_TRANSACTION_SECONDS = 10;
const DEFAULT_PACKET_BYTES = 2 ** 24;
/** The header of a packet, and what the driver adds to it. */
const PACKET_MARGIN_BYTES = 1024;
/** Deadlocks resolve at once for one side; ten in a row with growing pauses were never seen. */
const MAX_TRANSACTION_TRIES = 10;
const RETRY = { firstMs: 20, longestMs: 320 } as const;

/** The one way to MariaDB: pooled connections, READ COMMITTED, every wait bounded. */
export function openMariadbPool(settings: ConnectionSettings): Database {
  const name = mariadbName(settings);
  const pool = createPool(poolConfig(settings));
  const packetBytes = (settings.maxPacketBytes ?? DEFAULT_PACKET_BYTES) - PACKET_MARGIN_BYTES;
  // Each failure also reaches the statement that wanted a connection; without a listener it would end the process.
  (pool as Pool & EventEmitter).on('error', () => undefined);

  async function withConnection<T>(work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    try {
      const connection = await pool.getConnection();
      return await guarded(connection, work);
    } catch (error) {
      throw isRetryable(error) ? error : toDatabaseError(error, name);
    }
  }

  return {
    name,
    query: (sql, values = []) =>
      retried(name, () => withConnection((connection) => connection.query<Row[]>(sql, values))),
    execute: (sql, values = []) =>
      retried(name, () => withConnection((connection) => connection.query<ExecuteResult>(sql, values))),
    insertEach: (sql, rows) =>
      retried(name, () => withConnection((connection) => insertEach(connection, { sql, rows }, packetBytes))),
    lockAndWrite: (lock, decide) =>
      retried(name, () =>
        withConnection((connection) => lockAndWrite(connection, { lock, decide, packetBytes })),
      ),
    close: () => closePool(pool),
  };
}

function poolConfig(settings: ConnectionSettings): PoolConfig {
  return {
    ...connectionConfig(settings),
    minimumIdle: Math.min(settings.minPoolSize, settings.maxPoolSize),
    connectionLimit: settings.maxPoolSize,
    acquireTimeout: ACQUIRE_TIMEOUT_MS,
    idleTimeout: IDLE_SECONDS,
  };
}

/** What a pooled connection and a single one have in common. */
export function connectionConfig(settings: ConnectionSettings): ConnectionConfig {
  return {
    ...(settings.socketPath === null
      ? { host: settings.host, port: settings.port }
      : { socketPath: settings.socketPath }),
    user: settings.user,
    password: settings.password,
    database: settings.database,
    ...(settings.sslCaFile === null ? {} : { ssl: tlsOptions(settings.host, settings.sslCaFile) }),
    connectTimeout: ACQUIRE_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    // MySQL 8 without TLS asks for its public key; MariaDB ignores this.
    allowPublicKeyRetrieval: true,
    // Numbers, and an error instead of a rounded id above 2^53.
    bigIntAsNumber: true,
    insertIdAsNumber: true,
    decimalAsNumber: true,
    checkNumberRange: true,
    // A transaction's writes travel with its COMMIT. Values are bound all the same, each escaped by the driver.
    multipleStatements: true,
    // Values are what players said: they stay out of error messages.
    logParam: false,
    initSql: sessionSetup(settings.sessionTimeZone ?? '+00:00'),
  };
}

/**
 * What an admin has set for all sessions does not reach ours. READ COMMITTED because the gap locks of REPEATABLE READ make
 * producers and workers deadlock; completion_type, because a chained transaction would be rolled back with what the next
 * statement on the same connection wrote.
 */
function sessionSetup(timeZone: string): string[] {
  const sessionVariables = [
    `time_zone = '${timeZone}'`,
    "sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION'",
    "completion_type = 'NO_CHAIN'",
    'autocommit = 1',
    'foreign_key_checks = 1',
    'sql_select_limit = 18446744073709551615',
    `innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}`,
  ];
  const mariadbOnly = [
    `max_statement_time = ${STATEMENT_SECONDS}`,
    `idle_transaction_timeout = ${IDLE_TRANSACTION_SECONDS}`,
    // The default: with batched keys the join of a claim would not keep the order of what it joins.
    'join_cache_level = 2',
  ];
  return [
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    `SET ${sessionVariables.join(', ')} /*M!, ${mariadbOnly.join(', ')} */ /*!80000 , wait_timeout = ${IDLE_TRANSACTION_SECONDS} */`,
  ];
}

/** An address (not a name) is checked here: the driver would compare the certificate with `localhost`. */
function tlsOptions(host: string, caFile: string): SecureContextOptions {
  const checked = isIP(host) === 0 ? {} : { checkServerIdentity: ipIdentity(host) };
  return { ca: readCertificate(caFile), ...checked };
}

function ipIdentity(address: string): NonNullable<ConnectionOptions['checkServerIdentity']> {
  return (_host, certificate) => checkServerIdentity(address, certificate);
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AiIpcError('bad_settings', `DB_SSL_CA: cannot read ${file} (${messageOf(error)}).`, {
      cause: error,
    });
  }
}

interface Transaction<T> {
  readonly lock: Statement;
  readonly decide: Decide<T>;
  readonly packetBytes: number;
}

/** Two round trips: BEGIN with the locks, then everything that is written with its COMMIT. */
async function lockAndWrite<T>(
  connection: PoolConnection,
  { lock, decide, packetBytes }: Transaction<T>,
): Promise<T> {
  const sentAtMs = performance.now();
  const [, rows] = await connection.query<[unknown, Row[]]>(`BEGIN;\n${lock.sql}`, lock.values);
  const { writes, result } = decide(rows, sentAtMs);
  // One after the other: behind a packet that failed, the next would be committed all the same.
  for (const { sql, values } of joinInPackets([...writes, COMMIT], packetBytes)) {
    await connection.query(sql, values);
  }
  return result;
}

const COMMIT: Statement = { sql: 'COMMIT', values: [] };

async function insertEach(
  connection: PoolConnection,
  { sql, rows }: RowsStatement,
  packetBytes: number,
): Promise<number[]> {
  const packets = joinInPackets(
    rows.map((row) => ({ sql, rows: [row] })),
    packetBytes,
  );
  // One INSERT is a transaction by itself: no BEGIN and COMMIT around it.
  if (rows.length <= 1) return await insertPackets(connection, packets);
  await connection.beginTransaction();
  const ids = await insertPackets(connection, packets);
  await connection.commit();
  return ids;
}

async function insertPackets(connection: PoolConnection, packets: readonly Statement[]): Promise<number[]> {
  const ids: number[] = [];
  for (const { sql, values } of packets) {
    const results = await connection.query<UpsertResult | UpsertResult[]>(sql, values);
    ids.push(...[results].flat().map((result) => Number(result.insertId)));
  }
  return ids;
}

/** Gives the connection back in any case; after the time limit, or when it is broken, it is closed instead. */
async function guarded<T>(
  connection: PoolConnection,
  work: (connection: PoolConnection) => Promise<T>,
): Promise<T> {
  let isOverdue = false;
  let timer: NodeJS.Timeout | undefined;
  // Raced, because a destroyed connection need not reject what it was doing.
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isOverdue = true;
      reject(overdueError());
      connection.destroy();
    }, OPERATION_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work(connection), overdue]);
  } catch (error) {
    if (!isOverdue) await undo(connection);
    throw error;
  } finally {
    clearTimeout(timer);
    if (!isOverdue) await returnToPool(connection);
  }
}

/** A connection that cannot be brought back to its first state is closed: the server undoes what was open on it. */
async function undo(connection: PoolConnection): Promise<void> {
  if (!connection.isValid()) return;
  try {
    await connection.rollback();
  } catch {
    // The caller learns of the first error; this one only says that the connection is of no more use.
    connection.destroy();
  }
}

async function returnToPool(connection: PoolConnection): Promise<void> {
  if (connection.isValid()) await connection.release();
  else connection.destroy();
}

function overdueError(): AiIpcError {
  const message = `The database did not answer within ${OPERATION_TIMEOUT_MS / 1000} s.`;
  return new AiIpcError('database_unavailable', message);
}

async function retried<T>(name: string, run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await run();
    } catch (error) {
      if (!isRetryable(error)) throw error;
      if (tries >= MAX_TRANSACTION_TRIES) throw toDatabaseError(error, name);
      // By chance, all of it: those that were in each other's way do not meet again.
      await systemClock.sleep(Math.random() * backoffMs(RETRY, tries));
    }
  }
}

async function closePool(pool: Pool): Promise<void> {
  // A connection that hangs must not keep the process: end() waits for the server's goodbye.
  const deadline = new AbortController();
  await Promise.race([pool.end().catch(() => undefined), systemClock.sleep(2_000, deadline.signal)]);
  deadline.abort();
}
