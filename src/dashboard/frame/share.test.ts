import { describe, expect, it } from 'vitest';
import { lastLookOf, shareFor } from './share.ts';

describe('a look that is shared', () => {
  it('is one look for all who ask meanwhile, and a new one after its time', async () => {
    let looks = 0;
    const look = async () => ++looks;
    const shared = shareFor(60_000, look);
    expect(await Promise.all([shared(), shared(), shared()])).toEqual([1, 1, 1]);
    const unshared = shareFor(0, look);
    expect([await unshared(), await unshared()]).toEqual([2, 3]);
  });

  it('is not shared when it failed', async () => {
    const answers = [Promise.reject(new Error('away')), Promise.resolve('back')];
    const shared = shareFor(60_000, () => answers.shift() ?? Promise.resolve('none'));
    await expect(shared()).rejects.toThrow('away');
    expect(await shared()).toBe('back');
  });
});

describe('a look that nobody waits for', () => {
  it('gives what the one before it found', async () => {
    const last = lastLookOf(60_000, {
      look: async () => 'found',
      before: 'nothing yet',
      onError: () => 'failed',
    });
    expect(last()).toBe('nothing yet');
    await expect.poll(last).toBe('found');
  });

  it('tells that it failed, and looks again', async () => {
    const answers = [Promise.reject(new Error('away')), Promise.resolve('back')];
    const last = lastLookOf<string>(0, {
      look: () => answers.shift() ?? Promise.resolve('back'),
      before: 'nothing yet',
      onError: (error) => String(error),
    });
    expect(last()).toBe('nothing yet');
    await expect.poll(last).toBe('back');
  });
});
