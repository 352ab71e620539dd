import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { BreakerState } from '../base/breaker.ts';
import type { Clock } from '../base/clock.ts';
import type { AiResult } from './ai-result.ts';
import { type AiBreaker, callThrough, createBreaker } from './breaker.ts';

const ANSWER: AiResult = { kind: 'answer', body: '{}', status: 200 };
const ABORTED: AiResult = { kind: 'aborted' };
const DOWN = down('the service is down');
const FAILED: AiResult = {
  kind: 'trouble',
  error: { code: 'ai_server_error', message: 'HTTP 500' },
  isServiceDown: false,
  hasReachedNobody: false,
  retryAfterMs: null,
};

let nowMs: number;
let breaker: AiBreaker;
let changes: BreakerState[];

const clock: Clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };

function down(message: string): AiResult {
  return {
    kind: 'trouble',
    error: { code: 'ai_unreachable', message },
    isServiceDown: true,
    hasReachedNobody: true,
    retryAfterMs: null,
  };
}

function give(result: AiResult): Promise<AiResult | 'rejected'> {
  return breaker.run(() => Promise.resolve(result));
}

async function giveTimes(count: number, result: AiResult): Promise<void> {
  for (let i = 0; i < count; i += 1) await give(result);
}

/** A call that is under way until `end` is called. */
function pendingCall(): { result: Promise<AiResult | 'rejected'>; end: (result: AiResult) => void } {
  let end: (result: AiResult) => void = () => undefined;
  const answer = new Promise<AiResult>((resolve) => {
    end = resolve;
  });
  return { result: breaker.run(() => answer), end };
}

beforeEach(() => {
  nowMs = 5000;
  changes = [];
  breaker = createBreaker(clock);
  breaker.onChange((state) => changes.push(state));
});

describe('closed', () => {
  it('lets every call through and hands back its result', async () => {
    expect(breaker.state).toBe('closed');
    expect(breaker.allowance()).toBe(Number.POSITIVE_INFINITY);
    expect(breaker.retryInMs()).toBe(0);
    expect(breaker.lastError()).toBeUndefined();
    expect(await give(ANSWER)).toBe(ANSWER);
    expect(await give(DOWN)).toBe(DOWN);
  });

  it('stays closed for nine results in a row that say the service is down', async () => {
    await giveTimes(9, DOWN);

    expect(breaker.state).toBe('closed');
  });

  it('opens at the tenth, and remembers the last error', async () => {
    await giveTimes(9, DOWN);
    await give(down('the last one'));

    expect(breaker.state).toBe('open');
    expect(changes).toEqual(['open']);
    expect(breaker.lastError()).toEqual({ code: 'ai_unreachable', message: 'the last one' });
  });

  it.each([
    ['an answer', ANSWER],
    ['HTTP 500', FAILED],
    ['a refusal', { kind: 'refused', error: { code: 'ai_client_error', message: 'HTTP 404' } } as AiResult],
    [
      'HTTP 429',
      { kind: 'rate_limited', error: { code: 'ai_rate_limited', message: '' }, retryAfterMs: 1 } as AiResult,
    ],
  ])('begins to count anew after %s', async (_name, result) => {
    await giveTimes(9, DOWN);
    await give(result);
    await giveTimes(9, DOWN);

    expect(breaker.state).toBe('closed');
  });

  it('counts an aborted call neither way', async () => {
    await giveTimes(9, DOWN);
    await give(ABORTED);
    expect(breaker.state).toBe('closed');

    await give(DOWN);
    expect(breaker.state).toBe('open');
  });

  it('counts calls that run side by side', async () => {
    await Promise.all(Array.from({ length: 10 }, () => give(DOWN)));

    expect(breaker.state).toBe('open');
  });

  it('passes on what a call throws, and does not count it', async () => {
    await giveTimes(9, DOWN);
    await expect(breaker.run(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
    await give(DOWN);

    expect(breaker.state).toBe('open');
  });
});

describe('open', () => {
  beforeEach(() => giveTimes(10, DOWN));

  it('rejects calls for a second without making them', async () => {
    let calls = 0;
    nowMs += 999;

    const result = await breaker.run(() => {
      calls += 1;
      return Promise.resolve(ANSWER);
    });

    expect(result).toBe('rejected');
    expect(calls).toBe(0);
    expect(breaker.allowance()).toBe(0);
    expect(breaker.retryInMs()).toBe(1);
  });

  it('allows one try after a second, and no other beside it', async () => {
    nowMs += 1000;
    expect(breaker.allowance()).toBe(1);
    expect(breaker.retryInMs()).toBe(0);

    const attempt = pendingCall();
    expect(breaker.state).toBe('half_open');
    expect(breaker.allowance()).toBe(0);
    expect(breaker.retryInMs()).toBe(1000);
    expect(await give(ANSWER)).toBe('rejected');

    attempt.end(ANSWER);
    expect(await attempt.result).toBe(ANSWER);
  });

  it('closes when the try succeeds, and then needs ten again', async () => {
    nowMs += 1000;
    await give(ANSWER);

    expect(breaker.state).toBe('closed');
    expect(changes).toEqual(['open', 'half_open', 'closed']);
    await giveTimes(9, DOWN);
    expect(breaker.state).toBe('closed');
  });

  it('closes when the service fails without being down', async () => {
    nowMs += 1000;
    await give(FAILED);

    expect(breaker.state).toBe('closed');
  });

  it.each([
    ['fails', DOWN],
    ['is aborted', ABORTED],
  ])('stays open for another second when the try %s', async (_name, result) => {
    nowMs += 1500;
    expect(await give(result)).toBe(result);

    expect(breaker.state).toBe('open');
    expect(breaker.retryInMs()).toBe(1000);
    expect(await give(ANSWER)).toBe('rejected');
    nowMs += 1000;
    await give(ANSWER);
    expect(breaker.state).toBe('closed');
  });

  it('waits no longer after the hundredth failed try than after the first', async () => {
    for (let i = 0; i < 100; i += 1) {
      nowMs += 1000;
      await give(DOWN);
    }

    expect(breaker.retryInMs()).toBe(1000);
  });
});

describe('a try that the service has taken', () => {
  const AWAY: AiResult = {
    kind: 'trouble',
    error: { code: 'ai_server_error', message: 'HTTP 503' },
    isServiceDown: true,
    hasReachedNobody: false,
    retryAfterMs: null,
  };
  let fakeClock: FakeClock;
  beforeEach(() => {
    fakeClock = new FakeClock();
    breaker = createBreaker(fakeClock);
  });

  /** Opened by such results; then a try that is taken, and under way until `end` is called. */
  async function takenTry(opening: AiResult) {
    await giveTimes(10, opening);
    await fakeClock.advance(1000);
    let end: (result: AiResult) => void = () => undefined;
    const make = (taken: () => void) => {
      taken();
      return new Promise<AiResult>((resolve) => {
        end = resolve;
      });
    };
    const result = callThrough(breaker, make, { isImpatient: false });
    expect(breaker.state).toBe('half_open');
    return { result, end };
  }

  it('and that has not failed for half a second closes it', async () => {
    const { result, end } = await takenTry(DOWN);
    await fakeClock.advance(499);
    expect(breaker.allowance()).toBe(0);
    await fakeClock.advance(1);
    expect(breaker.state).toBe('closed');

    end(DOWN);
    await result;
    expect(breaker.state).toBe('closed');
    await giveTimes(8, DOWN);
    expect(breaker.state).toBe('closed');
    await give(DOWN);
    expect(breaker.state).toBe('open');
  });

  it('and that fails before shows nothing', async () => {
    const { result, end } = await takenTry(DOWN);
    await fakeClock.advance(100);
    end(DOWN);
    await result;
    await fakeClock.advance(900);
    expect(breaker.state).toBe('open');
    expect(fakeClock.sleeping).toBe(0);
  });

  it('shows nothing where somebody before the service says that it is away', async () => {
    const { result, end } = await takenTry(AWAY);
    await fakeClock.advance(5000);
    expect(breaker.state).toBe('half_open');
    end(ANSWER);
    await result;
    expect(breaker.state).toBe('closed');
  });
});

describe('results of calls that began before it opened', () => {
  it('neither close it nor prolong the second nor disturb the try', async () => {
    const early = Array.from({ length: 3 }, pendingCall);
    await giveTimes(10, DOWN);
    nowMs += 600;
    early[0]!.end(ANSWER);
    early[1]!.end(DOWN);
    await Promise.all([early[0]!.result, early[1]!.result]);
    expect(breaker.state).toBe('open');
    expect(breaker.retryInMs()).toBe(400);

    nowMs += 400;
    const attempt = pendingCall();
    early[2]!.end(DOWN);
    await early[2]!.result;
    expect(breaker.state).toBe('half_open');
    attempt.end(ANSWER);
    await attempt.result;
    expect(breaker.state).toBe('closed');
  });
});
