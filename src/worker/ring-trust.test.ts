import { beforeEach, describe, expect, it } from 'vitest';
import { RingTrust } from './ring-trust.ts';

let trust: RingTrust;
beforeEach(() => {
  trust = new RingTrust();
});

describe('trust in rings', () => {
  it('is not there before the first ring', () => {
    expect(trust.isEarned(1_000_000)).toBe(false);
    trust.noteRing(1_000_000);
    expect(trust.isEarned(1_000_000)).toBe(true);
  });

  it('stays while each find has a ring shortly before it or after it', () => {
    trust.noteRing(1_000);
    trust.noteFound(1_002);
    trust.noteFound(5_000);
    expect(trust.isEarned(5_000)).toBe(false);
    trust.noteRing(5_001);
    expect(trust.isEarned(5_001)).toBe(true);
  });

  it('is lost for a minute with a find that nobody rang for, however many ring later', () => {
    trust.noteRing(1_000);
    trust.noteFound(5_000);
    for (let ms = 5_101; ms <= 65_000; ms += 1_000) {
      trust.noteRing(ms);
      trust.noteFound(ms + 1);
      expect(trust.isEarned(ms)).toBe(false);
    }
    expect(trust.isEarned(65_001)).toBe(true);
  });
});
