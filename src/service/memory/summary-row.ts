import type { Database, Row } from '../../database/database.ts';
import { numberOf, textOf } from '../../database/row-fields.ts';
import { EMPTY_SUMMARY, type Summary } from '../../mind/memory/summary.ts';
import type { MemoryOwner } from './memory.ts';
import { bothIdsOf } from './owner-ids.ts';
import type { MemoryStatements } from './statements.ts';

interface Replacing {
  readonly owner: MemoryOwner;
  readonly from: Summary;
  readonly to: Summary;
}

/** Whether it was replaced: nothing is, where more turns have gone into it since, or it was forgotten. */
export async function replaceSummary(
  database: Database,
  statements: MemoryStatements,
  { owner, from, to }: Replacing,
): Promise<boolean> {
  const lock = { sql: statements.lockToRemember, values: bothIdsOf(owner) };
  return await database.lockAndWrite(lock, (rows) => {
    const row = summaryRowIn(rows);
    if (row === undefined || !isEqual(toSummary(row), from)) return { writes: [], result: false };
    const values = [to.turns, textIn(to), numberOf(row, 'id')];
    return { writes: [{ sql: statements.updateSummary, values }], result: true };
  });
}

export function summaryRowIn(rows: readonly Row[]): Row | undefined {
  return rows.find((one) => one['kind'] === 'summary');
}

export function toSummary(row: Row | undefined): Summary {
  if (row === undefined) return EMPTY_SUMMARY;
  const sentences = textOf(row, 'said').split('\n');
  return { turns: numberOf(row, 'turns'), sentences: sentences.filter((sentence) => sentence !== '') };
}

function isEqual(one: Summary, other: Summary): boolean {
  return one.turns === other.turns && textIn(one) === textIn(other);
}

function textIn({ sentences }: Summary): string {
  return sentences.join('\n');
}
