import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects garbage now, and lets its finalizers run: some 10 ms. @photostructure/sqlite 1.2.1 ends a prepared statement
 * only when it is collected, and keeps the closed file open until then (2.3 has a close for it, and needs Node 22).
 */
export async function letGoOfGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  await setImmediate();
}
