import { waitFor } from '../support/wait-for.ts';
import type { Backend } from './backends.ts';

export interface LockWait {
  /** Of the connection that waits. */
  readonly threadId: number;
  /** Another one after each ROLLBACK. */
  readonly transactionId: string;
}

/**
 * The transactions of this database that wait for a row lock now. Not from information_schema.INNODB_TRX: InnoDB shows
 * there what it showed before to whoever looks again within 0.1 s.
 */
async function lockWaits(backend: Backend): Promise<LockWait[]> {
  const [status] = await backend.sql('SHOW ENGINE INNODB STATUS');
  const sessions = await backend.sql('SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE()');
  const threadIds = new Set(sessions.map((row) => Number(row['ID'])));
  return String(status!['Status'])
    .split('---TRANSACTION ')
    .slice(1)
    .filter((part) => part.includes('LOCK WAIT'))
    .map((part) => ({
      transactionId: /^\S+/.exec(part)![0],
      threadId: Number(/thread id (\d+)/.exec(part)?.[1]),
    }))
    .filter(({ threadId }) => threadIds.has(threadId));
}

/** Resolves when a transaction waits for a lock, other than the one that is given. */
export async function untilLockWait(backend: Backend, except?: LockWait): Promise<LockWait> {
  return await waitFor(
    async () =>
      (await lockWaits(backend)).find(({ transactionId }) => transactionId !== except?.transactionId),
    { timeoutMs: 15_000, what: 'a transaction that waits for a lock' },
  );
}

/** How many row locks the transaction of this connection holds now. */
export async function rowLocks(backend: Backend, threadId: number): Promise<number> {
  const [status] = await backend.sql('SHOW ENGINE INNODB STATUS');
  const parts = String(status!['Status']).split('---TRANSACTION ').slice(1);
  const mine = parts.find((part) => new RegExp(`thread id ${threadId}\\b`).test(part)) ?? '';
  return Number(/(\d+) row lock\(s\)/.exec(mine)?.[1] ?? 0);
}
