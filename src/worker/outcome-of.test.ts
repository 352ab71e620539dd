import { describe, expect, it } from 'vitest';
import type { AiResult } from '../ai/ai-client.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { ClaimedRequest } from '../queue/request.ts';
import { type EndedCall, neverCalled, outcomeOf, rowError } from './outcome-of.ts';

const REQUEST: ClaimedRequest = {
  id: 1,
  claimNo: 1,
  attempt: 1,
  maxAttempts: null,
  type: 'dialogue',
  endpoint: '/a',
  data: null,
  priority: 5,
  sourceNpc: null,
  createdAtMs: 0,
  ageMs: 0,
  lifeLeftMs: 30_000,
};
const CALL: EndedCall = {
  request: REQUEST,
  maxAttempts: 3,
  lifeLeftMs: 20_000,
  isCutByLife: false,
  isTry: false,
};
const LAST: EndedCall = { ...CALL, request: { ...REQUEST, attempt: 3 } };

function trouble(
  code: ErrorCode,
  retryAfterMs: number | null = null,
): Exclude<AiResult, { kind: 'aborted' }> {
  return { kind: 'trouble', error: { code, message: 'why' }, isServiceDown: true, retryAfterMs };
}

describe('outcomeOf', () => {
  it('an answer completes the request, as received', () => {
    expect(outcomeOf({ kind: 'answer', body: '{"text":"Hi"}', status: 200 }, LAST)).toEqual({
      kind: 'completed',
      answer: '{"text":"Hi"}',
    });
  });

  it('what the service refuses fails at once', () => {
    const error = { code: 'ai_client_error', message: 'HTTP 400' } as const;
    expect(outcomeOf({ kind: 'refused', error }, CALL)).toEqual({ kind: 'failed', error });
  });

  it('trouble is tried again, and counts', () => {
    expect(outcomeOf(trouble('ai_server_error'), CALL)).toMatchObject({
      kind: 'retry',
      isAttemptGivenBack: false,
    });
    expect(outcomeOf(trouble('ai_server_error'), LAST)).toMatchObject({ kind: 'failed' });
    expect(outcomeOf(trouble('ai_unreachable'), CALL)).toMatchObject({
      kind: 'retry',
      isAttemptGivenBack: false,
    });
  });

  it('trouble waits as long as the service asks', () => {
    expect(outcomeOf(trouble('ai_server_error', 4_000), CALL)).toMatchObject({
      kind: 'retry',
      delayMs: 4_000,
    });
  });

  it("the row's own limit of attempts beats the setting", () => {
    const many = { ...LAST, request: { ...LAST.request, maxAttempts: 4 } };
    expect(outcomeOf(trouble('ai_server_error'), many).kind).toBe('retry');
  });

  it('429 is tried again and does not count', () => {
    const limited: AiResult = {
      kind: 'rate_limited',
      error: { code: 'ai_rate_limited', message: 'HTTP 429' },
      retryAfterMs: 3_000,
    };
    expect(outcomeOf(limited, LAST)).toMatchObject({
      kind: 'retry',
      isAttemptGivenBack: true,
      delayMs: 3_000,
    });
  });

  it('a call that was cut by the end of the life is a timeout; other trouble in it is not', () => {
    const cut = { ...CALL, isCutByLife: true, lifeLeftMs: 0 };
    expect(outcomeOf(trouble('attempt_timeout'), cut)).toMatchObject({ kind: 'timeout' });
    expect(outcomeOf(trouble('ai_unreachable'), cut)).toMatchObject({ kind: 'failed' });
    expect(outcomeOf(trouble('attempt_timeout'), CALL)).toMatchObject({ kind: 'retry' });
  });

  it('a try of the breaker that found nobody does not count, as long as there is life for another', () => {
    const aTry = { ...LAST, isTry: true };
    expect(outcomeOf(trouble('ai_unreachable'), aTry)).toMatchObject({
      kind: 'retry',
      delayMs: 1_500,
      isAttemptGivenBack: true,
    });
    expect(outcomeOf(trouble('ai_unreachable'), { ...aTry, lifeLeftMs: 1_500 })).toMatchObject({
      kind: 'failed',
    });
    expect(outcomeOf(trouble('ai_server_error'), aTry)).toMatchObject({ kind: 'failed' });
    expect(outcomeOf(trouble('attempt_timeout'), aTry)).toMatchObject({ kind: 'failed' });
  });
});

it('a request that was never called ends as timeout', () => {
  expect(neverCalled()).toMatchObject({ kind: 'timeout', error: { code: 'expired' } });
});

it('a row is checked as a client would have checked it; NULL data is good', () => {
  expect(rowError(REQUEST)).toBeUndefined();
  expect(rowError({ ...REQUEST, endpoint: 'http://evil.example' })).toMatchObject({ code: 'bad_endpoint' });
  expect(rowError({ ...REQUEST, data: '{' })).toMatchObject({ code: 'bad_json' });
});
