import { AiIpcError, type ErrorCode, messageOf } from '../base/errors.ts';

/**
 * The whole transaction is run again after these:
 * 1213 deadlock (on Galera: certification conflict, also at COMMIT), 1205 lock wait timeout,
 * 1020 record has changed (innodb_snapshot_isolation, on by default since MariaDB 11.6.2).
 */
const RETRYABLE = new Set([1213, 1205, 1020]);

/** What an error number of MariaDB or MySQL means for us; anything else that is not fatal is database_failed. */
const CODE_BY_ERRNO = new Map<number, ErrorCode>([
  // access denied: for the user, to the database, by plugin, to a table, to a column, for want of a privilege
  ...codes('database_denied', [1044, 1045, 1698, 1142, 1143, 1227]),
  ...codes('database_unknown', [1049]),
  ...codes('schema_missing', [1146]),
  // a packet above max_allowed_packet: fatal to the connection, and the same the next time
  ...codes('database_failed', [1153]),
  ...codes('schema_old', [1054]),
  // disk full, write error, table full
  ...codes('storage_failed', [1021, 1026, 1114]),
  // too many connections, Galera node not ready, shutting down, aborted, network trouble, user limits, read-only,
  // connection killed, statement interrupted or over max_statement_time; and what was run again in vain
  ...codes('database_unavailable', [
    1040,
    1047,
    1053,
    1077,
    1079,
    1129,
    1152,
    1158,
    1159,
    1160,
    1161,
    1184,
    1203,
    1226,
    1290,
    1317,
    1792,
    1836,
    1927,
    1969,
    ...RETRYABLE,
  ]),
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
]);

/** Certificates that do not fit (names of Node and OpenSSL), or a server without TLS: the same the next time. */
const TLS_CODES =
  /^(ERR_TLS_|ERR_OSSL_|ERR_SSL_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|CERT_|ER_SERVER_SSL_DISABLED)/;

/** What the driver's errors have; read with care, because anything may be thrown. */
interface DriverError {
  readonly errno: number | undefined;
  readonly code: string | undefined;
  readonly isFatal: boolean;
}

export function isRetryable(error: unknown): boolean {
  const { errno } = driverError(error);
  return errno !== undefined && RETRYABLE.has(errno);
}

/** The driver's error as ours, with what to do. `name` is the database as people know it. */
export function toDatabaseError(error: unknown, name: string): AiIpcError {
  if (error instanceof AiIpcError) return error;
  const cause = driverError(error);
  const code = codeOf(cause);
  const advice = ADVICE_BY_ERRNO.get(cause.errno) ?? ADVICE[code] ?? '';
  return new AiIpcError(code, `${name}: ${plainMessage(error)}${advice}`, { cause: error });
}

/** Where the number tells more than the code: with these, user and password were right. */
const ADVICE_BY_ERRNO: ReadonlyMap<number | undefined, string> = new Map([
  // A server tells whoever has no right on a database not even whether there is one.
  [1044, ' Check DB_NAME: there is no such database, or this user has no rights on it (deploy/grants.sql).'],
  [1205, ' A transaction that somebody left open holds a row; SHOW ENGINE INNODB STATUS names it.'],
  [1142, ' Give this user the rights of deploy/grants.sql, or use one that has them (DB_USER).'],
  [1143, ' Give this user the rights of deploy/grants.sql, or use one that has them (DB_USER).'],
]);

const ADVICE: Partial<Record<ErrorCode, string>> = {
  bad_settings: ' Check DB_SSL_CA: the certificate of the authority that signed the one of the server.',
  database_denied: ' Check DB_USER, DB_PASSWORD and the rights of that user (deploy/grants.sql).',
  database_unknown: ' Check DB_NAME, or create the database and run `ai-ipc migrate`.',
  schema_missing: ' Run `ai-ipc migrate`.',
  schema_old: ' Run `ai-ipc migrate`.',
  database_unavailable: ' Check that the server runs and that DB_HOST and DB_PORT name it.',
  storage_failed: ' Make room on the disk of the database; nothing is lost, it is tried again.',
};

function codeOf({ errno, code, isFatal }: DriverError): ErrorCode {
  const known = errno === undefined ? undefined : CODE_BY_ERRNO.get(errno);
  if (known) return known;
  if (code === 'ER_PARSING_PRECISION') return 'id_too_large';
  if (code !== undefined && TLS_CODES.test(code)) return 'bad_settings';
  if (code !== undefined && NETWORK_CODES.has(code)) return 'database_unavailable';
  // 45xxx are the driver's own: no connection in time, connection closed, socket trouble.
  const isDriversOwn = errno !== undefined && errno >= 45_000 && errno < 46_000;
  return isFatal || (isDriversOwn && isConnectionTrouble(code)) ? 'database_unavailable' : 'database_failed';
}

function isConnectionTrouble(code: string | undefined): boolean {
  return /CONNECTION|SOCKET|POOL|CLOSED|CMD/.test(code ?? '');
}

function driverError(error: unknown): DriverError {
  if (typeof error !== 'object' || error === null)
    return { errno: undefined, code: undefined, isFatal: false };
  const { errno, code, fatal } = error as { errno?: unknown; code?: unknown; fatal?: unknown };
  return {
    errno: typeof errno === 'number' ? errno : undefined,
    code: typeof code === 'string' ? code : undefined,
    isFatal: fatal === true,
  };
}

/** The driver puts the statement and its values behind a line end: players' words, which no log may hold. */
function plainMessage(error: unknown): string {
  const message = messageOf(error).split('\n', 1)[0] ?? '';
  return message.replace(/^\(conn:-?\d+, no: -?\d+, SQLState: \w+\) /, '').replace(/([^.!?])$/, '$1.');
}

function codes(code: ErrorCode, numbers: readonly number[]): [number, ErrorCode][] {
  return numbers.map((number) => [number, code]);
}
