import { describe, expect, it } from 'vitest';
import { change, insert, insertClaimedOne, OTHER_WORKER, requestRow, statusOf, WORKER } from './arrange.ts';
import { MariadbBackend, SqliteBackend, useBackend } from './backends.ts';
import { untilLockWait } from './lock-waits.ts';

const HOUR = 3600;

/** On a server that waits for locks: on all others, what is being changed is passed by until it is looked at anew. */
describe('a row that changes between the look at it and its lock', () => {
  const backend = useBackend(() => MariadbBackend.create({ lockBy: 'wait' }));

  /** Begins the work while somebody is changing the row, and ends the change when the work waits for it. */
  async function changedMeanwhile<T>(id: number, changes: string, work: () => Promise<T>): Promise<T> {
    const other = await backend().database.connect();
    await other.beginTransaction();
    await other.query(`UPDATE ai_requests SET ${changes} WHERE id = ?`, [id]);
    const working = work();
    await untilLockWait(backend());
    await other.commit();
    return await working;
  }

  it('is not claimed when it was cancelled', async () => {
    const [id] = await insert(backend());
    const claim = () => backend().store.claim(WORKER, 1);
    expect(await changedMeanwhile(id!, "status = 'cancelled'", claim)).toEqual([]);
    expect(await statusOf(backend(), id!)).toBe('cancelled');
  });

  it('is not claimed when it was put off', async () => {
    const [id] = await insert(backend());
    const claim = () => backend().store.claim(WORKER, 1);
    const later = `available_at = ${backend().ago(-20)}`;
    expect(await changedMeanwhile(id!, later, claim)).toEqual([]);
    expect(await statusOf(backend(), id!)).toBe('pending');
  });

  it('is not rescued when a living worker has it by then', async () => {
    const { id } = await insertClaimedOne(backend());
    const rescue = () =>
      backend().store.rescue({ workerIds: [WORKER], maxAttempts: 3, rescuerId: 'rescuer' });
    const claimed = `claimed_by = '${OTHER_WORKER}', claim_no = claim_no + 1`;
    expect(await changedMeanwhile(id, claimed, rescue)).toEqual({ rescued: 0, failed: 0 });
    expect(await requestRow(backend(), id)).toMatchObject({
      status: 'processing',
      claimed_by: OTHER_WORKER,
      claim_no: 2,
    });
  });

  it.each([
    { what: 'was put back to pending', changes: "status = 'pending'" },
    { what: 'has just ended once more', changes: 'processed_at = NOW(3)' },
  ])('is not deleted when it $what', async ({ changes }) => {
    const [id] = await insert(backend());
    await change(backend(), id!, { status: "'failed'", processed_at: backend().ago(2 * HOUR) });
    const cleanup = () => backend().store.cleanup({ ageSeconds: HOUR, scan: 'whole' });
    expect(await changedMeanwhile(id!, changes, cleanup)).toBe(0);
    expect(await requestRow(backend(), id!)).toMatchObject({ id });
  });
});

describe('a row of SQLite that changes between the look at it and its deletion', () => {
  const backend = useBackend(() => SqliteBackend.create());

  it.each([
    { what: 'was put back to pending', changes: { status: "'pending'" } },
    {
      what: 'has just ended once more',
      changes: { processed_at: "strftime('%Y-%m-%d %H:%M:%f', 'now')" },
    },
  ])('is not deleted when it $what', async ({ changes }) => {
    const [id] = await insert(backend());
    await change(backend(), id!, { status: "'failed'", processed_at: backend().ago(2 * HOUR) });
    // It has looked when it gives the promise; the deletion comes after.
    const cleaning = backend().store.cleanup({ ageSeconds: HOUR, scan: 'whole' });
    await change(backend(), id!, changes);
    expect(await cleaning).toBe(0);
    expect(await requestRow(backend(), id!)).toMatchObject({ id });
  });
});
