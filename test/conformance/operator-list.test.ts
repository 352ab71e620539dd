import { describe, expect, it } from 'vitest';
import type { RequestFilter } from '../../src/operator/request-filter.ts';
import type { ListedRequest } from '../../src/operator/request-list.ts';
import { change, insert, insertClaimedOne, insertOne, settled } from './arrange.ts';
import { describeStore } from './backends.ts';
import { useOperator } from './operator.ts';

describeStore('the list of requests', (backend) => {
  const operator = useOperator(backend);
  const idsOf = async (filter: RequestFilter) => (await operator().list(filter)).requests.map(({ id }) => id);

  it('the newest come first, with what is known of each', async () => {
    const first = await insertOne(backend());
    const claim = await insertClaimedOne(backend(), { workerId: 'w' });
    expect(claim.id).toBe(first);
    await backend().store.settle('w', [settled(claim)]);
    const { requests, next } = await operator().list({});
    expect(next).toBeNull();
    expect(requests).toHaveLength(2);
    expect(requests[0]).toMatchObject({
      status: 'pending',
      attempts: 0,
      waitedMs: null,
      aiMs: null,
      totalMs: null,
    });
    const ended = requests[1]!;
    expect(ended).toMatchObject({ id: first, status: 'completed', attempts: 1, aiMs: 42, errorCode: null });
    expect(ended.waitedMs).toBeGreaterThanOrEqual(0);
    expect(ended.totalMs).toBeGreaterThanOrEqual(ended.waitedMs!);
    expect(Math.abs(ended.createdMs - Date.now())).toBeLessThan(3_600_000);
  });

  describe('filters', () => {
    const arrange = async () => {
      const sage = await insertOne(backend(), {
        type: 'dialogue',
        endpoint: '/api/v1/npc/dialogue',
        sourceNpc: 'Sage',
        sourceMap: 'prontera',
        data: '{"message":"Where is 100% of the_Gold?"}',
      });
      const guard = await insertOne(backend(), {
        type: 'decision',
        endpoint: '/api/v1/npc/decision',
        sourceNpc: 'Guard',
        sourceMap: 'geffen',
        data: '{"message":"Halt"}',
      });
      await change(backend(), guard, { status: "'failed'", error_code: "'ai_client_error'" });
      await change(backend(), sage, { created_at: backend().ago(500) });
      return { sage, guard };
    };

    it.each<[RequestFilter, 'sage' | 'guard']>([
      [{ statuses: ['pending'] }, 'sage'],
      [{ statuses: ['failed', 'timeout'] }, 'guard'],
      [{ type: 'dialogue' }, 'sage'],
      [{ endpoint: '/api/v1/npc/decision' }, 'guard'],
      [{ npc: 'Sage' }, 'sage'],
      [{ npc: 'GUARD' }, 'guard'],
      [{ map: 'geffen' }, 'guard'],
      [{ errorCode: 'ai_client_error' }, 'guard'],
      [{ text: 'gold' }, 'sage'],
      [{ text: '100% of the_' }, 'sage'],
      [{ statuses: ['failed'], npc: 'Guard', map: 'geffen', type: 'decision', text: 'Halt' }, 'guard'],
    ])('%j', async (filter, who) => {
      const made = await arrange();
      expect(await idsOf(filter)).toEqual([made[who]]);
      expect(await operator().count(filter)).toEqual({ requests: 1, isWhole: true });
      expect(await idsOf({ ...filter, id: made[who] })).toEqual([made[who]]);
      const other = made[who === 'sage' ? 'guard' : 'sage'];
      expect(await idsOf({ ...filter, id: other })).toEqual([]);
    });

    it('by the time they were made, to the millisecond', async () => {
      const { sage, guard } = await arrange();
      const [newer, older] = (await operator().list({})).requests as [ListedRequest, ListedRequest];
      expect([newer.id, older.id]).toEqual([guard, sage]);
      expect(await idsOf({ fromMs: newer.createdMs })).toEqual([guard]);
      expect(await idsOf({ fromMs: newer.createdMs + 1 })).toEqual([]);
      expect(await idsOf({ toMs: newer.createdMs })).toEqual([sage]);
      expect(await idsOf({ fromMs: older.createdMs, toMs: newer.createdMs + 1 })).toEqual([guard, sage]);
      expect(await operator().count({ toMs: older.createdMs })).toEqual({ requests: 0, isWhole: true });
    });

    it('what contradicts itself is refused', async () => {
      await expect(operator().list({ statuses: [] })).rejects.toMatchObject({ code: 'bad_argument' });
      await expect(operator().list({ fromMs: 2, toMs: 1 })).rejects.toMatchObject({ code: 'bad_argument' });
      await expect(operator().count({ id: 0 })).rejects.toMatchObject({ code: 'bad_argument' });
    });
  });

  it('pages stay as they are while requests come in', async () => {
    const ids = (await insert(backend(), 7)).reverse();
    const first = await operator().list({}, { limit: 3 });
    expect(first.requests.map(({ id }) => id)).toEqual(ids.slice(0, 3));
    await insert(backend(), 5);
    const second = await operator().list({}, { limit: 3, before: first.next! });
    expect(second.requests.map(({ id }) => id)).toEqual(ids.slice(3, 6));
    const third = await operator().list({}, { limit: 3, before: second.next! });
    expect(third).toMatchObject({ requests: [{ id: ids[6] }], next: null, isCutShort: false });
  });

  it('a last page that is full has no next one', async () => {
    await insert(backend(), 4);
    const { next } = await operator().list({}, { limit: 2 });
    expect(await operator().list({}, { limit: 2, before: next! })).toMatchObject({ next: null });
  });

  it('when the time is over it says so, and the next page goes on where it stopped', async () => {
    const [first] = await insert(backend(), 1);
    // As far away as a table of a hundred thousand requests is long.
    await backend().sql(
      `INSERT INTO ai_requests (id, endpoint, source_npc) VALUES (${first! + 100_000}, '/x', 'Guard')`,
    );
    const cut = await operator().list({ npc: 'Nobody' }, { limitMs: 0 });
    expect(cut).toMatchObject({ requests: [], isCutShort: true });
    expect(cut.next).toBeGreaterThan(first!);
    expect(await operator().count({ npc: 'Nobody' }, { limitMs: 0 })).toEqual({
      requests: 0,
      isWhole: false,
    });
    expect(await operator().list({ npc: 'Nobody' }, { before: cut.next! })).toMatchObject({ next: null });
  });

  it('a request without a known status is shown, as one', async () => {
    if (backend().kind === 'sqlite') {
      await expect(
        backend().sql("INSERT INTO ai_requests (endpoint, status) VALUES ('/x', '')"),
      ).rejects.toThrow();
      return;
    }
    await insertOne(backend());
    await backend().sql("SET SESSION sql_mode = ''");
    await backend().sql("UPDATE ai_requests SET status = 'lost'");
    await backend().sql('SET SESSION sql_mode = DEFAULT');
    expect((await operator().list({})).requests).toMatchObject([{ status: '' }]);
    expect(await operator().overview('15m')).toMatchObject({ traffic: { requests: 1 } });
  });

  it('without requests there is nothing, and no error', async () => {
    expect(await operator().list({ fromMs: 1 })).toEqual({ requests: [], next: null, isCutShort: false });
    expect(await operator().count({ statuses: ['failed'] })).toEqual({ requests: 0, isWhole: true });
  });
});
