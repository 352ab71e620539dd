import { expect, it } from 'vitest';
import type { SettledAttempt } from '../../src/queue/outcome.ts';
import { insertClaimed, RETRY, requestRow, responseRows, settled, TIMED_OUT, WORKER } from './arrange.ts';
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
});
