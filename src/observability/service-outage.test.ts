import pino from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../base/errors.ts';
import { type AttemptEnded, createEvents, type Events } from '../base/events.ts';
import { subscribeLog } from './log-subscriber.ts';

const MINUTE_MS = 60_000;
let nowMs: number;
let events: Events;
let lines: Record<string, unknown>[];

beforeEach(() => {
  nowMs = 5_000;
  lines = [];
  events = createEvents();
  const logger = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  subscribeLog(events, logger, () => nowMs);
});

const told = () => lines.map(({ msg }) => msg);

function attempt(code: ErrorCode | undefined, changes: Partial<AttemptEnded> = {}): void {
  events.emit('attemptEnded', {
    workerId: 'w',
    requestId: 1,
    attempt: 1,
    endpoint: '/a',
    waitedMs: null,
    outcome: code === undefined ? 'completed' : 'retry',
    error: code && { code, message: 'why' },
    durationMs: 1,
    isSlow: false,
    ...changes,
  });
}

const RETRIED = 'Attempt failed, will be retried';
const STILL = 'AI service is still away: requests wait for it as long as they live';
const BACK = 'AI service answers again';
const DOWN = 'AI service is down: claiming stops until it answers again';

describe('an outage of the AI service', () => {
  it('is told once, then once a minute with what was tried in vain, and its end is told', () => {
    for (let second = 0; second < 150; second += 1) {
      attempt('ai_unreachable');
      nowMs += 1_000;
    }
    attempt(undefined);
    attempt('ai_unreachable');

    expect(told()).toEqual([RETRIED, STILL, STILL, BACK, RETRIED]);
    expect(lines[1]).toMatchObject({
      calls_in_vain: 61,
      seconds: 60,
      error_code: 'ai_unreachable',
      error: 'why',
    });
    expect(lines[3]).toMatchObject({ calls_in_vain: 150, seconds: 150 });
  });

  it('in which the breaker opens is told as that, and ends with it', () => {
    attempt('ai_unreachable');
    events.emit('aiServiceDown', { error: { code: 'ai_unreachable', message: 'why' } });
    attempt('ai_server_error');
    nowMs += MINUTE_MS;
    attempt('attempt_timeout');
    events.emit('aiServiceUp');
    attempt(undefined);

    expect(told()).toEqual([RETRIED, DOWN, STILL, BACK]);
  });

  it('does not hide which requests fail', () => {
    attempt('ai_unreachable');
    attempt('ai_unreachable', { outcome: 'failed', requestId: 7 });

    expect(told()).toEqual([RETRIED, 'Request failed']);
    expect(lines[1]).toMatchObject({ request_id: 7 });
  });
});

it('what is no outage is told each time', () => {
  attempt('ai_server_error');
  attempt('attempt_timeout');
  attempt('ai_server_error');

  expect(told()).toEqual([RETRIED, RETRIED, RETRIED]);
});
