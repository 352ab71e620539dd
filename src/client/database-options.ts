import type { StoreSettings } from '../store/open-store.ts';

/** The embedded database: a file, made when it is not there. */
export interface SqliteOptions {
  readonly kind: 'sqlite';
  readonly file: string;
}

/** A MariaDB that `ai-ipc migrate` has prepared. */
export interface MariadbOptions {
  readonly kind: 'mariadb';
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 3306. */
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

export function storeSettings(options: DatabaseOptions): StoreSettings {
  if (options.kind === 'sqlite') return options;
  return {
    kind: 'mariadb',
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 3306,
    socketPath: options.socketPath ?? null,
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
