import { describe, expect, it } from 'vitest';
import { eventsOf, insert, insertClaimed, settled, statusOf, WORKER } from './arrange.ts';
import { MariadbBackend, useBackend } from './backends.ts';
import { untilLockWait } from './lock-waits.ts';

/** Had anything waited for the lock, error 1205 would have come after 5 s, ten times. */
describe('a row that a transaction of somebody else holds keeps no other waiting', () => {
  const backend = useBackend(() => MariadbBackend.create());

  async function hold(ids: readonly number[]) {
    const holder = await backend().database.connect();
    await holder.beginTransaction();
    // One by one: with a list the server may scan, and would hold what it passes.
    for (const id of ids) await holder.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [id]);
    return holder;
  }

  it('a settle writes the others, and the held one when it is free', async () => {
    const claims = await insertClaimed(backend(), 3);
    const outcomes = claims.map((claim) => settled(claim));
    const holder = await hold([claims[1]!.id]);

    expect(await backend().store.settle(WORKER, outcomes)).toEqual(['written', 'held', 'written']);
    expect(await Promise.all(claims.map(({ id }) => statusOf(backend(), id)))).toEqual([
      'completed',
      'processing',
      'completed',
    ]);
    expect(await eventsOf(backend(), claims[1]!.id)).toEqual(['claimed']);

    await holder.rollback();
    expect(await backend().store.settle(WORKER, [outcomes[1]!])).toEqual(['written']);
    expect(await eventsOf(backend(), claims[1]!.id)).toEqual(['claimed', 'completed']);
  });

  it('a settle tells a held row from one that was deleted', async () => {
    const [held, gone] = await insertClaimed(backend(), 2);
    await backend().sql('DELETE FROM ai_requests WHERE id = ?', [gone!.id]);
    const holder = await hold([held!.id]);

    expect(await backend().store.settle(WORKER, [settled(held!), settled(gone!)])).toEqual([
      'held',
      'dropped',
    ]);
    expect(await eventsOf(backend(), gone!.id)).toEqual(['claimed', 'dropped']);
    expect(await eventsOf(backend(), held!.id)).toEqual(['claimed']);
    await holder.rollback();
  });

  it('a rescue takes the others, and the held one at its next look', async () => {
    const claims = await insertClaimed(backend(), 3);
    const options = { workerIds: [WORKER], maxAttempts: 3, rescuerId: 'rescuer' };
    const holder = await hold([claims[0]!.id]);

    expect(await backend().store.rescue(options)).toEqual({ rescued: 2, failed: 0 });
    await holder.rollback();
    expect(await backend().store.rescue(options)).toEqual({ rescued: 1, failed: 0 });
  });

  it('a release gives the others back', async () => {
    const claims = await insertClaimed(backend(), 3);
    const holder = await hold([claims[2]!.id]);

    expect(await backend().store.release(WORKER, claims)).toBe(2);
    await holder.rollback();
    expect(await statusOf(backend(), claims[2]!.id)).toBe('processing');
  });

  it('a claim of one finds what is free behind hundreds that are held', async () => {
    const ids = await insert(backend(), 400);
    const holder = await hold(ids.slice(0, 300));

    expect((await backend().store.claim(WORKER, 1)).map(({ id }) => id)).toEqual([ids[300]]);
    await holder.rollback();
  });
});

describe('a claim that had to wait for a lock', () => {
  const backend = useBackend(() => MariadbBackend.create({ claimBy: 'guarded_update' }));

  it('reckons the life that is left from when it began', async () => {
    const [id] = await insert(backend(), 1, { timeoutSeconds: 30 });
    const holder = await backend().database.connect();
    await holder.beginTransaction();
    await holder.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [id]);

    const startedMs = performance.now();
    const claiming = backend().store.claim(WORKER, 1);
    // After its first lock wait of 5 s the claim is run again.
    const first = await untilLockWait(backend());
    await untilLockWait(backend(), first);
    await holder.rollback();
    const [claim] = await claiming;

    const [row] = await backend().sql(
      'SELECT CAST(ROUND((UNIX_TIMESTAMP(expires_at) - UNIX_TIMESTAMP(NOW(3))) * 1000) AS SIGNED) AS left_ms FROM ai_requests',
    );
    const reckonedMs = startedMs + claim!.lifeLeftMs - performance.now();
    expect(Math.abs(reckonedMs - Number(row!['left_ms']))).toBeLessThan(2_000);
  });
});
