import { hostListText } from '../base/host-list.ts';
import type { MariadbSettings } from '../config/settings.ts';

/** MariaDB as people know it: user, place and database, never the password. A file of its own: it loads no driver. */
export function mariadbName({
  host,
  port,
  socketPath,
  otherHosts = [],
  user,
  database,
}: Pick<MariadbSettings, 'host' | 'port' | 'socketPath' | 'otherHosts' | 'user' | 'database'>): string {
  return `MariaDB ${user}@${socketPath ?? hostListText([{ host, port }, ...otherHosts])}/${database}`;
}

/** A SQLite file as people know it. */
export function sqliteName(file: string): string {
  return `SQLite ${file}`;
}
