import { joinHostAndPort } from '../base/host-and-port.ts';
import type { MariadbSettings } from '../config/settings.ts';

/** MariaDB as people know it: user, place and database, never the password. A file of its own: it loads no driver. */
export function mariadbName({
  host,
  port,
  socketPath,
  user,
  database,
}: Pick<MariadbSettings, 'host' | 'port' | 'socketPath' | 'user' | 'database'>): string {
  return `MariaDB ${user}@${socketPath ?? joinHostAndPort(host, port)}/${database}`;
}

/** A SQLite file as people know it. */
export function sqliteName(file: string): string {
  return `SQLite ${file}`;
}
