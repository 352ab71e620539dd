import type { Database, Row } from '../../database/database.ts';
import { numberOf, textOf } from '../../database/row-fields.ts';
import { MEMORY_LIMITS } from '../../mind/memory/memory-limits.ts';
import { partNumbersOf } from '../../mind/memory/parts.ts';
import { bestFits, type FoundPart, worthTelling } from '../../mind/memory/recalling.ts';
import type { Recollection } from '../../mind/talk/recollection.ts';
import type { KnownOwner, MemoryOwner } from './memory.ts';
import { bothIdsOf, ownerNumberOf } from './owner-ids.ts';
import type { MemoryStatements } from './statements.ts';
import { deleteWordsOfLines } from './words.ts';

/** Lines that are too many go so many at once. */
const CHUNK = 100;

interface Finding {
  readonly owner: KnownOwner;
  /** What the player says now. */
  readonly about: string;
  /** What is told of him in any case. */
  readonly known: Recollection;
}

/** What the player said in older turns that bears on what he says now, the most fitting first. */
export async function findSaid(
  database: Database,
  statements: MemoryStatements,
  { owner, about, known }: Finding,
): Promise<readonly string[]> {
  // Without turns in the summary there is no line to find, and nothing is asked: so it is in the first talks of most players.
  if (known.turnsBefore === 0) return [];
  const parts = partNumbersOf(about, MEMORY_LIMITS.partsAsked);
  if (parts.length === 0) return [];
  const lines = Math.min(known.turnsBefore, MEMORY_LIMITS.linesKept);
  const number = ownerNumberOf(owner);
  const found = partsIn(
    lines <= MEMORY_LIMITS.linesPerPart
      ? await database.query(statements.findWords, [number, parts])
      : await findNewest(database, statements, { owner: number, parts }),
  );
  const best = bestFits({ parts, found, lines });
  if (best.length === 0) return [];
  const rows = await database.query(statements.linesOfBoth, [
    best.map(({ line }) => line),
    ...bothIdsOf(owner),
  ]);
  const said = new Map(rows.map((row) => [numberOf(row, 'id'), textOf(row, 'said')]));
  const fitting = best.map(({ line, ...fit }) => ({ ...fit, said: said.get(line) ?? '' }));
  const shown = new Set(known.turns.map((turn) => turn.said));
  return worthTelling(about, fitting, (one) => one === '' || shown.has(one));
}

/** Where a word may stand in more lines than are asked for: a range that stops, for each. */
async function findNewest(
  database: Database,
  { findWord }: MemoryStatements,
  { owner, parts }: { readonly owner: number; readonly parts: readonly number[] },
): Promise<readonly Row[]> {
  const values = parts.flatMap((part) => [owner, part, MEMORY_LIMITS.linesPerPart]);
  return await database.query(parts.map(() => findWord).join(' UNION ALL '), values);
}

function partsIn(rows: readonly Row[]): FoundPart[] {
  const found = new Map<number, number[]>();
  for (const row of rows) {
    const part = numberOf(row, 'word');
    const lines = found.get(part) ?? [];
    lines.push(numberOf(row, 'turn'));
    found.set(part, lines);
  }
  return [...found].map(([part, lines]) => ({ part, lines }));
}

/** The oldest lines go where there are more than are kept. */
export async function forgetSurplus(
  database: Database,
  statements: MemoryStatements,
  owner: MemoryOwner,
): Promise<void> {
  const both = bothIdsOf(owner);
  const [newest] = await database.query(statements.findSurplus, [...both, MEMORY_LIMITS.linesKept]);
  if (newest === undefined) return;
  const lock = { sql: statements.lockSurplus, values: [...both, numberOf(newest, 'id'), CHUNK] };
  for (;;) {
    const count = await database.lockAndWrite(lock, (lines) => {
      const ids = lines.map((line) => numberOf(line, 'id'));
      const words = deleteWordsOfLines(statements, owner, lines);
      const writes = ids.length === 0 ? [] : [words, { sql: statements.deleteRows, values: [ids] }];
      return { writes, result: ids.length };
    });
    if (count < CHUNK) return;
  }
}
