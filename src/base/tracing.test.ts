import { describe, expect, it } from 'vitest';
import { startSpan, traceIn } from './tracing.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const headersOf = (headers: Readonly<Record<string, string>>) => (name: string) => headers[name] ?? null;

describe('the trace of a caller', () => {
  it('is read from its headers', () => {
    expect(traceIn(headersOf({ traceparent: TRACEPARENT }))).toEqual({ traceparent: TRACEPARENT });
    const headers = { traceparent: TRACEPARENT, tracestate: 'rojo=1,congo=2' };
    expect(traceIn(headersOf(headers))).toEqual(headers);
  });

  it('of a later version of the standard is read, too, with what it has besides', () => {
    const later = `${TRACEPARENT.replace(/^00/, '01')}-more`;
    expect(traceIn(headersOf({ traceparent: later }))).toEqual({ traceparent: later });
  });

  it.each([
    '',
    'no trace',
    TRACEPARENT.replace(/^00/, 'ff'),
    `${TRACEPARENT}-more`,
    TRACEPARENT.toUpperCase(),
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
    '00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01',
  ])('is none in %j', (traceparent) => {
    expect(traceIn(headersOf({ traceparent }))).toBeUndefined();
  });

  it('loses a tracestate of more than 512 characters, and is kept', () => {
    const headers = { traceparent: TRACEPARENT, tracestate: `a=${'x'.repeat(520)}` };
    expect(traceIn(headersOf(headers))).toEqual({ traceparent: TRACEPARENT });
  });
});

it('where nobody has loaded an SDK, there is no span', () => {
  expect(startSpan('ai_ipc.request')).toBeUndefined();
});
