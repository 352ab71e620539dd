import type { Database, Decision, Row, Write } from '../../database/database.ts';
import { numberOf, textOf } from '../../database/row-fields.ts';
import { charactersOf, countToFold, type Folded, fold, toRecollection } from '../../mind/memory/fold.ts';
import type { OlderTurns } from '../../mind/memory/older-turns.ts';
import { partNumbersOf } from '../../mind/memory/parts.ts';
import type { Summary } from '../../mind/memory/summary.ts';
import type { Recollection, Turn } from '../../mind/talk/recollection.ts';
import { deleteOlderThan, forget } from './forget.ts';
import type { KnownOwner, MemoryOwner, NpcMemory } from './memory.ts';
import { OlderLines } from './older-lines.ts';
import { bothIdsOf, digestOf } from './owner-ids.ts';
import { toRemembered } from './remembered-text.ts';
import { findSaid, forgetSurplus, wordLook } from './said-lines.ts';
import { type MemoryStatements, mariadbMemoryStatements, sqliteMemoryStatements } from './statements.ts';
import { replaceSummary, summaryRowIn, toSummary } from './summary-row.ts';
import { factsIn, isFactRow, tellFact } from './told-facts.ts';
import { completeWords, insertWordsOf } from './words.ts';

export type DatabaseKind = 'mariadb' | 'sqlite';

/** What the service does with the memory, and what its cleanup does with it now and then. */
export interface KeptMemory extends NpcMemory {
  /**
   * Deletes what NPCs know of players who have not talked to them for so many days, and keys and budgets that are over.
   * Returns how many turns went.
   */
  deleteOlderThan(days: number, signal?: AbortSignal): Promise<number>;
  /** Makes the words of lines that have none, such as after an import: until then those are not found again. */
  completeWords(signal?: AbortSignal): Promise<void>;
  /** Puts another summary in the place of this one; false where it is there no more, since turns came, or all was forgotten. */
  replaceSummary(
    owner: MemoryOwner,
    summaries: { readonly from: Summary; readonly to: Summary },
  ): Promise<boolean>;
}

/** Told of turns that have gone into the summary, once they are in the database. */
export type FoldListener = (owner: MemoryOwner, older: OlderTurns) => void;

/** The memory in the tables ai_npc_memory and ai_npc_budget. Whoever opened the database closes it. */
export function createNpcMemory(
  database: Database,
  kind: DatabaseKind,
  onFold: FoldListener = () => undefined,
): KeptMemory {
  const statements = kind === 'mariadb' ? mariadbMemoryStatements : sqliteMemoryStatements;
  const olderLines = new OlderLines();
  return {
    // async, so that an id that is refused rejects, and does not throw.
    recall: async (owner, about = '') => recall(database, statements, { owner, about, olderLines }),
    async remember(owner, turn, key) {
      const older = await remember(database, statements, { owner, turn, key });
      if (older === null) return;
      onFold(owner, older);
      await forgetSurplus(database, statements, owner);
    },
    tell: async (owner, fact) => tellFact(database, statements, { owner, fact }),
    forget: async (who) => forget(database, statements, who),
    completeWords: (signal) => completeWords(database, statements, signal),
    deleteOlderThan: (days, signal) => deleteOlderThan(database, statements, { days, signal }),
    replaceSummary: async (owner, summaries) => replaceSummary(database, statements, { owner, ...summaries }),
  };
}

interface Recall {
  readonly owner: KnownOwner;
  readonly about: string;
  readonly olderLines: OlderLines;
}

async function recall(
  database: Database,
  statements: MemoryStatements,
  { owner, about, olderLines }: Recall,
): Promise<Recollection> {
  const [playerId, npcId] = bothIdsOf(owner);
  const key = JSON.stringify([playerId, npcId]);
  const guess = olderLines.guess(key);
  const early = guess === 0 ? undefined : partNumbersOf(about);
  const look = early === undefined ? undefined : wordLook(statements, { owner, parts: early }, guess);
  const [rows = [], words = []] = await database.queryAll([
    { sql: statements.recall, values: [playerId, npcId] },
    ...(look === undefined ? [] : [look.statement]),
  ]);
  const known = recollectRows(rows);
  olderLines.note(key, known.turnsBefore);
  // Without turns in the summary there is no line to find, and nothing is asked: so it is in the first talks of most players.
  if (known.turnsBefore === 0) return known;
  const parts = early ?? partNumbersOf(about);
  const found = look === undefined ? undefined : { way: look.way, rows: words };
  return { ...known, recalled: await findSaid(database, statements, { owner, parts, known, found }) };
}

/** Read from rows as they are before anything is folded that two turns at once have left over. */
function recollectRows(found: readonly Row[]): Recollection {
  const rows = found.toSorted((a, b) => numberOf(a, 'id') - numberOf(b, 'id'));
  const { summary, kept } = foldSurplus(rows, []);
  return { ...toRecollection({ summary, kept: kept.map(toTurn) }), facts: factsIn(rows) };
}

function toTurn(row: Row): Turn {
  return { said: textOf(row, 'said'), answered: textOf(row, 'answered') };
}

interface NewTurn {
  readonly owner: MemoryOwner;
  readonly turn: Turn;
  readonly key: string | null;
}

/** What went into the summary; null where nothing did. */
async function remember(
  database: Database,
  statements: MemoryStatements,
  newTurn: NewTurn,
): Promise<OlderTurns | null> {
  const lock = { sql: statements.lockToRemember, values: bothIdsOf(newTurn.owner) };
  return await database.lockAndWrite(lock, (rows) => decideToRemember(rows, statements, newTurn));
}

/** Place is made for the new turn, whether or not its key turns out to be known. */
function decideToRemember(
  rows: readonly Row[],
  statements: MemoryStatements,
  { owner, turn, key }: NewTurn,
): Decision<OlderTurns | null> {
  const stored = { said: toRemembered(turn.said), answered: toRemembered(turn.answered) };
  const turnKey = key === null ? null : digestOf(owner, `turn ${key}`);
  const turnRow = [owner.npcId, owner.playerId, stored.said, stored.answered, turnKey];
  const writes: Write[] = [{ sql: statements.insertTurn, rows: [turnRow] }];
  const { summary, folded, summaryId } = foldSurplus(rows, [stored]);
  if (folded.length > 0) {
    const said = summary.sentences.join('\n');
    writes.push({ sql: statements.fold, values: [folded.map((row) => numberOf(row, 'id'))] });
    writes.push(insertWordsOf(statements, owner, folded));
    writes.push(
      summaryId === null
        ? {
            sql: statements.insertSummary,
            values: [owner.npcId, owner.playerId, summary.turns, said, digestOf(owner, 'summary')],
          }
        : { sql: statements.updateSummary, values: [summary.turns, said, summaryId] },
    );
  }
  const older = { before: toSummary(summaryRowIn(rows)), turns: folded.map(toTurn), after: summary };
  return { writes, result: folded.length === 0 ? null : older };
}

interface FoldedRows extends Folded<Row> {
  readonly summaryId: number | null;
}

/** `coming` is what is written beside these rows: it counts, and is not folded. */
function foldSurplus(rows: readonly Row[], coming: readonly Turn[]): FoldedRows {
  const turns = rows.filter((row) => row['kind'] === 'turn' && !isFactRow(row));
  const row = summaryRowIn(rows);
  const count = countToFold([...turns.map(toTurn), ...coming].map(charactersOf));
  return {
    ...fold(turns, { count, saidOf: (one) => textOf(one, 'said'), before: toSummary(row) }),
    summaryId: row === undefined ? null : numberOf(row, 'id'),
  };
}
