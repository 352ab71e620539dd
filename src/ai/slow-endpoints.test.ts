import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { AiResult } from './ai-result.ts';
import { SlowEndpoints } from './slow-endpoints.ts';

const ANSWER: AiResult = { kind: 'answer', body: '{}', status: 200 };
const TIMED_OUT: AiResult = {
  ...{ kind: 'trouble', isServiceDown: false, hasReachedNobody: false, retryAfterMs: null },
  error: { code: 'attempt_timeout', message: 'Nothing came within 10000 ms.' },
};
const UNREACHED: AiResult = {
  ...{ kind: 'trouble', isServiceDown: true, hasReachedNobody: true, retryAfterMs: null },
  error: { code: 'attempt_timeout', message: 'No connection yet.' },
};
const FAILED: AiResult = { ...TIMED_OUT, error: { code: 'ai_server_error', message: 'HTTP 500' } };

let clock: FakeClock;
let endpoints: SlowEndpoints;
let told: string[];

beforeEach(() => {
  clock = new FakeClock();
  told = [];
  endpoints = new SlowEndpoints({
    clock,
    onSlow: (path, { code }) => told.push(`${path} slow: ${code}`),
    onAnswering: (path) => told.push(`${path} answers`),
  });
});

function give(result: AiResult | 'rejected', endpoint = '/slow', isImpatient = false) {
  return endpoints.run(async () => result, { endpoint, isImpatient });
}

async function giveTimes(count: number, result: AiResult, endpoint?: string): Promise<void> {
  for (let n = 0; n < count; n += 1) await give(result, endpoint);
}

describe('an endpoint that does not answer in time', () => {
  it('is left alone after ten calls in a row, and no other is', async () => {
    await giveTimes(9, TIMED_OUT);
    expect(endpoints.refusal('/slow')).toBeUndefined();
    await give(TIMED_OUT);

    expect(endpoints.refusal('/slow?key=secret')).toEqual({
      code: 'ai_unavailable',
      message:
        'Calls to /slow are not answered in time, and wait. The last one: Nothing came within 10000 ms.',
    });
    expect(endpoints.refusal('/quick')).toBeUndefined();
    expect(told).toEqual(['/slow slow: ai_unavailable']);
  });

  it('is left alone by fifty that were called at the same time, and told once', async () => {
    const results = await Promise.all(Array.from({ length: 50 }, () => give(TIMED_OUT)));

    expect(new Set(results)).toEqual(new Set([TIMED_OUT]));
    expect(endpoints.refusal('/slow')).toBeDefined();
    expect(told).toHaveLength(1);
  });

  it('is tried by one call a second, and free with the first that is answered', async () => {
    await giveTimes(10, TIMED_OUT);
    await clock.advance(1_000);
    expect(endpoints.refusal('/slow')).toBeUndefined();
    let answer: (result: AiResult) => void = () => undefined;
    const trying = endpoints.run(() => new Promise<AiResult>((resolve) => (answer = resolve)), {
      ...{ endpoint: '/slow', isImpatient: false },
    });
    expect(endpoints.refusal('/slow')).toBeDefined();
    answer(ANSWER);
    expect(await trying).toBe(ANSWER);

    expect(endpoints.refusal('/slow')).toBeUndefined();
    expect(told).toEqual(['/slow slow: ai_unavailable', '/slow answers']);
    await giveTimes(9, TIMED_OUT);
    expect(endpoints.refusal('/slow')).toBeUndefined();
  });

  it.each([
    ['an answer', ANSWER],
    ['an error of its own', FAILED],
  ])('begins to count anew after %s', async (_, result) => {
    await giveTimes(9, TIMED_OUT);
    await give(result);
    await giveTimes(9, TIMED_OUT);

    expect(endpoints.refusal('/slow')).toBeUndefined();
  });

  it.each([
    ['that reached nobody', UNREACHED, false],
    ['that the breaker of the service refused', 'rejected', false],
    ['that was cut by the short life of its request', TIMED_OUT, true],
  ] as const)('is no call %s', async (_, result, isImpatient) => {
    for (let n = 0; n < 12; n += 1) expect(await give(result, '/slow', isImpatient)).toBe(result);

    expect(endpoints.refusal('/slow')).toBeUndefined();
  });

  it('is forgotten for others, where a thousand do not answer', async () => {
    await giveTimes(10, TIMED_OUT, '/first');
    for (let n = 0; n < 1_000; n += 1) await give(TIMED_OUT, `/other/${n}`);

    expect(endpoints.refusal('/first')).toBeUndefined();
  });
});
