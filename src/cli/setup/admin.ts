import { existsSync } from 'node:fs';
import { AiIpcError } from '../../base/errors.ts';
import type { MariadbSettings } from '../../config/load.ts';
import { serverAdvice } from './checks.ts';

/** Where servers of Debian, and of others, listen for the administrator. */
const SOCKETS = [
  '/run/mysqld/mysqld.sock',
  '/var/run/mysqld/mysqld.sock',
  '/var/lib/mysql/mysql.sock',
  '/tmp/mysql.sock',
];
const WHERE = /^([^@\s]+)(?:@(?:(\/.*)|\[([^\]]+)\](?::(\d+))?|([^:/\s]+)(?::(\d+))?))?$/;

export interface AdminNeeds {
  /** `--db-admin`: user, user@host:port or user@/path/of/the/socket. */
  readonly option: string | undefined;
  readonly password: string | undefined;
}

/** How the administrator of the database server logs in: by default root, through the socket, as `sudo mariadb` does. */
export function adminSettings(
  database: MariadbSettings,
  { option, password = '' }: AdminNeeds,
): MariadbSettings {
  if (option === undefined)
    return { ...database, ...rootBySocket(database), otherHosts: [], user: 'root', password };
  const [, user, socketPath, host6, port6, host, port] = WHERE.exec(option) ?? [];
  if (user === undefined)
    throw new AiIpcError(
      'bad_argument',
      `--db-admin ${JSON.stringify(option)} is none. Allowed: root, root@host:port or root@/path/of/the/socket; ` +
        'the password goes into DB_ADMIN_PASSWORD.',
    );
  const alone = { ...database, user, password, otherHosts: [] };
  if (socketPath !== undefined) return { ...alone, host: 'localhost', socketPath };
  const named = host6 ?? host;
  if (named === undefined) return { ...database, user, password };
  return { ...alone, host: named, port: Number(port6 ?? port ?? 3306), socketPath: null };
}

function rootBySocket({ host, socketPath }: MariadbSettings): { host: string; socketPath: string } {
  const isHere = socketPath !== null || /^(localhost|127\.[\d.]+|::1)$/.test(host);
  const found = socketPath ?? SOCKETS.find((path) => existsSync(path));
  if (isHere && found !== undefined) return { host: 'localhost', socketPath: found };
  throw new AiIpcError(
    'database_unavailable',
    isHere
      ? `No database server is found on this machine. ${serverAdvice()}, or root with a password: --db-admin root`
      : `The database is on ${host}. Name its administrator: --db-admin root@${host}, with DB_ADMIN_PASSWORD; or have him ` +
          'load deploy/grants.sql and make the user himself.',
  );
}
