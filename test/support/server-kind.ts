/** The plan as rows, on every server: MySQL draws a tree by default, and MariaDB passes the comment by. */
export const EXPLAIN = 'EXPLAIN /*!80018 FORMAT=TRADITIONAL */';

export interface ServerKind {
  readonly isMysql: boolean;
  /** 101105 for 10.11.5. */
  readonly number: number;
  readonly hasSkipLocked: boolean;
}

/** What a server is, by its own word. */
export async function serverKind(
  query: (sql: string) => Promise<readonly Record<string, unknown>[]>,
): Promise<ServerKind> {
  const [row] = await query('SELECT VERSION() AS version');
  const version = String(row?.['version']);
  const [major = 0, minor = 0, patch = 0] = version.split(/\D/, 3).map(Number);
  const number = major * 10_000 + minor * 100 + patch;
  const isMysql = !/mariadb/i.test(version);
  return { isMysql, number, hasSkipLocked: isMysql || number >= 100_600 };
}
