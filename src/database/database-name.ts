interface MariadbPlace {
  readonly host: string;
  readonly port: number;
  readonly socketPath: string | null;
  readonly user: string;
  readonly database: string;
}

/** MariaDB as people know it: user, place and database, never the password. Loads no driver. */
export function mariadbName({ host, port, socketPath, user, database }: MariadbPlace): string {
  return `MariaDB ${user}@${socketPath ?? `${host}:${port}`}/${database}`;
}

/** A SQLite file as people know it. */
export function sqliteName(file: string): string {
  return `SQLite ${file}`;
}
