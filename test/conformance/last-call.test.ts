import { expect, it } from 'vitest';
import type { SettledAttempt } from '../../src/queue/outcome.ts';
import {
  insertClaimed,
  insertClaimedOne,
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

  it.each(['1e30', '-5', '"soon"', '{}', '[1]', 'no json'])(
    'a time of the last call that is none (%s), as SQL may put it into the log, keeps no request from its end',
    async (ms) => {
      const claim = await insertClaimedOne(backend());
      await settle(settled(claim, { ...RETRY, delayMs: 0 }, 120));
      await backend().sql('UPDATE ai_request_log SET event_data = ? WHERE event_type = ?', [
        `{"ms":${ms}}`,
        'retried',
      ]);
      const [again] = await backend().store.claim(WORKER, 1);
      expect(await settle(settled(again!, TIMED_OUT, null))).toEqual(['written']);
      expect(await requestRow(backend(), claim.id)).toMatchObject({ status: 'timeout' });
    },
  );
});
