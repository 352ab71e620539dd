import type { Database, Row, Statement } from '../../database/database.ts';
import { numberOf, textOf } from '../../database/row-fields.ts';
import { MEMORY_LIMITS } from '../../mind/memory/memory-limits.ts';
import {
  bestFits,
  type Fit,
  type FittingLine,
  type FoundPart,
  worthTelling,
} from '../../mind/memory/recalling.ts';
import type { Recollection } from '../../mind/talk/recollection.ts';
import type { KnownOwner, MemoryOwner } from './memory.ts';
import { bothIdsOf, ownerNumberOf } from './owner-ids.ts';
import type { MemoryStatements } from './statements.ts';
import { deleteWordsOfLines } from './words.ts';

/** Lines that are too many go so many at once. */
const CHUNK = 100;

/** What the player says now, as older lines are compared with it. */
export interface Question {
  readonly owner: KnownOwner;
  /** Its parts, all of them. */
  readonly parts: readonly number[];
}

export interface Finding extends Question {
  /** What is told of the player in any case. */
  readonly known: Recollection;
  /** Where the parts stand, if that was asked for together with what is known. */
  readonly found: WordRows | undefined;
}

/** Where parts of a question stand, and which way they were asked for. */
interface WordRows {
  readonly way: Way;
  readonly rows: readonly Row[];
}

type Way = 'all lines' | 'newest lines';

export interface WordLook {
  readonly way: Way;
  readonly statement: Statement;
}

/** How the lines are asked for in which parts of a question stand; undefined where there is nothing to ask. */
export function wordLook(
  statements: MemoryStatements,
  { owner, parts }: Question,
  lines: number,
): WordLook | undefined {
  if (parts.length === 0) return undefined;
  const asked = parts.slice(0, MEMORY_LIMITS.partsAsked);
  const number = ownerNumberOf(owner);
  if (lines <= MEMORY_LIMITS.linesPerPart)
    return { way: 'all lines', statement: { sql: statements.findWords, values: [number, asked] } };
  // Where a word may stand in more lines than are asked for: a range that stops, for each.
  const sql = asked.map(() => statements.findWord).join(' UNION ALL ');
  const values = asked.flatMap((part) => [number, part, MEMORY_LIMITS.linesPerPart]);
  return { way: 'newest lines', statement: { sql, values } };
}

/** What the player said in older turns that bears on what he says now, the most fitting first. */
export async function findSaid(
  database: Database,
  statements: MemoryStatements,
  { owner, parts, known, found }: Finding,
): Promise<readonly string[]> {
  const look = wordLook(statements, { owner, parts }, known.turnsBefore);
  if (look === undefined) return [];
  const { sql, values } = look.statement;
  const rows = found?.way === look.way ? found.rows : await database.query(sql, values);
  const best = bestFits({
    parts: parts.slice(0, MEMORY_LIMITS.partsAsked),
    found: partsIn(rows),
    lines: Math.min(known.turnsBefore, MEMORY_LIMITS.linesKept),
  });
  if (best.length === 0) return [];
  const shown = new Set(known.turns.map((turn) => turn.said));
  const hasShown = (said: string) => said === '' || shown.has(said);
  const reading = async (count: number) => ({
    question: parts,
    lines: await readLines(database, statements, { owner, fits: best.slice(0, count) }),
    unreadFit: best[count]?.fit ?? 0,
    hasShown,
  });
  const { linesReadFirst, linesLookedAt } = MEMORY_LIMITS;
  return worthTelling(await reading(linesReadFirst)) ?? worthTelling(await reading(linesLookedAt)) ?? [];
}

/** The words of lines; none of those that are there no more. */
async function readLines(
  database: Database,
  { linesOfBoth }: MemoryStatements,
  { owner, fits }: { readonly owner: KnownOwner; readonly fits: readonly Fit[] },
): Promise<FittingLine[]> {
  const ids = fits.map(({ line }) => line);
  const rows = await database.query(linesOfBoth, [ids, ...bothIdsOf(owner)]);
  const said = new Map(rows.map((row) => [numberOf(row, 'id'), textOf(row, 'said')]));
  return fits.map(({ line, fit, mayShare }) => ({ said: said.get(line) ?? '', fit, mayShare }));
}

function partsIn(rows: readonly Row[]): FoundPart[] {
  const found = new Map<number, { readonly part: number; readonly lines: number[] }>();
  let last: { readonly part: number; readonly lines: number[] } | undefined;
  for (const row of rows) {
    const part = numberOf(row, 'word');
    // Those of one part come one after the other, by the hundred.
    if (last?.part !== part) {
      last = found.get(part) ?? { part, lines: [] };
      found.set(part, last);
    }
    last.lines.push(numberOf(row, 'turn'));
  }
  return [...found.values()];
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
