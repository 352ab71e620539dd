import { AiIpcError } from '../base/errors.ts';
import type { SettledAttempt, SettleFate } from '../queue/outcome.ts';
import type { WorkerContext } from './worker-parts.ts';

type Settling = Pick<WorkerContext, 'store' | 'workerId' | 'events'>;

/**
 * Settles outcomes in one transaction and returns the fate of each, in their order. One that the database refuses does not
 * hold up the others: it becomes a failure that says so. Rejects for troubles that pass by themselves.
 */
export async function settleBatch(
  settling: Settling,
  batch: readonly SettledAttempt[],
): Promise<readonly SettleFate[]> {
  try {
    return await settling.store.settle(settling.workerId, batch);
  } catch (error) {
    if (isPassing(error)) throw error;
  }
  const fates: SettleFate[] = [];
  for (const attempt of batch) fates.push(await settleOne(settling, attempt));
  return fates;
}

async function settleOne(settling: Settling, attempt: SettledAttempt): Promise<SettleFate> {
  try {
    return await settleAlone(settling, attempt);
  } catch (error) {
    if (isPassing(error)) throw error;
    settling.events.emit('answerRefused', { requestId: attempt.id, error });
    return await settleAsFailed(settling, attempt);
  }
}

/** Refused twice, it is given up: its request is released or expires, and the outcomes behind it go on. */
async function settleAsFailed(settling: Settling, attempt: SettledAttempt): Promise<SettleFate> {
  const message = 'The database refused the answer. The log of the worker has its reason.';
  try {
    const outcome = { kind: 'failed', error: { code: 'settle_failed', message } } as const;
    return await settleAlone(settling, { ...attempt, outcome });
  } catch (error) {
    if (isPassing(error)) throw error;
    settling.events.emit('answerRefused', { requestId: attempt.id, error });
    return 'dropped';
  }
}

async function settleAlone({ store, workerId }: Settling, attempt: SettledAttempt): Promise<SettleFate> {
  const [fate = 'dropped'] = await store.settle(workerId, [attempt]);
  return fate;
}

/** Troubles that pass by themselves; anything else would be the same the next time. */
function isPassing(error: unknown): boolean {
  return error instanceof AiIpcError && error.code !== 'database_failed' && error.code !== 'id_too_large';
}
