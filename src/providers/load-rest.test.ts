import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { LoadRest } from './load-rest.ts';

describe('LoadRest', () => {
  it('lasts as long as the server asked for', async () => {
    const clock = new FakeClock(0);
    const rest = new LoadRest(clock);
    expect(rest.leftMs()).toBe(0);
    expect(rest.begin(5_000)).toBe(5_000);
    await clock.advance(4_999);
    expect(rest.leftMs()).toBe(1);
    await clock.advance(1);
    expect(rest.leftMs()).toBe(0);
  });

  it('is not cut by a shorter wish, and lasts an hour at the most', () => {
    const rest = new LoadRest(new FakeClock(0));
    rest.begin(5_000);
    expect(rest.begin(1_000)).toBe(5_000);
    expect(rest.begin(1e12)).toBe(3_600_000);
  });

  it('grows where the server does not tell, until it answers', async () => {
    const clock = new FakeClock(0);
    const rest = new LoadRest(clock);
    const restsMs: number[] = [];
    for (let turn = 0; turn < 7; turn += 1) {
      restsMs.push(rest.begin(null));
      // What was under way at the same time makes it no longer.
      expect(rest.begin(null)).toBe(restsMs.at(-1));
      await clock.advance(restsMs.at(-1) ?? 0);
    }
    expect(restsMs).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    rest.answered();
    expect(rest.begin(null)).toBe(500);
  });
});
