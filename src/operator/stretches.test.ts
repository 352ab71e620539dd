import { describe, expect, it } from 'vitest';
import type { LoggedEvent } from './log-event.ts';
import { stretchesOf } from './stretches.ts';

const BARE = {
  ...{
    id: 1,
    requestId: 1,
    worker: null,
    attempt: null,
    errorCode: null,
    ms: null,
    by: null,
    as: null,
    of: null,
  },
  ...{ action: null, what: null, mark: null },
};

function log(...events: readonly (Partial<LoggedEvent> & { event: string; atMs: number })[]): LoggedEvent[] {
  return events.map((event) => ({ ...BARE, ...event }));
}

const shape = (life: Parameters<typeof stretchesOf>[0]) =>
  stretchesOf(life).map(({ kind, attempt, fromMs, toMs, isOpen }) => [kind, attempt, fromMs, toMs, isOpen]);

describe('where the time went', () => {
  it('a call that took its time, and the writing of it', () => {
    const events = log(
      { event: 'claimed', atMs: 110, attempt: 1 },
      { event: 'completed', atMs: 200, attempt: 1, ms: 80 },
    );
    expect(shape({ createdMs: 100, processedMs: 200, nowMs: 900, events })).toEqual([
      ['waited', null, 100, 110, false],
      ['ai', 1, 110, 190, false],
      ['settle', 1, 190, 200, false],
    ]);
  });

  it('an attempt that made no call, and one that a dead worker left', () => {
    const events = log(
      { event: 'claimed', atMs: 110, attempt: 1 },
      { event: 'rescued', atMs: 150 },
      { event: 'claimed', atMs: 160, attempt: 2 },
      { event: 'failed', atMs: 170, attempt: 2 },
    );
    expect(shape({ createdMs: 100, processedMs: 170, nowMs: 900, events })).toEqual([
      ['waited', null, 100, 110, false],
      ['settle', 1, 110, 150, false],
      ['waited', null, 150, 160, false],
      ['settle', 2, 160, 170, false],
    ]);
  });

  it('a call that took longer than its log rows are apart is not drawn beyond them', () => {
    const events = log(
      { event: 'claimed', atMs: 110, attempt: 1 },
      { event: 'completed', atMs: 120, attempt: 1, ms: 80 },
    );
    expect(shape({ createdMs: 100, processedMs: 120, nowMs: 900, events }).slice(1)).toEqual([
      ['ai', 1, 110, 120, false],
      ['settle', 1, 120, 120, false],
    ]);
  });

  it('what is said beside, twice or out of order makes no stretch of its own, nor one that runs back', () => {
    const events = log(
      { event: 'resent', atMs: 50 },
      { event: 'claimed', atMs: 90, attempt: 1 },
      { event: 'claimed', atMs: 120, attempt: 1 },
      { event: 'dropped', atMs: 130 },
    );
    expect(shape({ createdMs: 100, processedMs: null, nowMs: 300, events })).toEqual([
      ['waited', null, 100, 100, false],
      ['ai', 1, 100, 300, true],
    ]);
  });

  it('an end without a log row is the end all the same', () => {
    expect(shape({ createdMs: 100, processedMs: 250, nowMs: 900, events: [] })).toEqual([
      ['waited', null, 100, 250, false],
    ]);
  });
});
