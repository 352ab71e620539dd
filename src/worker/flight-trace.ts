import { isTraced, type OpenSpan, startSpan } from '../base/tracing.ts';
import type { Outcome } from '../queue/outcome.ts';
import type { ClaimedRequest } from '../queue/request.ts';

/** The spans of one claim, from its beginning until its outcome is in the database: claim, call and settle. */
export interface FlightTrace {
  /** The call begins; its headers continue the trace in the AI service. */
  startCall(): OpenSpan | undefined;
  /** The outcome is in the database, in a transaction that began then. */
  settled(startMs: number): void;
  end(): void;
}

/** undefined where nobody traces. What a player said is in none of the spans, and a query (it may hold a key) neither. */
export function startFlightTrace(request: ClaimedRequest, claimStartMs: number): FlightTrace | undefined {
  if (!isTraced()) return undefined;
  const { id, attempt, priority, endpoint, sourceNpc } = request;
  const [path = ''] = endpoint.split('?', 1);
  const attributes = { 'ai_ipc.request_id': id, 'ai_ipc.attempt': attempt, 'ai_ipc.priority': priority };
  const whole = startSpan('ai_ipc.request', {
    startMs: claimStartMs,
    attributes: { ...attributes, ...(sourceNpc === null ? {} : { 'ai_ipc.source_npc': sourceNpc }) },
  });
  if (whole === undefined) return undefined;
  startSpan('ai_ipc.claim', { parent: whole.trace, startMs: claimStartMs })?.end();
  return {
    startCall: () =>
      startSpan('ai_ipc.call', { parent: whole.trace, kind: 'client', attributes: { 'url.path': path } }),
    settled: (startMs) => startSpan('ai_ipc.settle', { parent: whole.trace, startMs })?.end(),
    end: () => whole.end(),
  };
}

/** What a call gave, for its span; undefined for one that was cut or not made. */
export function endOfCall(span: OpenSpan | undefined, outcome: Outcome | undefined): void {
  if (span === undefined) return;
  if (outcome === undefined) span.end({ error: 'aborted' });
  else {
    const error = outcome.kind === 'completed' ? undefined : outcome.error.code;
    span.end({ attributes: { 'ai_ipc.outcome': outcome.kind }, error });
  }
}
