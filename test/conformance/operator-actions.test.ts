import { expect, it } from 'vitest';
import {
  change,
  count,
  FAILED,
  insert,
  insertClaimedOne,
  insertOne,
  logOf,
  RETRY,
  requestRow,
  settled,
  statusOf,
  WORKER,
} from './arrange.ts';
import { describeStore } from './backends.ts';
import { useOperator } from './operator.ts';

const BY = { by: 'admin "the" Tester' };

describeStore('what an operator does', (backend) => {
  const operator = useOperator(backend);
  /** A request that failed after a retry. */
  const failedOne = async () => {
    const id = await insertOne(backend(), {
      sourceNpc: 'Sage',
      sourceMap: 'prontera',
      priority: 3,
      timeoutSeconds: 77,
    });
    for (const outcome of [RETRY, FAILED]) {
      await change(backend(), id, { available_at: backend().ago(1) });
      const [claim] = await backend().store.claim(WORKER, 1);
      await backend().store.settle(WORKER, [settled(claim!, outcome)]);
    }
    return id;
  };

  it('a resent request is a new one, and the old one stays as it ended', async () => {
    const id = await failedOne();
    const before = await requestRow(backend(), id);
    const { done, refused } = await operator().resend([id], BY);
    expect(refused).toEqual([]);
    expect(done).toEqual([{ id, as: expect.any(Number) as number }]);
    const copy = done[0]!.as!;
    expect(copy).not.toBe(id);
    expect(await requestRow(backend(), id)).toEqual(before);
    const [row] = await backend().sql(
      'SELECT status, request_type, endpoint, request_data, priority, timeout, source_npc, source_map, attempts, error_code FROM ai_requests WHERE id = ?',
      [copy],
    );
    expect(row).toEqual({
      status: 'pending',
      request_type: 'dialogue',
      endpoint: '/api/v1/npc/dialogue',
      request_data: '{"message":"Hello AI","npc_id":123}',
      priority: 3,
      timeout: 77,
      source_npc: 'Sage',
      source_map: 'prontera',
      attempts: 0,
      error_code: null,
    });
    const [claim] = await backend().store.claim(WORKER, 10);
    expect(claim).toMatchObject({ id: copy, attempt: 1 });
    expect(claim!.lifeLeftMs).toBeGreaterThan(70_000);
  });

  it('both tell of a resend: who, and of which other request', async () => {
    const id = await failedOne();
    const { done } = await operator().resend([id], BY);
    const copy = done[0]!.as!;
    const mark = expect.stringMatching(/^[0-9a-f]{8}$/) as string;
    expect((await logOf(backend(), id)).at(-1)).toEqual({
      event: 'resent',
      data: { by: BY.by, mark, as: copy },
    });
    expect(await logOf(backend(), copy)).toEqual([{ event: 'resent', data: { by: BY.by, mark, of: id } }]);
  });

  it('each resend of a request makes another one, with the life that is asked for', async () => {
    const id = await failedOne();
    const first = await operator().resend([id], BY);
    const second = await operator().resend([id, id], { ...BY, timeoutSeconds: 5 });
    expect(second.done).toHaveLength(1);
    expect(second.done[0]!.as).not.toBe(first.done[0]!.as);
    const [row] = await backend().sql('SELECT timeout FROM ai_requests WHERE id = ?', [second.done[0]!.as]);
    expect(row).toEqual({ timeout: 5 });
  });

  it('a request whose life was over before it began gets the one that its row names', async () => {
    const id = await insertOne(backend());
    await change(backend(), id, { status: "'timeout'", expires_at: backend().ago(50_000), timeout: '12' });
    const { done } = await operator().resend([id], BY);
    const [claim] = await backend().store.claim(WORKER, 1);
    expect(claim!.id).toBe(done[0]!.as);
    expect(claim!.lifeLeftMs).toBeGreaterThan(2_000);
    expect(claim!.lifeLeftMs).toBeLessThanOrEqual(12_000);
  });

  it('what is under way is cancelled, and what has ended is not', async () => {
    const claim = await insertClaimedOne(backend());
    const [pending] = await insert(backend(), 1);
    const ended = await insertOne(backend());
    await change(backend(), ended, { status: "'completed'" });
    const result = await operator().cancel([claim.id, pending!, ended, 987_654_321], BY);
    expect(result).toEqual({
      done: [{ id: claim.id }, { id: pending }],
      refused: [
        { id: ended, reason: 'it has ended as completed' },
        { id: 987_654_321, reason: 'there is no such request' },
      ],
    });
    expect([await statusOf(backend(), claim.id), await statusOf(backend(), ended)]).toEqual([
      'cancelled',
      'completed',
    ]);
    expect((await logOf(backend(), pending!)).at(-1)).toEqual({ event: 'cancelled', data: { by: BY.by } });
    expect(await backend().store.settle(WORKER, [settled(claim)])).toEqual(['dropped']);
  });

  it('what has ended is deleted with its response, and what is under way is not', async () => {
    const id = await failedOne();
    const pending = await insertOne(backend());
    expect(await operator().delete([id, pending, -1], BY)).toEqual({
      done: [{ id }],
      refused: [
        { id: pending, reason: 'it is pending yet: cancel it first' },
        { id: -1, reason: 'there is no such request' },
      ],
    });
    expect(await operator().resend([pending], BY)).toMatchObject({
      done: [],
      refused: [{ reason: 'it is pending yet' }],
    });
    expect([await count(backend(), 'ai_requests'), await count(backend(), 'ai_responses')]).toEqual([1, 0]);
    expect((await logOf(backend(), id)).at(-1)).toEqual({ event: 'deleted', data: { by: BY.by } });
  });

  it('what operators did is listed, and what clients cancelled is not', async () => {
    const id = await failedOne();
    const pending = await insertOne(backend());
    const byClient = await insertOne(backend());
    await backend().store.cancel(byClient);
    await operator().resend([id], BY);
    await operator().cancel([pending], BY);
    await operator().delete([id], BY);
    await operator().note({ by: 'page', action: 'npcs off', what: 'all' });
    expect(await operator().actions()).toMatchObject([
      { requestId: 0, event: 'operator', by: 'page', action: 'npcs off', what: 'all' },
      { requestId: id, event: 'deleted', by: BY.by },
      { requestId: pending, event: 'cancelled' },
      { requestId: id, event: 'resent', as: expect.any(Number) as number },
    ]);
    expect(await operator().actions(1)).toHaveLength(1);
  });

  it('nobody acts without a name', async () => {
    const id = await failedOne();
    await expect(operator().resend([id], { by: ' ' })).rejects.toMatchObject({ code: 'bad_argument' });
    expect(await count(backend(), 'ai_requests')).toBe(1);
  });
});
