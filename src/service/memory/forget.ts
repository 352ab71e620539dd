import type { Database, Statement } from '../../database/database.ts';
import { numberOf } from '../../database/row-fields.ts';
import { MEMORY_LIMITS } from '../../mind/memory/memory-limits.ts';
import { checkId } from './owner-ids.ts';
import type { MemoryStatements } from './statements.ts';

/** One DELETE takes a few milliseconds and holds its locks no longer. */
const CHUNK = 500;
const HOURS_A_DAY = 24;

/** Deletes what these two know of each other; null is everybody. Returns how many turns went. */
export async function forget(
  database: Database,
  statements: MemoryStatements,
  { npcId, playerId }: { readonly npcId: string | null; readonly playerId: string | null },
): Promise<number> {
  for (const id of [npcId, playerId]) if (id !== null) checkId(id);
  const { sql, values } = lockFor(statements, { npcId, playerId });
  let turns = 0;
  let afterId = 0;
  for (;;) {
    const lock = { sql, values: [...values, afterId, CHUNK] };
    const deleted = await deleteLocked(database, lock, statements);
    turns += deleted.turns;
    if (deleted.rows < CHUNK) break;
    afterId = deleted.lastId;
  }
  if (npcId === null) {
    if (playerId === null) await database.execute(statements.deleteAllBudgets);
    else await database.execute(statements.deleteBudget, [playerId]);
  }
  return turns;
}

function lockFor(
  statements: MemoryStatements,
  { npcId, playerId }: { readonly npcId: string | null; readonly playerId: string | null },
): Statement {
  if (playerId !== null && npcId !== null) return { sql: statements.lockOfBoth, values: [playerId, npcId] };
  if (playerId !== null) return { sql: statements.lockOfPlayer, values: [playerId] };
  if (npcId !== null) return { sql: statements.lockOfNpc, values: [npcId] };
  return { sql: statements.lockOfAll, values: [] };
}

interface Deleted {
  readonly rows: number;
  readonly turns: number;
  readonly lastId: number;
}

async function deleteLocked(
  database: Database,
  lock: Statement,
  statements: MemoryStatements,
): Promise<Deleted> {
  return await database.lockAndWrite(lock, (rows) => {
    const ids = rows.map((row) => numberOf(row, 'id'));
    const turns = rows.reduce((sum, row) => sum + numberOf(row, 'turns'), 0);
    const writes = ids.length === 0 ? [] : [{ sql: statements.deleteRows, values: [ids] }];
    return { writes, result: { rows: ids.length, turns, lastId: ids.at(-1) ?? 0 } };
  });
}

/** Deletes what NPCs know of players who have not talked to them for so long, and keys and budgets that are over. */
export async function deleteOlderThan(
  database: Database,
  statements: MemoryStatements,
  { days, signal }: { readonly days: number; readonly signal: AbortSignal | undefined },
): Promise<number> {
  const keyDays = Math.min(days, MEMORY_LIMITS.keyHours / HOURS_A_DAY);
  const locks: readonly Statement[] = [
    { sql: statements.lockOld, values: ['turn', days, days, CHUNK] },
    { sql: statements.lockOld, values: ['summary', days, days, CHUNK] },
    { sql: statements.lockOldFolded, values: [keyDays, CHUNK] },
  ];
  let turns = 0;
  for (const lock of locks) {
    while (!signal?.aborted) {
      const deleted = await deleteLocked(database, lock, statements);
      turns += deleted.turns;
      if (deleted.rows < CHUNK) break;
    }
  }
  await database.execute(statements.deleteOldBudgets);
  return turns;
}
