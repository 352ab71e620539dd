import type { Row } from '../database/database.ts';
import { isTrue, numberOf, textOf } from '../database/row-fields.ts';
import type { SettledAttempt } from '../queue/outcome.ts';

/** So long a row of ours may be missing on a server: nodes of a Galera cluster under load were behind by less than 0.5 s. */
const BEHIND_MS = 3_000;
/** Since when the row of an outcome has been missing. It is the same object that is tried again. */
const missingSinceMs = new WeakMap<SettledAttempt, number>();

/**
 * Whether the row is an older one than that of our claim: the connection leads to a server that has not got the claim yet,
 * such as another node of a Galera cluster. Claim numbers never fall, and what has ended is claimed no more.
 */
export function isBehind(row: Row, { claimNo }: SettledAttempt): boolean {
  const isOpen = ['pending', 'processing'].includes(textOf(row, 'status'));
  return isOpen && numberOf(row, 'claim_no') < claimNo && isTrue(row, 'is_alive');
}

/** Of outcomes whose rows are missing, those whose rows were deleted: at a server that is behind they appear in time. */
export function onlyDeleted(missing: readonly SettledAttempt[]): SettledAttempt[] {
  const nowMs = performance.now();
  return missing.filter((attempt) => {
    const sinceMs = missingSinceMs.get(attempt) ?? nowMs;
    missingSinceMs.set(attempt, sinceMs);
    return nowMs - sinceMs >= BEHIND_MS;
  });
}
