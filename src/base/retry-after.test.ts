import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const DATE = 'Sun, 06 Nov 1994 08:49:30 GMT';

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['3', 3000],
    [' 120 ', 120_000],
    ['1.5', 1500],
    ['-4', 0],
    ['-0', 0],
  ])('%j is read as seconds: %d ms', (text, ms) => {
    expect(retryAfterMs(text, undefined)).toBe(ms);
  });

  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'the date %j is compared with the Date header',
    (text) => {
      expect(retryAfterMs(text, DATE)).toBe(7000);
    },
  );

  it('dates mean GMT in every time zone of this machine, also where one of them does not say so', () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Asia/Tokyo';
    onTestFinished(() => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });
    expect(retryAfterMs('Sun Nov  6 08:49:37 1994', ` ${DATE} `)).toBe(7000);
  });

  it('a date that is past means now', () => {
    expect(retryAfterMs('Sun, 06 Nov 1994 08:00:00 GMT', DATE)).toBe(0);
  });

  it.each([undefined, '', 'yesterday'])('a date says nothing where the response’s own is %j', (date) => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    expect(retryAfterMs(inAMinute, date)).toBeNull();
  });

  it.each([
    undefined,
    '',
    ' ',
    'soon',
    'later 5',
    '1e3',
    '0x10',
    '3 seconds',
    'NaN',
    'Sun, 99 Foo 1994 08:49:37 GMT',
  ])('%j says nothing', (text) => {
    expect(retryAfterMs(text, DATE)).toBeNull();
  });

  it('is null or a number of milliseconds from 0, whatever it says', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.date().map(String), fc.double().map(String)),
        fc.string(),
        (text, date) => {
          const ms = retryAfterMs(text, date);
          expect(ms === null || (Number.isFinite(ms) && ms >= 0)).toBe(true);
        },
      ),
    );
  });
});
