import { describe, expect, it } from 'vitest';
import { ALERT } from '../config/alert-schema.ts';
import { defaultsOf } from '../config/setting.ts';
import { judgeAlerts, raisedIn, type Seen } from './alert.ts';

const SETTINGS = { ...defaultsOf(ALERT), dailyTokens: 50_000 };
const WELL: Seen = {
  pending: 3,
  processing: 2,
  oldestPendingSeconds: 1,
  recent: { ended: 100, failed: 2 },
  workers: 1,
  dailyTokens: 100,
  folder: '/var/lib/mysql',
  diskFreeBytes: 50 * 1024 ** 3,
};

const namesIn = (seen: Partial<Seen>, settings = SETTINGS) =>
  raisedIn(judgeAlerts({ ...WELL, ...seen }, settings)).map(({ name }) => name);

describe('alerts', () => {
  it('none holds where all is well', () => {
    expect(namesIn({})).toEqual([]);
  });

  it.each([
    ['no_worker', { workers: 0 }, { workers: 1 }],
    ['pending', { pending: 1_001 }, { pending: 1_000 }],
    ['oldest_pending', { oldestPendingSeconds: 15.1 }, { oldestPendingSeconds: 15 }],
    ['failures', { recent: { ended: 10, failed: 3 } }, { recent: { ended: 10, failed: 2 } }],
    ['daily_tokens', { dailyTokens: 50_001 }, { dailyTokens: 50_000 }],
    ['disk', { diskFreeBytes: 1024 ** 3 - 1 }, { diskFreeBytes: 1024 ** 3 }],
  ])('%s holds beyond its threshold, and not at it', (name, beyond, at) => {
    expect(namesIn(beyond)).toEqual([name]);
    expect(namesIn(at)).toEqual([]);
  });

  it('a few failures in a quiet night are none', () => {
    expect(namesIn({ recent: { ended: 9, failed: 9 } })).toEqual([]);
  });

  it('what could not be seen is unknown, which is neither an alert nor its end', () => {
    const nothing = { pending: null, processing: null, oldestPendingSeconds: null, recent: null };
    const seen = { ...nothing, workers: null, dailyTokens: null, folder: null, diskFreeBytes: null };
    expect(new Set(Object.values(judgeAlerts(seen, SETTINGS)))).toEqual(new Set(['unknown']));
  });

  it('a threshold of 0 switches an alert off', () => {
    const off = { pending: 0, oldestPendingSeconds: 0, failedPercent: 0, dailyTokens: 0, diskFreeMib: 0 };
    const bad = { pending: 90_000, oldestPendingSeconds: 900, recent: { ended: 100, failed: 100 } };
    const worse = { ...bad, workers: 0, dailyTokens: 10 ** 9, diskFreeBytes: 0 };
    expect(namesIn(worse, { ...SETTINGS, ...off, noWorker: false })).toEqual([]);
    expect(namesIn(worse)).toHaveLength(6);
  });

  it('says what is so, with its figure and its threshold, and what to do', () => {
    const [alert] = raisedIn(judgeAlerts({ ...WELL, diskFreeBytes: 100 * 1024 ** 2 }, SETTINGS));
    expect(alert).toEqual({
      name: 'disk',
      value: 100,
      threshold: 1024,
      message: '100 MiB are free on the disk of /var/lib/mysql; the alert is set to 1024 MiB.',
      remedy: expect.stringContaining('ai-ipc cleanup'),
    });
  });
});
