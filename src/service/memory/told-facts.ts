import type { Database, Row } from '../../database/database.ts';
import { numberOf, textOf } from '../../database/row-fields.ts';
import { MEMORY_LIMITS } from '../../mind/memory/memory-limits.ts';
import type { KnownOwner } from './memory.ts';
import { bothIdsOf, digestOf } from './owner-ids.ts';
import type { MemoryStatements } from './statements.ts';

/** A fact stands among the turns and counts for none: what locks, folds, deletes or exports turns needs not know of it. */
export function isFactRow(row: Row): boolean {
  return row['kind'] === 'turn' && numberOf(row, 'turns') === 0;
}

/** The oldest first. What is everybody's is found twice, where it is asked for itself. */
export function factsIn(rows: readonly Row[]): readonly string[] {
  return [...new Set(rows.filter(isFactRow).map((row) => textOf(row, 'answered')))];
}

/** Adds a fact, where it is not known, in place of the oldest ones. Returns how many are known then. */
export async function tellFact(
  database: Database,
  statements: MemoryStatements,
  { owner, fact }: { readonly owner: KnownOwner; readonly fact: string },
): Promise<number> {
  const [playerId, npcId] = bothIdsOf(owner);
  const lock = { sql: statements.lockToRemember, values: [playerId, npcId] };
  return await database.lockAndWrite(lock, (rows) => {
    const others = rows.filter((row) => isFactRow(row) && textOf(row, 'answered') !== fact);
    const tooOld = others.slice(0, Math.max(0, others.length + 1 - MEMORY_LIMITS.facts));
    const key = digestOf(owner, `fact ${fact}`);
    const insert = { sql: statements.insertFact, values: [npcId, playerId, fact, key] };
    const ids = tooOld.map((row) => numberOf(row, 'id'));
    const remove = ids.length === 0 ? [] : [{ sql: statements.deleteRows, values: [ids] }];
    return { writes: [...remove, insert], result: others.length - tooOld.length + 1 };
  });
}
