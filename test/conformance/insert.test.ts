import { expect, it } from 'vitest';
import { newRequest } from '../support/new-request.ts';
import { count, eventsOf, insert, insertOne, statusOf } from './arrange.ts';
import { describeStore } from './backends.ts';

describeStore('insert', (backend) => {
  it('a request is pending with what the client gave', async () => {
    const id = await insertOne(backend(), {
      type: 'decision',
      priority: 2,
      timeoutSeconds: 45,
      sourceNpc: 'Sage of Prontera',
      sourceMap: 'prontera',
    });
    const [row] = await backend().sql(
      `SELECT status, request_type, endpoint, request_data, priority, timeout, source_npc, source_map, attempts,
              max_attempts, claimed_by, claim_no, error_code
         FROM ai_requests WHERE id = ?`,
      [id],
    );
    expect(row).toEqual({
      status: 'pending',
      request_type: 'decision',
      endpoint: '/api/v1/npc/dialogue',
      request_data: '{"message":"Hello AI","npc_id":123}',
      priority: 2,
      timeout: 45,
      source_npc: 'Sage of Prontera',
      source_map: 'prontera',
      attempts: 0,
      max_attempts: null,
      claimed_by: null,
      claim_no: 0,
      error_code: null,
    });
  });

  it('its life is what the client asked for, from now on', async () => {
    const id = await insertOne(backend(), { timeoutSeconds: 600 });
    const [row] = await backend().sql(
      `SELECT created_at > ${backend().ago(25)} AS is_new, expires_at > ${backend().ago(-575)} AS is_long_enough,
              expires_at <= ${backend().ago(-600)} AS is_short_enough, available_at <= ${backend().ago(0)} AS is_due
         FROM ai_requests WHERE id = ?`,
      [id],
    );
    expect(row).toEqual({ is_new: 1, is_long_enough: 1, is_short_enough: 1, is_due: 1 });
  });

  it('many requests are inserted in the order they were given, with their own ids', async () => {
    const requests = Array.from({ length: 300 }, (_, index) => newRequest({ data: `{"n":${index}}` }));
    const ids = await backend().store.insert(requests);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    const rows = await backend().sql('SELECT id, request_data FROM ai_requests ORDER BY id');
    expect(rows).toEqual(ids.map((id, index) => ({ id, request_data: `{"n":${index}}` })));
  });

  it('clients that insert at once each get the ids of their own requests', async () => {
    const other = await backend().open();
    const insertBy = (name: string, store = backend().store) =>
      store.insert(Array.from({ length: 40 }, () => newRequest({ type: name })));
    const ids = await Promise.all([insertBy('a'), insertBy('b', other), insertBy('c'), insertBy('d', other)]);
    for (const [index, type] of ['a', 'b', 'c', 'd'].entries()) {
      const rows = await backend().sql('SELECT id FROM ai_requests WHERE request_type = ? ORDER BY id', [
        type,
      ]);
      expect(rows.map((row) => row['id'])).toEqual(ids[index]);
    }
  });

  it('many requests are inserted all or none', async () => {
    const refused = newRequest({ endpoint: null as unknown as string });
    const before = await insertOne(backend());
    await expect(
      backend().store.insert([newRequest(), newRequest(), refused, newRequest(), newRequest()]),
    ).rejects.toMatchObject({ name: 'AiIpcError', code: 'database_failed' });
    expect(await count(backend(), 'ai_requests')).toBe(1);
    expect(await statusOf(backend(), before)).toBe('pending');
  });

  it('after a refusal the store inserts again', async () => {
    await expect(
      backend().store.insert([newRequest({ endpoint: null as unknown as string })]),
    ).rejects.toMatchObject({ code: 'database_failed' });
    expect(await insert(backend(), 3)).toHaveLength(3);
  });

  it('no requests at all are no trouble', async () => {
    expect(await backend().store.insert([])).toEqual([]);
  });

  it('what players say arrives byte for byte', async () => {
    const data = JSON.stringify({ message: `"quoted" 'single' \\back\\ 🐉 ประเทศไทย \n\t\0 %s ? :name` });
    const id = await insertOne(backend(), { data, sourceNpc: "O'Hara 🐉" });
    const [row] = await backend().sql('SELECT request_data, source_npc FROM ai_requests WHERE id = ?', [id]);
    expect(row).toEqual({ request_data: data, source_npc: "O'Hara 🐉" });
    expect(await eventsOf(backend(), id)).toEqual([]);
  });
});
