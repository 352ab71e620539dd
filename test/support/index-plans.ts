import type { Connection } from 'mariadb';
import { EXPLAIN } from './server-kind.ts';

type PlanRow = Readonly<Record<string, unknown>>;

/** Ways to rows that begin at a key. The others, ALL and index, go through a whole table or a whole index. */
const BY_KEY = ['const', 'eq_ref', 'ref', 'range'];

/** Whether a statement locks rows or changes them where they are; what only inserts goes by its keys anyway. */
export function locksOrWrites(sql: string): boolean {
  return /^\s*(?:UPDATE|DELETE)\b|\bFOR UPDATE\b/.test(sql);
}

/**
 * What is wrong with the server's plan for a statement, one sentence each: every table in it must be reached by the
 * index that the statement names for it, and by a key.
 */
export async function planFaults(
  session: Connection,
  sql: string,
  values: readonly unknown[] = [],
): Promise<string[]> {
  const named = namedIndexes(sql);
  const plan = await session.query<PlanRow[]>(`${EXPLAIN} ${sql}`, [...values]);
  return plan.flatMap((row) => faultOf(row, named) ?? []);
}

/** The index that is named for each table, by the table's alias where it has one. */
function namedIndexes(sql: string): ReadonlyMap<string, string> {
  const uses = sql.matchAll(/`?\b(ai_\w+)`?(?:\s+(?:AS\s+)?(\w+))?\s+FORCE INDEX \(`?(\w+)`?\)/g);
  return new Map([...uses].map(([, table = '', alias, index = '']) => [alias ?? table, index]));
}

function faultOf(row: PlanRow, named: ReadonlyMap<string, string>): string | undefined {
  const { table, type, key } = row;
  // Names in brackets are results that the statement itself makes. No name: a row that a key found, or did not.
  if (typeof table !== 'string') return isFoundBefore(row) ? undefined : `no table at all: ${row['Extra']}`;
  if (table.startsWith('<')) return undefined;
  const index = named.get(table);
  if (index === undefined) return `${table} has no index named`;
  if (key === index && BY_KEY.includes(String(type))) return undefined;
  return `${table} goes by ${type} and ${key}, not by a key of ${index}`;
}

function isFoundBefore(row: PlanRow): boolean {
  return /after reading const tables|no matching row in const table|outer query is empty/i.test(
    String(row['Extra']),
  );
}
