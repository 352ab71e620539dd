import type { Database, Row, Statement, Write } from '../../database/database.ts';
import { numberOf } from '../../database/row-fields.ts';
import type { MemoryOwner } from './memory.ts';
import { checkId, ownerNumberOf } from './owner-ids.ts';
import type { MemoryStatements } from './statements.ts';
import { deleteWordsOf, ownerOf } from './words.ts';

/** One DELETE takes a few milliseconds and holds its locks no longer. */
const CHUNK = 500;

/** Deletes what these two know of each other; null is everybody. Returns how many turns went. */
export async function forget(
  database: Database,
  statements: MemoryStatements,
  { npcId, playerId }: { readonly npcId: string | null; readonly playerId: string | null },
): Promise<number> {
  for (const id of [npcId, playerId]) if (id !== null) checkId(id);
  let turns = 0;
  let afterId = 0;
  for (;;) {
    const lock = lockFor(statements, { npcId, playerId, afterId });
    const deleted = await deleteRows(database, lock, statements);
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

interface Forgetting {
  readonly npcId: string | null;
  readonly playerId: string | null;
  /** Where many other rows stand between those that are looked for, what was passed is not looked at again. */
  readonly afterId: number;
}

function lockFor(statements: MemoryStatements, { npcId, playerId, afterId }: Forgetting): Statement {
  if (playerId !== null && npcId !== null)
    return { sql: statements.lockOfBoth, values: [playerId, npcId, CHUNK] };
  if (playerId !== null) return { sql: statements.lockOfPlayer, values: [playerId, CHUNK] };
  if (npcId !== null) return { sql: statements.lockOfNpc, values: [npcId, afterId, CHUNK] };
  return { sql: statements.lockOfAll, values: [afterId, CHUNK] };
}

interface Deleted {
  readonly rows: number;
  readonly turns: number;
  readonly lastId: number;
}

/** Rows, and all words of whoever has lines among them: those of so many lines go before, in transactions of their own. */
async function deleteRows(
  database: Database,
  lock: Statement,
  statements: MemoryStatements,
): Promise<Deleted> {
  const found = await database.query(lock.sql, lock.values);
  for (const owner of ownersOfLines(found)) await deleteWordsOf(database, statements, owner);
  return await deleteLocked(database, lock, statements);
}

/** Only those that are `wanted`. */
async function deleteLocked(
  database: Database,
  lock: Statement,
  statements: MemoryStatements,
  wanted: (row: Row) => boolean = () => true,
): Promise<Deleted> {
  return await database.lockAndWrite(lock, (rows) => {
    const deleted = rows.filter(wanted);
    const ids = deleted.map((row) => numberOf(row, 'id'));
    const turns = deleted.reduce((sum, row) => sum + numberOf(row, 'turns'), 0);
    const writes = ids.length === 0 ? [] : [{ sql: statements.deleteRows, values: [ids] }];
    const result = { rows: rows.length, turns, lastId: ids.at(-1) ?? 0 };
    return { writes: [...wordsLeftOf(deleted, statements), ...writes], result };
  });
}

/** A talk that has just been remembered may have brought new ones. */
function wordsLeftOf(rows: readonly Row[], { deleteWordsOf: sql }: MemoryStatements): Write[] {
  return [{ sql, rows: ownersOfLines(rows).map((owner) => [ownerNumberOf(owner)]) }];
}

function ownersOfLines(rows: readonly Row[]): MemoryOwner[] {
  return distinctOwners(rows.filter((row) => row['kind'] === 'folded'));
}

function distinctOwners(rows: readonly Row[]): MemoryOwner[] {
  return [...new Map(rows.map((row) => [keyOf(row), ownerOf(row)])).values()];
}

function keyOf(row: Row): string {
  const { npcId, playerId } = ownerOf(row);
  return JSON.stringify([npcId, playerId]);
}

/** Deletes what NPCs know of players who have not talked to them for so long, and budgets that are over. */
export async function deleteOlderThan(
  database: Database,
  statements: MemoryStatements,
  { days, signal }: { readonly days: number; readonly signal: AbortSignal | undefined },
): Promise<number> {
  let turns = 0;
  for (const kind of ['turn', 'summary']) {
    const lock = { sql: statements.lockOld, values: [kind, days, days, CHUNK] };
    while (!signal?.aborted) {
      const found = await database.query(lock.sql, lock.values);
      // What was said goes before what leads to it: ended in between, the next look finds the pair again.
      for (const owner of distinctOwners(found)) await deleteLines(database, statements, owner);
      const over = new Set(found.map(keyOf));
      const deleted = await deleteLocked(database, lock, statements, (row) => over.has(keyOf(row)));
      turns += deleted.turns;
      if (deleted.rows < CHUNK) break;
    }
  }
  await database.execute(statements.deleteOldBudgets);
  return turns;
}

/** What these two said in older turns. */
async function deleteLines(
  database: Database,
  statements: MemoryStatements,
  { npcId, playerId }: MemoryOwner,
): Promise<void> {
  const lock = { sql: statements.lockFoldedOfBoth, values: [playerId, npcId, CHUNK] };
  let rows = CHUNK;
  while (rows === CHUNK) rows = (await deleteRows(database, lock, statements)).rows;
}
