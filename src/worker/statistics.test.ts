import { expect, it } from 'vitest';
import { StatisticsCounter } from './statistics.ts';

it('before the first request everything is zero, and there is no average', () => {
  const counter = new StatisticsCounter(() => 5_000);
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

it('each outcome is counted where it belongs, and the average is over all calls', () => {
  let nowMs = 5_000;
  const counter = new StatisticsCounter(() => nowMs);

  counter.countAttempt('completed', 100);
  counter.countAttempt('completed', 200);
  counter.countAttempt('retry', 300);
  counter.countAttempt('failed', 401);
  counter.countAttempt('failed', null);
  counter.countAttempt('timeout', null);
  counter.countExpired(3);
  counter.countLost(2);
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

it('what expired uncalled is processed too: timed_out is never more than processed', () => {
  const counter = new StatisticsCounter(() => 5_000);

  counter.countExpired(50);

  expect(counter.read(0)).toMatchObject({
    processed: 50,
    failed: 0,
    timedOut: 50,
    averageProcessingMs: null,
  });
});
