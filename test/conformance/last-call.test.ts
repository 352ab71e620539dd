import { expect, it } from 'vitest';
import type { SettledAttempt } from '../../src/queue/outcome.ts';
import {
  change,
  insertClaimed,
  RETRY,
  requestRow,
  responseRows,
  settled,
  TIMED_OUT,
  WORKER,
} from './arrange.ts';
import { describeStore } from './backends.ts';

describeStore('the time of the last call', (backend) => {
  const settle = (...attempts: SettledAttempt[]) => backend().store.settle(WORKER, attempts);

  it('a request that ends without another call keeps the time of its last one', async () => {
    const [first, second, third] = await insertClaimed(backend(), 3);
    const retry = { ...RETRY, delayMs: 0 };
    await settle(settled(first!, retry, 120), settled(second!, { ...retry, isAttemptGivenBack: true }, 77));
    const again = await backend().store.claim(WORKER, 2);
    const outcomes = [...again, third!].map((claim) => settled(claim, TIMED_OUT, null));
    expect(await settle(...outcomes)).toEqual(['written', 'written', 'written']);
    expect(await responseRows(backend(), first!.id)).toMatchObject([{ processing_time_ms: 120 }]);
    expect(await responseRows(backend(), second!.id)).toMatchObject([{ processing_time_ms: 77 }]);
    expect(await responseRows(backend(), third!.id)).toMatchObject([{ processing_time_ms: null }]);
  });

  it.each([
    ['an enormous number', '{"ms":1e30}'],
    ['a number with too many digits', '{"ms":99999999999}'],
    ['a negative number', '{"ms":-5}'],
    ['a text', '{"ms":"soon"}'],
    ['an object', '{"ms":{}}'],
    ['a list', '{"ms":[1]}'],
    ['no JSON', '{"ms":no json}'],
    ['JSON cut short', '{"ms":12'],
    ['nothing', ''],
    ['words', 'the admin was here'],
    ['JSON too deep for a server', `{"a":${'['.repeat(200)}${']'.repeat(200)},"ms":12}`],
    ['a long text', '{"ms":"ms":'.repeat(5_000)],
  ])(
    '%s as the time of the last call, put into the log by SQL, keeps no request from its end',
    async (_, row) => {
      const [first, second] = await insertClaimed(backend(), 2);
      const retry = { ...RETRY, delayMs: 0 };
      await settle(settled(first!, retry, 120), settled(second!, retry, 77));
      await backend().sql(
        'UPDATE ai_request_log SET event_data = ? WHERE event_type = ? AND request_id = ?',
        [row, 'retried', first!.id],
      );
      const again = await backend().store.claim(WORKER, 2);
      expect(await settle(...again.map((claim) => settled(claim, TIMED_OUT, null)))).toEqual([
        'written',
        'written',
      ]);
      expect(await requestRow(backend(), first!.id)).toMatchObject({ status: 'timeout' });
      expect(await responseRows(backend(), second!.id)).toMatchObject([{ processing_time_ms: 77 }]);
    },
  );

  it.each([
    ['no JSON', 'retried'],
    ['nothing', ''],
    ['no value', null],
    ['a list', '[1]'],
    ['a text', '"ms"'],
    ['half an object', '{"ms":12'],
    ['a time that is text', '{"ms":"12"}'],
    ['a long text', 'x'.repeat(60_000)],
  ])(
    'a log row of somebody else with %s costs one request that time, is told, and stops nobody',
    async (_, data) => {
      const claims = await insertClaimed(backend(), 4);
      await settle(...claims.map((claim) => settled(claim, { ...RETRY, delayMs: 0 }, 120)));
      const [expiring, expiringToo, ending, endingToo] = claims.map(({ id }) => id);
      for (const id of [expiring, ending]) {
        await backend().sql(
          "INSERT INTO ai_request_log (request_id, event_type, event_data) VALUES (?, 'retried', ?)",
          [id, data],
        );
      }
      for (const id of [expiring!, expiringToo!])
        await change(backend(), id, { expires_at: backend().ago(1) });
      const again = await backend().store.claim(WORKER, 10);
      await settle(...again.map((claim) => settled(claim, TIMED_OUT, null)));

      expect(await backend().store.expire({ limit: 10 })).toBe(2);
      for (const id of [expiring!, ending!]) {
        expect(await responseRows(backend(), id)).toMatchObject([{ processing_time_ms: null }]);
        expect(await lastLogOf(id)).toMatchObject({ unreadable_log_row: await lastRetryOf(id) });
      }
      for (const id of [expiringToo!, endingToo!]) {
        expect(await responseRows(backend(), id)).toMatchObject([{ processing_time_ms: 120 }]);
        expect(await lastLogOf(id)).not.toHaveProperty('unreadable_log_row');
      }
    },
  );

  async function lastLogOf(id: number): Promise<unknown> {
    const [row] = await backend().sql(
      'SELECT event_data FROM ai_request_log WHERE request_id = ? ORDER BY id DESC LIMIT 1',
      [id],
    );
    return JSON.parse(String(row!['event_data']));
  }

  async function lastRetryOf(id: number): Promise<unknown> {
    const [row] = await backend().sql(
      "SELECT MAX(id) AS id FROM ai_request_log WHERE request_id = ? AND event_type = 'retried'",
      [id],
    );
    return row!['id'];
  }
});
