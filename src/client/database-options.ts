import { AiIpcError } from '../base/errors.ts';
import { readHostList } from '../base/host-list.ts';
import type { StoreSettings } from '../store/open-store.ts';

/** The embedded database: a file, made when it is not there. */
export interface SqliteOptions {
  readonly kind: 'sqlite';
  readonly file: string;
}

/** A MariaDB that `ai-ipc migrate` has prepared. */
export interface MariadbOptions {
  readonly kind: 'mariadb';
  /**
   * Default 127.0.0.1. Of several with the same data (Galera), such as `db1,db2:3307,[::1]`, the first that serves is used,
   * and the first of all as soon as it serves again.
   */
  readonly host?: string;
  /** Of hosts that name none. Default 3306. */
  readonly port?: number;
  /** A Unix socket, in place of host and port. */
  readonly socketPath?: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** The most connections, at least 2. Default 5. */
  readonly maxPoolSize?: number;
  /** As the setting DB_SSL. Default: `verify-full` with `sslCaFile`, else `preferred`. */
  readonly ssl?: 'disabled' | 'preferred' | 'required' | 'verify-ca' | 'verify-full';
  /** The file of the certificate authority (PEM) by which `verify-ca` and `verify-full` check the server. */
  readonly sslCaFile?: string;
}

export type DatabaseOptions = SqliteOptions | MariadbOptions;

const DEFAULT_POOL_SIZE = 5;

/** Throws AiIpcError (bad_argument): from JavaScript anything may come. */
export function storeSettings(options: DatabaseOptions): StoreSettings {
  if (options?.kind === 'sqlite') {
    checkText('file', options.file);
    return options;
  }
  if (options?.kind !== 'mariadb') throw wrongKind(options);
  for (const name of ['user', 'password', 'database'] as const) checkText(name, options[name]);
  for (const name of ['port', 'maxPoolSize'] as const) checkNumber(name, options[name]);
  return {
    kind: 'mariadb',
    ...placeOf(options),
    user: options.user,
    password: options.password,
    database: options.database,
    // A connection that rests is closed with a goodbye; one that the pool must keep would be cut, and remade, every 10 s.
    minPoolSize: 0,
    maxPoolSize: Math.max(2, options.maxPoolSize ?? DEFAULT_POOL_SIZE),
    ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    sslCaFile: options.sslCaFile ?? null,
  };
}

function placeOf({ host = '127.0.0.1', port = 3306, socketPath }: MariadbOptions) {
  checkText('host', host);
  if (socketPath !== undefined) return { host, port, socketPath };
  const list = readHostList(host, port);
  if ('reason' in list) {
    const why = list.reason === '' ? '' : `: ${list.reason}`;
    throw new AiIpcError(
      'bad_argument',
      `The option host of the database is ${JSON.stringify(host)}${why}. Give a host, or several such as db1,db2:3307,[::1].`,
    );
  }
  const [first, ...otherHosts] = list.hosts;
  return { ...first, otherHosts, socketPath: null };
}

function wrongKind(options: unknown): AiIpcError {
  const kind = (options as { readonly kind?: unknown } | null | undefined)?.kind;
  return new AiIpcError(
    'bad_argument',
    `The database's kind is ${JSON.stringify(kind) ?? 'missing'}. Give 'mariadb' (for MySQL, too) or 'sqlite'.`,
  );
}

function checkText(name: string, value: unknown): void {
  if (typeof value === 'string') return;
  throw new AiIpcError('bad_argument', `The option ${name} of the database is ${typeof value}, not text.`);
}

function checkNumber(name: string, value: unknown): void {
  if (value === undefined || Number.isInteger(value)) return;
  const written = JSON.stringify(value) ?? typeof value;
  throw new AiIpcError(
    'bad_argument',
    `The option ${name} of the database is ${written}, not a whole number.`,
  );
}
