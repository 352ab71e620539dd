import { expect, it } from 'vitest';
import {
  change,
  eventsOf,
  insertClaimedOne,
  insertOne,
  requestRow,
  responseRows,
  settled,
  WORKER,
} from './arrange.ts';
import { describeStore } from './backends.ts';

describeStore('cancel', (backend) => {
  it('a pending request is cancelled, without a response, and logged', async () => {
    const id = await insertOne(backend());
    expect(await backend().store.cancel(id)).toBe(true);
    expect(await requestRow(backend(), id)).toMatchObject({ status: 'cancelled', has_processed_at: 1 });
    expect(await responseRows(backend(), id)).toEqual([]);
    expect(await eventsOf(backend(), id)).toEqual(['cancelled']);
  });

  it('a request that is being processed is cancelled', async () => {
    const { id } = await insertClaimedOne(backend());
    expect(await backend().store.cancel(id)).toBe(true);
    expect(await requestRow(backend(), id)).toMatchObject({ status: 'cancelled', has_processed_at: 1 });
    expect(await eventsOf(backend(), id)).toEqual(['claimed', 'cancelled']);
  });

  it('a second cancel changes nothing', async () => {
    const id = await insertOne(backend());
    await backend().store.cancel(id);
    expect(await backend().store.cancel(id)).toBe(false);
    expect(await eventsOf(backend(), id)).toEqual(['cancelled']);
  });

  it.each(['completed', 'failed', 'timeout'])('a request that ended as %s stays so', async (status) => {
    const id = await insertOne(backend());
    await change(backend(), id, { status: `'${status}'` });
    expect(await backend().store.cancel(id)).toBe(false);
    expect(await requestRow(backend(), id)).toMatchObject({ status, has_processed_at: 0 });
    expect(await eventsOf(backend(), id)).toEqual([]);
  });

  it('a request that never was cannot be cancelled', async () => {
    expect(await backend().store.cancel(4_000_000_000)).toBe(false);
    expect(await eventsOf(backend(), 4_000_000_000)).toEqual([]);
  });

  it('of a cancel and a settle at the same time exactly one wins', async () => {
    for (let round = 0; round < 15; round++) {
      const claim = await insertClaimedOne(backend());
      const settle = async () => (await backend().store.settle(WORKER, [settled(claim)]))[0];
      const [isCancelled, first] = await Promise.all([backend().store.cancel(claim.id), settle()]);
      // A settle that meets the cancel in the middle comes again, as the worker's does.
      const fate = first === 'held' ? await settle() : first;
      expect(fate).toBe(isCancelled ? 'dropped' : 'written');
      expect(await responseRows(backend(), claim.id)).toHaveLength(isCancelled ? 0 : 1);
    }
  });
});
