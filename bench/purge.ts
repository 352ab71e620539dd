import { setTimeout as delay } from 'node:timers/promises';
import type { TestDatabase } from '../test/support/test-database.ts';

/** A resting server has a few. */
const PURGED_BELOW = 50;
const LOOK_EVERY_MS = 100;

/** Transactions whose old row versions wait for InnoDB's purge. */
export async function unpurged(database: TestDatabase): Promise<number> {
  const [row] = await database.query("SHOW GLOBAL STATUS LIKE 'Innodb_history_list_length'");
  return Number(row?.['Value']);
}

/** Until what was done before is tidied up, or for so long. */
export async function untilPurged(database: TestDatabase, mostMs: number): Promise<void> {
  const giveUpAtMs = performance.now() + mostMs;
  while (performance.now() < giveUpAtMs) {
    if ((await unpurged(database)) < PURGED_BELOW) return;
    await delay(LOOK_EVERY_MS);
  }
}
