import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { type LearntProfile, ProfileBook } from './profile-book.ts';
import { FULL_PROFILE } from './server-profile.ts';

const HOUR_MS = 3_600_000;

function open(fixed = {}) {
  const clock = new FakeClock(0);
  const told: LearntProfile[] = [];
  return { clock, told, book: new ProfileBook({ clock, fixed, onLearnt: (learnt) => told.push(learnt) }) };
}

describe('ProfileBook', () => {
  it('keeps what was learnt of one model from all others', () => {
    const { book } = open();
    book.learn('small', { format: 'text' });
    expect(book.profileOf('small')).toEqual({ ...FULL_PROFILE, format: 'text' });
    expect(book.profileOf('large')).toEqual(FULL_PROFILE);
  });

  it('tries all again after an hour, counted from what was learnt first', async () => {
    const { book, clock } = open();
    book.learn('small', { format: 'text' });
    await clock.advance(HOUR_MS - 1);
    book.learn('small', { temperature: 'left_out' });
    expect(book.profileOf('small')).toMatchObject({ format: 'text', temperature: 'left_out' });
    await clock.advance(1);
    expect(book.profileOf('small')).toEqual(FULL_PROFILE);
  });

  it('tells of each thing once, also when it is learnt anew', async () => {
    const { book, clock, told } = open();
    book.learn('small', { format: 'json_object' });
    book.learn('small', { format: 'json_object' });
    await clock.advance(HOUR_MS);
    book.profileOf('small');
    book.learn('small', { format: 'json_object', stream: 'off' });
    expect(told).toEqual([
      { model: 'small', changes: { format: 'json_object' } },
      { model: 'small', changes: { stream: 'off' } },
    ]);
  });

  it('keeps to what an admin set', () => {
    const { book } = open({ format: 'json_object' });
    expect(book.profileOf('small').format).toBe('json_object');
    expect(book.mayChange({ format: 'text' })).toBe(false);
    expect(book.mayChange({ stream: 'off' })).toBe(true);
    expect(book.mayProbe('small', book.profileOf('small'))).toBe(false);
  });

  it('probes a format once a minute, and none that has answered', async () => {
    const { book, clock } = open();
    const profile = book.profileOf('small');
    expect([book.mayProbe('small', profile), book.mayProbe('small', profile)]).toEqual([true, false]);
    await clock.advance(60_000);
    expect(book.mayProbe('small', profile)).toBe(true);
    await clock.advance(60_000);
    book.proved('small', profile);
    expect(book.mayProbe('small', profile)).toBe(false);
    expect(book.mayProbe('large', profile)).toBe(true);
  });
});
