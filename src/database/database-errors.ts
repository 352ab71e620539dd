import { AiIpcError, type ErrorCode, exitCodeOf, messageOf } from '../base/errors.ts';
import { type DriverError, readDriverError } from './driver-error.ts';
import { adviceFor } from './error-advice.ts';
import type { SeenLine } from './seen-line.ts';
import { isTlsTrouble } from './tls-advice.ts';

/**
 * The whole transaction is run again after these:
 * 1213 deadlock (on Galera: certification conflict, also at COMMIT), 1205 lock wait timeout,
 * 1020 record has changed (innodb_snapshot_isolation, on by default since MariaDB 11.6.2),
 * 1180 the COMMIT failed and was undone (on Galera: a conflict that was found there, a node that is just being cut off).
 */
const RETRYABLE = new Set([1213, 1205, 1020, 1180]);
/** In 1180's words: what was written is more than Galera takes at once (wsrep_max_ws_size), which is so the next time, too. */
const TOO_LARGE_TO_COMMIT = /\b90\b/;
/** ER_BAD_NULL_ERROR. */
const NULL_REFUSED = 1048;
/** ER_DATA_OUT_OF_RANGE, of a number that falls below zero. */
const OUT_OF_RANGE = 1690;

/**
 * What says that this server is of no use to a writer, and another one may be, for every connection to it: 1290 locked for
 * reading, 1792 transactions that only read, 1836, 1874, 1881 and 1036 InnoDB or a table read-only, 1047 Galera node cut
 * off, 3100 the same in MySQL's group replication, 1053 shutting down, 3032 offline, 3168 not there. And 1665, a binary log
 * by statement: once an admin has mended that, connections that are open keep the old way.
 */
const SERVER_STATE = new Set([1290, 1792, 1836, 1874, 1881, 1036, 1047, 3100, 1053, 3032, 3168, 1665]);
/** And of this connection alone: killed, cut, silent for too long. */
const CONNECTION_LOST = [1080, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 3169, 4031];
/** The server has no connection for us: in all, for this user, for this account. */
const NO_CONNECTION_LEFT = new Set([1040, 1203, 1226]);

/** What an error number of MariaDB or MySQL means for us; anything else that is not fatal is database_failed. */
const CODE_BY_ERRNO = new Map<number, ErrorCode>([
  // access denied: for the user, to the database, by plugin, to a table, to a column, for want of a privilege; from a
  // host that no account has; account locked, password expired (two ways), password plugin unknown to the server, or to
  // us, in MariaDB's words and in the driver's; to the procedure
  ...codes(
    'database_denied',
    [1044, 1045, 1698, 1142, 1143, 1227, 1130, 3118, 4151, 1820, 1862, 1524, 1251, 1275, 45_025, 1370],
  ),
  ...codes('database_unknown', [1049]),
  ...codes('schema_missing', [1146]),
  // a packet above max_allowed_packet: fatal to the connection, and the same the next time
  ...codes('database_failed', [1153]),
  ...codes('schema_old', [1054, 1176]),
  // disk full, write error, table full
  ...codes('storage_failed', [1021, 1026, 1114]),
  // TLS demanded
  ...codes('bad_settings', [3159]),
  // host blocked after failed handshakes, statement interrupted or over max_statement_time; and what was run again in vain
  ...codes('database_unavailable', [
    ...SERVER_STATE,
    ...CONNECTION_LOST,
    ...NO_CONNECTION_LEFT,
    1129,
    1317,
    1969,
    3024,
    ...RETRYABLE,
  ]),
  // a binary log by statement, which takes nothing from READ COMMITTED
  ...codes('database_unsupported', [1665]),
]);

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPERM',
  'EACCES',
]);

export function isRetryable(error: unknown): boolean {
  const { errno } = readDriverError(error);
  if (isTooLate(error)) return true;
  return errno !== undefined && RETRYABLE.has(errno) && !isTooLarge(error, errno);
}

/**
 * Whether a life ended between lock and write: `complete` (src/store/) then makes the status NULL, which is refused by the
 * column's name. The whole of it is run again, and finds the life over.
 */
export function isTooLate(error: unknown): boolean {
  return readDriverError(error).errno === NULL_REFUSED && serverWords(error).includes("'status'");
}

/** Whether the lock of a `writeIfLocked` did not find all that it should, and so failed. */
export function hasMissed(error: unknown): boolean {
  return readDriverError(error).errno === OUT_OF_RANGE;
}

function isTooLarge(error: unknown, errno: number): boolean {
  return errno === 1180 && TOO_LARGE_TO_COMMIT.test(serverWords(error));
}

/** Whether every connection to this server is of no more use: a new one may lead to another server. */
export function isOfServerState(error: unknown): boolean {
  const { errno } = readDriverError(error);
  return errno !== undefined && SERVER_STATE.has(errno);
}

/** Whether the server has no more connections for us than we have. */
export function isFull(error: unknown): boolean {
  const { errno } = readDriverError(error);
  return errno !== undefined && NO_CONNECTION_LEFT.has(errno);
}

/** Whether an admin has to act before it can go well. */
export function isLasting(error: unknown): boolean {
  return exitCodeOf(toDatabaseError(error, '')) === 78;
}

/** Whether a server let nobody in who comes like this: by this password, or without TLS. */
export function isLoginRefused(error: unknown): boolean {
  const { errno } = readDriverError(error);
  return errno === 1045 || errno === 3159;
}

/**
 * The driver's error as ours, with what to do. `name` is the database as people know it, `line` what was seen of a connection
 * that was refused.
 */
export function toDatabaseError(error: unknown, name: string, line?: SeenLine): AiIpcError {
  if (error instanceof AiIpcError) return error;
  const cause = readDriverError(error);
  const words = serverWords(error);
  const code = codeOf(cause, words);
  const advice = adviceFor({ errno: cause.errno, code, words, line });
  return new AiIpcError(code, `${name}: ${words} ${advice}`.trimEnd(), { cause: error });
}

function codeOf(error: DriverError, words: string): ErrorCode {
  const { errno, code, isFatal } = error;
  if (errno === 1180 && TOO_LARGE_TO_COMMIT.test(words)) return 'database_failed';
  const known = errno === undefined ? undefined : CODE_BY_ERRNO.get(errno);
  if (known) return known;
  if (code === 'ER_PARSING_PRECISION') return 'id_too_large';
  if (isTlsTrouble(error)) return 'bad_settings';
  if (code !== undefined && NETWORK_CODES.has(code)) return 'database_unavailable';
  // 45xxx are the driver's own: no connection in time, connection closed, socket trouble.
  const isDriversOwn = errno !== undefined && errno >= 45_000 && errno < 46_000;
  return isFatal || (isDriversOwn && isConnectionTrouble(code)) ? 'database_unavailable' : 'database_failed';
}

function isConnectionTrouble(code: string | undefined): boolean {
  return /CONNECTION|SOCKET|POOL|CLOSED|CMD/.test(code ?? '');
}

/** 1062 "Duplicate entry '…' for key", 1366 "Incorrect string value: '…' for column", 1292 and their kind. */
const QUOTED_VALUE = /\b(value:? |entry )'(?:.*'(?= for )|.*$)/;

/**
 * The server's own words, without a value that it quotes. The driver puts the statement and its values behind a line end: players' words, which no log may
 * hold. Of several addresses that were tried, the last one's.
 */
export function serverWords(error: unknown): string {
  const tried = error instanceof AggregateError ? error.errors.at(-1) : error;
  const message = messageOf(tried).split('\n', 1)[0] ?? '';
  return message
    .replace(/^\(conn:-?\d+, no: -?\d+, SQLState: \w+\) /, '')
    .replace(QUOTED_VALUE, "$1'…'")
    .replace(/([^.!?])$/, '$1.');
}

function codes(code: ErrorCode, numbers: readonly number[]): [number, ErrorCode][] {
  return numbers.map((number) => [number, code]);
}
