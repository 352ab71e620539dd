import { expect, it } from 'vitest';
import { COMPLETED, change, FAILED, insertClaimedOne, insertOne, settled, WORKER } from './arrange.ts';
import { describeStore } from './backends.ts';

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/;

describeStore('read', (backend) => {
  it('a request that never was is undefined', async () => {
    expect(await backend().store.read(4_000_000_000)).toBeUndefined();
  });

  it('a pending request has no answer', async () => {
    const id = await insertOne(backend());
    expect(await backend().store.read(id)).toEqual({
      id,
      createdAt: expect.stringMatching(TIME),
      status: 'pending',
      responseData: null,
      errorCode: null,
      errorMessage: null,
      processingTimeMs: null,
    });
  });

  it('a claimed request is processing', async () => {
    const { id } = await insertClaimedOne(backend());
    expect(await backend().store.read(id)).toMatchObject({ id, status: 'processing', responseData: null });
  });

  it('a completed request has its answer', async () => {
    const claim = await insertClaimedOne(backend());
    await backend().store.settle(WORKER, [settled(claim, COMPLETED, 17)]);
    expect(await backend().store.read(claim.id)).toEqual({
      id: claim.id,
      createdAt: expect.stringMatching(TIME),
      status: 'completed',
      responseData: '{"text":"Welcome to Prontera."}',
      errorCode: null,
      errorMessage: null,
      processingTimeMs: 17,
    });
  });

  it('a failed request says why', async () => {
    const claim = await insertClaimedOne(backend());
    await backend().store.settle(WORKER, [settled(claim, FAILED, null)]);
    expect(await backend().store.read(claim.id)).toEqual({
      id: claim.id,
      createdAt: expect.stringMatching(TIME),
      status: 'failed',
      responseData: null,
      errorCode: 'ai_client_error',
      errorMessage: 'The AI service answered 404.',
      processingTimeMs: null,
    });
  });

  it('a cancelled request has no response', async () => {
    const id = await insertOne(backend());
    await backend().store.cancel(id);
    expect(await backend().store.read(id)).toMatchObject({ status: 'cancelled', errorMessage: null });
  });

  it('a request that an admin ended by hand is read as it stands', async () => {
    const id = await insertOne(backend());
    await change(backend(), id, { status: "'completed'" });
    expect(await backend().store.read(id)).toMatchObject({ status: 'completed', responseData: null });
  });
});
