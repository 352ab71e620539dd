import { expect, test } from 'vitest';
import { type AttemptEnded, createEvents } from '../base/events.ts';
import { StatisticsCounter } from './statistics.ts';

function ended(outcome: AttemptEnded['outcome'], durationMs: number | null): AttemptEnded {
  return { workerId: 'w', requestId: 1, attempt: 1, outcome, error: undefined, durationMs, isSlow: false };
}

test('before the first request everything is zero, and there is no average', () => {
  const counter = new StatisticsCounter(createEvents(), () => 5_000);
  expect(counter.read(null)).toEqual({
    processed: 0,
    failed: 0,
    timedOut: 0,
    retried: 0,
    averageProcessingMs: null,
    queueDepth: null,
    uptimeSeconds: 0,
  });
});

test('each outcome is counted where it belongs, and the average is over all calls', () => {
  let nowMs = 5_000;
  const events = createEvents();
  const counter = new StatisticsCounter(events, () => nowMs);

  events.emit('attemptEnded', ended('completed', 100));
  events.emit('attemptEnded', ended('completed', 200));
  events.emit('attemptEnded', ended('retry', 300));
  events.emit('attemptEnded', ended('failed', 401));
  events.emit('attemptEnded', ended('failed', null));
  events.emit('attemptEnded', ended('timeout', null));
  events.emit('expired', { workerId: 'w', count: 3 });
  events.emit('rescued', { workerId: 'w', deadWorkerIds: ['dead'], rescued: 7, failed: 2 });
  nowMs += 61_400;

  expect(counter.read(17)).toEqual({
    processed: 10,
    failed: 4,
    timedOut: 4,
    retried: 1,
    averageProcessingMs: 250,
    queueDepth: 17,
    uptimeSeconds: 61,
  });
});

test('what expired uncalled is processed too: timed_out is never more than processed', () => {
  const events = createEvents();
  const counter = new StatisticsCounter(events, () => 5_000);

  events.emit('expired', { workerId: 'w', count: 50 });

  expect(counter.read(0)).toMatchObject({
    processed: 50,
    failed: 0,
    timedOut: 50,
    averageProcessingMs: null,
  });
});
