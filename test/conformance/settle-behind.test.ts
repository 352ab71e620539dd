import { expect, it, onTestFinished, vi } from 'vitest';
import type { SettledAttempt } from '../../src/queue/outcome.ts';
import {
  COMPLETED,
  change,
  count,
  eventsOf,
  FAILED,
  insertClaimedOne,
  RETRY,
  settled,
  WORKER,
} from './arrange.ts';
import { describeStore } from './backends.ts';

/** As behind a balancer of Galera nodes, where the next statement may go to one that has not got the write yet. */
describeStore('settle on a server that may be behind', (backend) => {
  const settle = (...attempts: SettledAttempt[]) => backend().store.settle(WORKER, attempts);

  it('an answer for a deleted request is dropped and logged, when it has been missing for 3 s', async () => {
    const attempt = settled(await insertClaimedOne(backend()));
    const claim = { id: attempt.id };
    await backend().sql('DELETE FROM ai_requests WHERE id = ?', [claim.id]);
    expect(await settle(attempt)).toEqual(['held']);
    const laterMs = performance.now() + 3_000;
    const clock = vi.spyOn(performance, 'now').mockReturnValue(laterMs);
    onTestFinished(() => clock.mockRestore());
    expect(await settle(attempt)).toEqual(['dropped']);
    expect(await count(backend(), 'ai_responses')).toBe(0);
    expect(await eventsOf(backend(), claim.id)).toEqual(['claimed', 'dropped']);
  });

  it.each([COMPLETED, FAILED, RETRY])(
    'a $kind is held where the server has not got the claim yet, and written where it has',
    async (outcome) => {
      const claim = await insertClaimedOne(backend());
      const before = { status: "'pending'", claimed_by: 'NULL', claim_no: '0' };
      const after = { status: "'processing'", claimed_by: `'${WORKER}'`, claim_no: '1' };
      await change(backend(), claim.id, before);
      expect(await settle(settled(claim, outcome))).toEqual(['held']);
      expect(await eventsOf(backend(), claim.id)).toEqual(['claimed']);
      await change(backend(), claim.id, after);
      expect(await settle(settled(claim, outcome))).toEqual(['written']);
    },
  );
});
