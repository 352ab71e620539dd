import type { Database, Row, Write } from '../../database/database.ts';
import { nullableTextOf, numberOf, textOf } from '../../database/row-fields.ts';
import { partNumbersOf } from '../../mind/memory/parts.ts';
import type { MemoryOwner } from './memory.ts';
import { ownerNumberOf } from './owner-ids.ts';
import type { WordStatements } from './word-statements.ts';

/** Some 8,000 words: a tenth of a second. */
const LINES_A_TIME = 200;
/** One DELETE of so many takes some 50 ms. */
const WORDS_A_TIME = 5_000;

/** By which words these lines are found again. */
export function insertWordsOf(
  { insertWords }: WordStatements,
  owner: MemoryOwner,
  lines: readonly Row[],
): Write {
  return { sql: insertWords, rows: wordRowsOf(owner, lines) };
}

/** Deletes the words of these lines, which are cut into parts for it as they were before. */
export function deleteWordsOfLines(
  { deleteWord }: WordStatements,
  owner: MemoryOwner,
  lines: readonly Row[],
): Write {
  return { sql: deleteWord, rows: wordRowsOf(owner, lines) };
}

/** Owner, word and turn. A turn that was folded before lines were kept has no words. */
function wordRowsOf(owner: MemoryOwner, lines: readonly Row[]): [number, number, number][] {
  const number = ownerNumberOf(owner);
  return lines.flatMap((line) => {
    const turn = numberOf(line, 'id');
    const parts = partNumbersOf(nullableTextOf(line, 'said') ?? '');
    return parts.map((word): [number, number, number] => [number, word, turn]);
  });
}

/** Deletes all words of an NPC and a player, some at a time. */
export async function deleteWordsOf(
  database: Database,
  statements: WordStatements,
  owner: MemoryOwner,
): Promise<void> {
  const number = ownerNumberOf(owner);
  const lock = { sql: statements.lockWords, values: [number, WORDS_A_TIME] };
  for (;;) {
    const count = await database.lockAndWrite(lock, (rows) => {
      const last = rows.at(-1);
      const writes =
        last === undefined
          ? []
          : [{ sql: statements.deleteWordsTo, values: [number, numberOf(last, 'word')] }];
      return { writes, result: rows.length };
    });
    if (count < WORDS_A_TIME) return;
  }
}

/**
 * Makes the words of all lines, once for a database: an export has the lines alone, of which these can be made. What is there
 * already stays as it is, so it does no harm twice, nor while others talk, and may be ended at any point.
 */
export async function completeWords(
  database: Database,
  statements: WordStatements,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [state] = await database.query(statements.readWordState);
  if (state?.['value'] === 'complete') return;
  let afterId = 0;
  while (!signal?.aborted) {
    const lock = { sql: statements.lockLines, values: [afterId, LINES_A_TIME] };
    const rows = await database.lockAndWrite(lock, (lines) => ({
      writes: lines.map((line) => insertWordsOf(statements, ownerOf(line), [line])),
      result: lines,
    }));
    const last = rows.at(-1);
    if (last === undefined) {
      await database.execute(statements.setWordState);
      return;
    }
    afterId = numberOf(last, 'id');
  }
}

/** Whose row this is. */
export function ownerOf(row: Row): MemoryOwner {
  return { npcId: textOf(row, 'npc_id'), playerId: textOf(row, 'player_id') };
}
