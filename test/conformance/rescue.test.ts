import { expect, it } from 'vitest';
import {
  change,
  count,
  eventsOf,
  insertClaimed,
  insertClaimedOne,
  insertOne,
  logOf,
  OTHER_WORKER,
  requestRow,
  responseRows,
  statusOf,
  WORKER,
} from './arrange.ts';
import { describeStore } from './backends.ts';

const RESCUER = 'host-c:300:89ab89ab';

describeStore('rescue', (backend) => {
  const rescue = (workerIds: string[], maxAttempts = 3) =>
    backend().store.rescue({ workerIds, maxAttempts, rescuerId: RESCUER });

  it('the claims of a dead worker are pending again, and logged', async () => {
    const claim = await insertClaimedOne(backend());
    expect(await rescue([WORKER])).toEqual({ rescued: 1, failed: 0 });
    expect(await requestRow(backend(), claim.id)).toMatchObject({
      status: 'pending',
      attempts: 1,
      claim_no: 1,
      claimed_by: null,
      has_claimed_at: 0,
      is_delayed: 0,
    });
    expect((await logOf(backend(), claim.id)).at(-1)).toEqual({
      event: 'rescued',
      data: { worker: RESCUER },
    });
    expect(await backend().store.claim(RESCUER, 1)).toMatchObject([{ id: claim.id, claimNo: 2, attempt: 2 }]);
  });

  it('a request with no attempt left fails, with a response', async () => {
    const claim = await insertClaimedOne(backend());
    expect(await rescue([WORKER], 1)).toEqual({ rescued: 0, failed: 1 });
    expect(await requestRow(backend(), claim.id)).toMatchObject({
      status: 'failed',
      error_code: 'worker_lost',
      has_processed_at: 1,
    });
    const [response] = await responseRows(backend(), claim.id);
    expect(response).toMatchObject({ response_data: null, processing_time_ms: null });
    expect(response!['error_message']).toMatch(/died, and no attempt was left/);
    expect((await logOf(backend(), claim.id)).at(-1)).toEqual({
      event: 'failed',
      data: { worker: RESCUER, error_code: 'worker_lost' },
    });
  });

  it('the row’s own number of attempts goes before the setting', async () => {
    const [more, fewer] = await insertClaimed(backend(), 2);
    await change(backend(), more!.id, { max_attempts: '5', attempts: '4' });
    await change(backend(), fewer!.id, { max_attempts: '1' });
    expect(await rescue([WORKER], 3)).toEqual({ rescued: 1, failed: 1 });
    expect(await statusOf(backend(), more!.id)).toBe('pending');
    expect(await statusOf(backend(), fewer!.id)).toBe('failed');
  });

  it('the claims of the living stay, and so does what nobody holds', async () => {
    const living = await insertClaimedOne(backend(), { workerId: OTHER_WORKER });
    const dead = await insertClaimedOne(backend());
    const pending = await insertOne(backend());
    expect(await rescue([WORKER])).toEqual({ rescued: 1, failed: 0 });
    expect(await requestRow(backend(), living.id)).toMatchObject({
      status: 'processing',
      claimed_by: OTHER_WORKER,
    });
    expect(await statusOf(backend(), dead.id)).toBe('pending');
    expect(await eventsOf(backend(), pending)).toEqual([]);
  });

  it('a processing row without a worker, as plain SQL may make it, is rescued under the name ""', async () => {
    const id = await insertOne(backend());
    await change(backend(), id, { status: "'processing'" });
    expect(await backend().store.sightings()).toMatchObject([{ id: '', heartbeat: null }]);
    expect(await rescue([''])).toEqual({ rescued: 1, failed: 0 });
    expect(await statusOf(backend(), id)).toBe('pending');
  });

  it('many claims of several dead workers are all rescued', async () => {
    await insertClaimed(backend(), 250);
    await insertClaimed(backend(), 250, { workerId: OTHER_WORKER });
    expect(await rescue([WORKER, OTHER_WORKER])).toEqual({ rescued: 500, failed: 0 });
    expect(await backend().store.depth()).toEqual({ pending: 500, processing: 0 });
  });

  it('a dead worker with a name of other letters, as older versions gave, holds up no other', async () => {
    const claim = await insertClaimedOne(backend());
    expect(await rescue(['höst:1:0a1b2c3d', WORKER])).toEqual({ rescued: 1, failed: 0 });
    expect(await statusOf(backend(), claim.id)).toBe('pending');
  });

  it('rescuers that come at once rescue each request once', async () => {
    await insertClaimed(backend(), 100);
    const other = await backend().open();
    const counts = await Promise.all([
      rescue([WORKER]),
      other.rescue({ workerIds: [WORKER], maxAttempts: 3, rescuerId: OTHER_WORKER }),
    ]);
    expect(counts.reduce((sum, { rescued }) => sum + rescued, 0)).toBe(100);
    expect(await count(backend(), 'ai_request_log')).toBe(200);
  });

  it('nobody dead is no trouble', async () => {
    await insertClaimed(backend(), 1);
    expect(await rescue([])).toEqual({ rescued: 0, failed: 0 });
    expect(await rescue(['host-x:1:00000000'])).toEqual({ rescued: 0, failed: 0 });
    expect(await backend().store.depth()).toEqual({ pending: 0, processing: 1 });
  });
});
