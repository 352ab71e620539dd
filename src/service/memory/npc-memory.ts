import { createHash } from 'node:crypto';
import { AiIpcError } from '../../base/errors.ts';
import type { Database, Decision, Row, Statement, Write } from '../../database/database.ts';
import { numberOf, textOf } from '../../database/row-fields.ts';
import { charactersOf, countToFold, type Folded, fold, toRecollection } from '../../mind/memory/fold.ts';
import { MEMORY_LIMITS } from '../../mind/memory/memory-limits.ts';
import { EMPTY_SUMMARY, type Summary } from '../../mind/memory/summary.ts';
import type { Recollection, Turn } from '../../mind/talk/recollection.ts';
import type { MemoryOwner, NpcMemory } from './memory.ts';
import { toRemembered } from './remembered-text.ts';
import { type MemoryStatements, mariadbMemoryStatements, sqliteMemoryStatements } from './statements.ts';

export type DatabaseKind = 'mariadb' | 'sqlite';

/** What the service does with the memory, and what its cleanup does with it now and then. */
export interface KeptMemory extends NpcMemory {
  /**
   * Deletes what NPCs know of players who have not talked to them for so many days, and keys and budgets that are over.
   * Returns how many turns went.
   */
  deleteOlderThan(days: number, signal?: AbortSignal): Promise<number>;
}

/** One DELETE takes a few milliseconds and holds its locks no longer. */
const CHUNK = 500;
const HOURS_A_DAY = 24;

/** The memory in the tables ai_npc_memory and ai_npc_budget. Whoever opened the database closes it. */
export function createNpcMemory(database: Database, kind: DatabaseKind): KeptMemory {
  const statements = kind === 'mariadb' ? mariadbMemoryStatements : sqliteMemoryStatements;
  return {
    // async, so that an id that is refused rejects, and does not throw.
    recall: async (owner) => recollectRows(await database.query(statements.recall, idsOf(owner))),
    remember: async (owner, turn, key) => remember(database, statements, { owner, turn, key }),
    forget: async (who) => forget(database, statements, who),
    deleteOlderThan: (days, signal) => deleteOlderThan(database, statements, { days, signal }),
  };
}

/** Read from rows as they are before anything is folded that two turns at once have left over. */
function recollectRows(rows: readonly Row[]): Recollection {
  const { summary, kept } = foldSurplus(rows, []);
  return toRecollection({ summary, kept: kept.map(toTurn) });
}

function toTurn(row: Row): Turn {
  return { said: textOf(row, 'said'), answered: textOf(row, 'answered') };
}

interface NewTurn {
  readonly owner: MemoryOwner;
  readonly turn: Turn;
  readonly key: string | null;
}

async function remember(database: Database, statements: MemoryStatements, newTurn: NewTurn): Promise<void> {
  const lock = { sql: statements.lockToRemember, values: idsOf(newTurn.owner) };
  await database.lockAndWrite(lock, (rows) => decideToRemember(rows, statements, newTurn));
}

/** Place is made for the new turn, whether or not its key turns out to be known. */
function decideToRemember(
  rows: readonly Row[],
  statements: MemoryStatements,
  { owner, turn, key }: NewTurn,
): Decision<void> {
  const stored = { said: toRemembered(turn.said), answered: toRemembered(turn.answered) };
  const turnKey = key === null ? null : digestOf(owner, `turn ${key}`);
  const turnRow = [owner.npcId, owner.playerId, stored.said, stored.answered, turnKey];
  const writes: Write[] = [{ sql: statements.insertTurn, rows: [turnRow] }];
  const { summary, folded, summaryId } = foldSurplus(rows, [stored]);
  if (folded.length > 0) {
    const said = summary.sentences.join('\n');
    writes.push({ sql: statements.fold, values: [folded.map((row) => numberOf(row, 'id'))] });
    writes.push(
      summaryId === null
        ? {
            sql: statements.insertSummary,
            values: [owner.npcId, owner.playerId, summary.turns, said, digestOf(owner, 'summary')],
          }
        : { sql: statements.updateSummary, values: [summary.turns, said, summaryId] },
    );
  }
  return { writes, result: undefined };
}

interface FoldedRows extends Folded<Row> {
  readonly summaryId: number | null;
}

/** `coming` is what is written beside these rows: it counts, and is not folded. */
function foldSurplus(rows: readonly Row[], coming: readonly Turn[]): FoldedRows {
  const turns = rows.filter((row) => row['kind'] === 'turn');
  const row = rows.find((one) => one['kind'] === 'summary');
  const count = countToFold([...turns.map(toTurn), ...coming].map(charactersOf));
  return {
    ...fold(turns, { count, saidOf: (one) => textOf(one, 'said'), before: toSummary(row) }),
    summaryId: row === undefined ? null : numberOf(row, 'id'),
  };
}

function toSummary(row: Row | undefined): Summary {
  if (row === undefined) return EMPTY_SUMMARY;
  const sentences = textOf(row, 'said').split('\n');
  return { turns: numberOf(row, 'turns'), sentences: sentences.filter((sentence) => sentence !== '') };
}

async function forget(
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

async function deleteOlderThan(
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

function idsOf({ npcId, playerId }: MemoryOwner): [string, string] {
  checkId(npcId);
  checkId(playerId);
  return [playerId, npcId];
}

/**
 * A half of a surrogate pair would be stored as the same replacement character as any other, and SQLite ends a text at
 * NUL: two players as one.
 */
function checkId(id: string): void {
  const { charactersPerId } = MEMORY_LIMITS;
  if (id !== '' && [...id].length <= charactersPerId && !/[\p{Cs}\0]/u.test(id)) return;
  throw new AiIpcError(
    'bad_argument',
    `The id ${JSON.stringify(id.slice(0, 60))} cannot be remembered: give a text of 1 to ${charactersPerId} characters, without NUL.`,
  );
}

/** A key of any length; that of one owner says nothing to another. */
function digestOf({ npcId, playerId }: MemoryOwner, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([npcId, playerId, key]))
    .digest('hex');
}
