import type { MariadbServer } from '../../test/support/mariadb-server.ts';
import type { TestDatabase } from '../../test/support/test-database.ts';
import type { WorkerProcess } from '../../test/support/worker-process.ts';
import { cpuMsOf } from '../cpu-of.ts';

/** What the server counts as statements: each of a packet that has several. */
const ALL = 'Questions';
const KINDS = {
  SELECT: ['Com_select'],
  INSERT: ['Com_insert', 'Com_insert_select', 'Com_replace'],
  UPDATE: ['Com_update', 'Com_update_multi'],
  DELETE: ['Com_delete', 'Com_delete_multi'],
  BEGIN: ['Com_begin'],
  COMMIT: ['Com_commit'],
  ROLLBACK: ['Com_rollback'],
  SET: ['Com_set_option'],
} as const;
const NAMES = [ALL, ...Object.values(KINDS).flat()];

/** So far, or between two looks. */
export interface Costs {
  readonly statements: number;
  /** Of these, the kinds that there were. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly workerCpuMs: number;
  readonly databaseCpuMs: number;
  readonly atMs: number;
}

export interface Measured {
  readonly server: MariadbServer;
  readonly database: TestDatabase;
  readonly workers: readonly WorkerProcess[];
}

/** What workers and database have cost so far: without the statements of `database` itself, by which the load comes. */
export async function costsOf({ server, database, workers }: Measured): Promise<Costs> {
  // One after the other, over the same connection: both have one statement more at the second look.
  const all = await statusOf(database, 'GLOBAL');
  const own = await statusOf(database, 'SESSION');
  const counted = (name: string) => (all.get(name) ?? 0) - (own.get(name) ?? 0);
  const kinds = Object.entries(KINDS).map(([kind, names]) => [
    kind,
    names.reduce((sum, name) => sum + counted(name), 0),
  ]);
  return {
    statements: counted(ALL),
    kinds: Object.fromEntries(kinds),
    workerCpuMs: workers.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0),
    databaseCpuMs: cpuMsOf(server.pid ?? 0),
    atMs: performance.now(),
  };
}

export function costsBetween(before: Costs, after: Costs): Costs {
  const kinds = Object.entries(after.kinds).map(([kind, count]) => [kind, count - (before.kinds[kind] ?? 0)]);
  return {
    statements: after.statements - before.statements,
    kinds: Object.fromEntries(kinds),
    workerCpuMs: after.workerCpuMs - before.workerCpuMs,
    databaseCpuMs: after.databaseCpuMs - before.databaseCpuMs,
    atMs: after.atMs - before.atMs,
  };
}

async function statusOf(
  database: TestDatabase,
  scope: 'GLOBAL' | 'SESSION',
): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query<{ Variable_name: string; Value: string }[]>(
    `SHOW ${scope} STATUS WHERE Variable_name IN (?)`,
    [NAMES],
  );
  return new Map(rows.map((row) => [row.Variable_name, Number(row.Value)]));
}
