import type { Database, Decision, Row, Write } from '../../database/database.ts';
import { numberOf, textOf } from '../../database/row-fields.ts';
import { charactersOf, countToFold, type Folded, fold, toRecollection } from '../../mind/memory/fold.ts';
import { EMPTY_SUMMARY, type Summary } from '../../mind/memory/summary.ts';
import type { Recollection, Turn } from '../../mind/talk/recollection.ts';
import { deleteOlderThan, forget } from './forget.ts';
import type { MemoryOwner, NpcMemory } from './memory.ts';
import { bothIdsOf, digestOf } from './owner-ids.ts';
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

/** The memory in the tables ai_npc_memory and ai_npc_budget. Whoever opened the database closes it. */
export function createNpcMemory(database: Database, kind: DatabaseKind): KeptMemory {
  const statements = kind === 'mariadb' ? mariadbMemoryStatements : sqliteMemoryStatements;
  return {
    // async, so that an id that is refused rejects, and does not throw.
    recall: async (owner) => recollectRows(await database.query(statements.recall, bothIdsOf(owner))),
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
  const lock = { sql: statements.lockToRemember, values: bothIdsOf(newTurn.owner) };
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
