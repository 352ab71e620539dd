import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';

describe('systemClock', () => {
  it('sleeps as long as it is told', async () => {
    const startMs = systemClock.nowMs();
    await systemClock.sleep(50);
    expect(systemClock.nowMs() - startMs).toBeGreaterThanOrEqual(49);
  });

  it('an abort ends the sleep without an error, also one that came before', async () => {
    const controller = new AbortController();
    // A sleep that went on would be longer than any test may take.
    const sleep = systemClock.sleep(3_600_000, controller.signal);
    controller.abort();
    await sleep;
    await systemClock.sleep(3_600_000, controller.signal);
  });
});
