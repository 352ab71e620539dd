import { expect, it } from 'vitest';
import type { RequestView } from '../queue/request.ts';
import { askResultOf } from './ask-result.ts';

function view(changes: Partial<RequestView>): RequestView {
  return {
    id: 7,
    createdAt: '2026-11-29 12:00:00.000',
    status: 'completed',
    responseData: null,
    errorCode: null,
    errorMessage: null,
    processingTimeMs: 5,
    ...changes,
  };
}

it.each([
  ['text', { text: 'a', response: 'b', message: 'c' }, 'a'],
  ['response where there is no text', { response: 'b', message: 'c' }, 'b'],
  ['message where there is neither', { message: 'c' }, 'c'],
  ['the answer itself when it is a string', 'just words', 'just words'],
  ['nothing of a text that is none', { text: 5 }, ''],
  ['nothing of a list', ['a'], ''],
  ['nothing of null', null, ''],
])('the text of an answer is %s', (_, json, text) => {
  expect(askResultOf(view({ responseData: JSON.stringify(json) }))).toEqual({
    id: 7,
    status: 'completed',
    text,
    json,
    error: null,
  });
});

it('an answer that is no JSON, of an old client or of SQL, is shown as it is', () => {
  expect(askResultOf(view({ responseData: 'plain words' }))).toMatchObject({
    status: 'completed',
    text: 'plain words',
    json: null,
    error: null,
  });
});

it('a failure has its code and its message', () => {
  const failed = view({ status: 'failed', errorCode: 'ai_client_error', errorMessage: 'HTTP 404' });

  expect(askResultOf(failed)).toEqual({
    id: 7,
    status: 'failed',
    text: '',
    json: null,
    error: { code: 'ai_client_error', message: 'HTTP 404' },
  });
});

it('a code that this version does not know, or none, still gives an error', () => {
  for (const errorCode of ['from_the_future', null]) {
    expect(askResultOf(view({ status: 'timeout', errorCode })).error).toEqual({
      code: 'expired',
      message: 'The request ended as timeout.',
    });
  }
});

it('a completed request whose response is gone is no answer, and says so', () => {
  expect(askResultOf(view({ status: 'completed' }))).toMatchObject({
    status: 'completed',
    text: '',
    error: { code: 'answer_empty', message: expect.stringContaining('ai_responses') },
  });
});

it('a cancelled request is told as such', () => {
  expect(askResultOf(view({ status: 'cancelled' }))).toMatchObject({ text: '', error: { code: 'aborted' } });
});
