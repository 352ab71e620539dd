import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';

describe('systemClock', () => {
  it('sleeps as long as it is told', async () => {
    const startMs = systemClock.nowMs();
    await systemClock.sleep(50);
    expect(systemClock.nowMs() - startMs).toBeGreaterThanOrEqual(49);
    expect(systemClock.nowMs() - startMs).toBeLessThan(2_000);
  });

  it('an abort ends the sleep without an error, also one that came before', async () => {
    const startMs = systemClock.nowMs();
    const controller = new AbortController();
    const sleep = systemClock.sleep(60_000, controller.signal);
    controller.abort();
    await sleep;
    await systemClock.sleep(60_000, controller.signal);
    expect(systemClock.nowMs() - startMs).toBeLessThan(2_000);
  });
});
