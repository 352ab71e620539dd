import type { AiCall } from '../ai/ai-client.ts';
import { methodOf } from '../ai/call-method.ts';
import type { Trace } from '../base/tracing.ts';
import type { Flight } from './flights.ts';

interface CallOptions {
  readonly queueId: string;
  readonly timeoutMs: number;
  /** What the AI service continues; undefined where nobody traces. */
  readonly trace: Trace | undefined;
  /** Whether the claim is still surely this worker's. */
  readonly isSure: () => boolean;
}

/**
 * The call that is made for a claimed request. Its Idempotency-Key is the same at each attempt, and never that of another
 * request: ids alone repeat when a database is made anew.
 */
export function aiCall(flight: Flight, { queueId, timeoutMs, trace, isSure }: CallOptions): AiCall {
  const { request } = flight;
  const method = methodOf(request.type);
  return {
    method,
    endpoint: request.endpoint,
    body: method === 'POST' ? (request.data ?? '{}') : null,
    headers: {
      'idempotency-key': `${queueId}-${request.id}-${request.createdAtMs}`,
      'x-ai-ipc-attempt': String(request.attempt),
      'x-deadline-ms': String(timeoutMs),
      'x-ai-ipc-priority': String(request.priority),
      ...(request.sourceNpc === null
        ? {}
        : { 'x-ai-ipc-source-npc': encodeURIComponent(toWellFormed(request.sourceNpc)) }),
      ...trace,
    },
    timeoutMs,
    signal: flight.signal,
    mayBegin: isSure,
  };
}

/** encodeURIComponent throws on half of a surrogate pair, which a name cut in the middle may end with. */
function toWellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
