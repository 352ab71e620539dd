import { expect, it } from 'vitest';
import {
  change,
  eventsOf,
  insertClaimed,
  insertClaimedOne,
  logOf,
  OTHER_WORKER,
  requestRow,
  responseRows,
  settled,
  WORKER,
} from './arrange.ts';
import { describeStore } from './backends.ts';

describeStore('release', (backend) => {
  it('a released request is pending again, its attempt given back, and logged', async () => {
    const claim = await insertClaimedOne(backend());
    expect(await backend().store.release(WORKER, [claim])).toBe(1);
    expect(await requestRow(backend(), claim.id)).toMatchObject({
      status: 'pending',
      attempts: 0,
      claim_no: 1,
      claimed_by: null,
      has_claimed_at: 0,
      is_delayed: 0,
    });
    expect((await logOf(backend(), claim.id)).at(-1)).toEqual({
      event: 'released',
      data: { worker: WORKER },
    });
  });

  it('it can be claimed again at once, with a higher number and the same attempt', async () => {
    const claim = await insertClaimedOne(backend());
    await backend().store.release(WORKER, [claim]);
    expect(await backend().store.claim(OTHER_WORKER, 1)).toMatchObject([
      { id: claim.id, claimNo: 2, attempt: 1 },
    ]);
  });

  it('the claim of another worker stays with it', async () => {
    const claim = await insertClaimedOne(backend(), { workerId: OTHER_WORKER });
    expect(await backend().store.release(WORKER, [claim])).toBe(0);
    expect(await requestRow(backend(), claim.id)).toMatchObject({
      status: 'processing',
      claimed_by: OTHER_WORKER,
    });
    expect(await eventsOf(backend(), claim.id)).toEqual(['claimed']);
  });

  it('a later claim of the same worker stays', async () => {
    const first = await insertClaimedOne(backend());
    await backend().store.release(WORKER, [first]);
    const [second] = await backend().store.claim(WORKER, 1);
    expect(await backend().store.release(WORKER, [first])).toBe(0);
    expect(await requestRow(backend(), first.id)).toMatchObject({ status: 'processing', claim_no: 2 });
    expect(await backend().store.release(WORKER, [second!])).toBe(1);
  });

  it('of an earlier and a later claim of one request, in whatever order, the later one is given back', async () => {
    for (const order of ['earlier first', 'later first']) {
      const earlier = await insertClaimedOne(backend());
      await backend().store.rescue({ workerIds: [WORKER], maxAttempts: 3, rescuerId: OTHER_WORKER });
      const [later] = await backend().store.claim(WORKER, 1);
      const both = order === 'earlier first' ? [earlier, later!] : [later!, earlier];

      expect([order, await backend().store.release(WORKER, both)]).toEqual([order, 1]);
      expect(await requestRow(backend(), earlier.id)).toMatchObject({ status: 'pending', claim_no: 2 });
      expect(await eventsOf(backend(), earlier.id)).toEqual(['claimed', 'rescued', 'claimed', 'released']);
      await backend().store.cancel(earlier.id);
    }
  });

  it('what is settled, cancelled or deleted is not released', async () => {
    const [done, cancelled, deleted, held] = await insertClaimed(backend(), 4);
    await backend().store.settle(WORKER, [settled(done!)]);
    await backend().store.cancel(cancelled!.id);
    await backend().sql('DELETE FROM ai_requests WHERE id = ?', [deleted!.id]);
    expect(await backend().store.release(WORKER, [done!, cancelled!, deleted!, held!])).toBe(1);
    expect(await requestRow(backend(), done!.id)).toMatchObject({ status: 'completed', attempts: 1 });
    expect(await requestRow(backend(), cancelled!.id)).toMatchObject({ status: 'cancelled' });
    expect(await responseRows(backend(), done!.id)).toHaveLength(1);
  });

  it('attempts that an admin set to 0 do not fall below it', async () => {
    const claim = await insertClaimedOne(backend());
    await change(backend(), claim.id, { attempts: '0' });
    expect(await backend().store.release(WORKER, [claim])).toBe(1);
    expect(await requestRow(backend(), claim.id)).toMatchObject({ status: 'pending', attempts: 0 });
  });

  it('no claims at all are no trouble', async () => {
    expect(await backend().store.release(WORKER, [])).toBe(0);
  });
});
