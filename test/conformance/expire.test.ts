import { expect, it } from 'vitest';
import {
  change,
  count,
  eventsOf,
  insert,
  insertClaimedOne,
  insertOne,
  insertRow,
  logOf,
  RETRY,
  requestRow,
  responseRows,
  settled,
  statusOf,
  WORKER,
} from './arrange.ts';
import { describeStore } from './backends.ts';

describeStore('expire', (backend) => {
  const expire = (limit = 100) => backend().store.expire({ limit });

  it('a pending request past its life ends as timeout, with a response and a log row', async () => {
    const id = await insertOne(backend());
    await change(backend(), id, { expires_at: backend().ago(0.1), created_at: backend().ago(45.1) });
    expect(await expire()).toBe(1);
    expect(await requestRow(backend(), id)).toMatchObject({
      status: 'timeout',
      has_processed_at: 1,
      error_code: 'expired',
    });
    expect(await responseRows(backend(), id)).toEqual([
      {
        response_data: null,
        error_message: 'The life of the request (45 s) ended before it was answered: no attempt had begun.',
        processing_time_ms: null,
      },
    ]);
    expect(await logOf(backend(), id)).toEqual([
      { event: 'timeout', data: { attempt: 0, error_code: 'expired' } },
    ]);
  });

  it('the message tells how often it was tried and why the last attempt ended', async () => {
    const id = await insertOne(backend());
    await change(backend(), id, {
      expires_at: backend().ago(1),
      attempts: '2',
      error_code: "'ai_server_error'",
    });
    await expire();
    const [response] = await responseRows(backend(), id);
    expect(response!['error_message']).toMatch(
      /2 attempts had begun, the last one ended with ai_server_error\.$/,
    );
  });

  it('a request that was called and is retried no more keeps the time of its last call', async () => {
    const first = await insertClaimedOne(backend());
    await backend().store.settle(WORKER, [settled(first, { ...RETRY, delayMs: 0 }, 500)]);
    const [second] = await backend().store.claim(WORKER, 1);
    await backend().store.settle(WORKER, [settled(second!, RETRY, 70)]);
    await change(backend(), first.id, { expires_at: backend().ago(1) });
    expect(await expire()).toBe(1);
    expect(await responseRows(backend(), first.id)).toMatchObject([{ processing_time_ms: 70 }]);
  });

  it('a pending request that could not be served says why', async () => {
    const id = await insertOne(backend());
    await change(backend(), id, { expires_at: backend().ago(1) });
    const reason = { code: 'ai_unavailable', message: 'The AI service is unavailable.' } as const;
    expect(await backend().store.expire({ limit: 10, reason })).toBe(1);
    expect(await requestRow(backend(), id)).toMatchObject({
      status: 'timeout',
      error_code: 'ai_unavailable',
    });
    expect(await responseRows(backend(), id)).toMatchObject([
      { error_message: 'The AI service is unavailable.' },
    ]);
  });

  it('a request under way has a second more, in which its worker settles it', async () => {
    const claim = await insertClaimedOne(backend());
    await change(backend(), claim.id, { expires_at: backend().ago(0.2) });
    expect(await expire()).toBe(0);
    expect(await statusOf(backend(), claim.id)).toBe('processing');
    await change(backend(), claim.id, { expires_at: backend().ago(1.1) });
    expect(await expire()).toBe(1);
    expect(await requestRow(backend(), claim.id)).toMatchObject({ status: 'timeout', error_code: 'expired' });
    expect(await eventsOf(backend(), claim.id)).toEqual(['claimed', 'timeout']);
  });

  it('a request under way keeps its own reason: it was being served', async () => {
    const claim = await insertClaimedOne(backend());
    await change(backend(), claim.id, { expires_at: backend().ago(2) });
    const reason = { code: 'ai_unavailable', message: 'The AI service is unavailable.' } as const;
    await backend().store.expire({ limit: 10, reason });
    expect(await requestRow(backend(), claim.id)).toMatchObject({ error_code: 'expired' });
  });

  it('what is alive or has ended is left alone', async () => {
    const [alive, delayed, ...ended] = await insert(backend(), 6);
    await change(backend(), delayed!, { available_at: backend().ago(-20) });
    for (const [index, status] of ['completed', 'failed', 'timeout', 'cancelled'].entries()) {
      await change(backend(), ended[index]!, { status: `'${status}'`, expires_at: backend().ago(60) });
    }
    expect(await expire()).toBe(0);
    expect(await statusOf(backend(), alive!)).toBe('pending');
    expect(await statusOf(backend(), delayed!)).toBe('pending');
    expect(await count(backend(), 'ai_responses')).toBe(0);
    expect(await count(backend(), 'ai_request_log')).toBe(0);
  });

  it('ends no more at once than the limit, the oldest first', async () => {
    const ids = await insert(backend(), 5);
    for (const [index, id] of ids.entries()) {
      await change(backend(), id, { expires_at: backend().ago(10 + index) });
    }
    expect(await expire(2)).toBe(2);
    expect(await statusOf(backend(), ids[4]!)).toBe('timeout');
    expect(await statusOf(backend(), ids[3]!)).toBe('timeout');
    expect(await expire(2)).toBe(2);
    expect(await expire(2)).toBe(1);
    expect(await expire(2)).toBe(0);
  });

  it('workers that expire at once end each request once', async () => {
    const ids = await insert(backend(), 100);
    await backend().sql(`UPDATE ai_requests SET expires_at = ${backend().ago(5)}`);
    const other = await backend().open();
    const counts = await Promise.all([expire(200), other.expire({ limit: 200 }), expire(200)]);
    expect(counts.reduce((sum, ended) => sum + ended, 0)).toBe(100);
    expect(await count(backend(), 'ai_responses')).toBe(100);
    expect(await count(backend(), 'ai_request_log')).toBe(100);
    expect(await statusOf(backend(), ids[99]!)).toBe('timeout');
  });

  it('a response that was left behind is replaced', async () => {
    const id = await insertOne(backend());
    await backend().sql("INSERT INTO ai_responses (request_id, response_data) VALUES (?, '{}')", [id]);
    await change(backend(), id, { expires_at: backend().ago(5) });
    expect(await expire()).toBe(1);
    expect(await responseRows(backend(), id)).toMatchObject([{ response_data: null }]);
  });

  it('a row whose status does not exist fails with the reason', async () => {
    if (backend().kind === 'sqlite') {
      // The CHECK of the table refuses what MariaDB stores as '' outside strict mode.
      await expect(insertRow(backend(), { status: "'pendign'" })).rejects.toThrow(/CHECK/);
      return;
    }
    await backend().sql("SET SESSION sql_mode = ''");
    await insertRow(backend(), { status: "'pendign'" });
    await backend().sql('SET SESSION sql_mode = DEFAULT');
    const [row] = await backend().sql('SELECT id, status FROM ai_requests');
    const id = Number(row!['id']);
    expect(row!['status']).toBe('');
    expect(await backend().store.read(id)).toMatchObject({ status: 'pending' });
    expect(await expire()).toBe(1);
    expect(await requestRow(backend(), id)).toMatchObject({
      status: 'failed',
      error_code: 'bad_status',
      has_processed_at: 1,
    });
    expect(await responseRows(backend(), id)).toMatchObject([{ response_data: null }]);
    expect(await logOf(backend(), id)).toEqual([
      { event: 'failed', data: { attempt: 0, error_code: 'bad_status' } },
    ]);
    expect(await expire()).toBe(0);
  });
});
