import { createRequire } from 'node:module';
import type { Attributes, Span, SpanContext, SpanKind, Tracer } from '@opentelemetry/api';

/** How a trace goes to the next program: the headers of W3C Trace Context. */
export interface Trace {
  readonly traceparent: string;
  readonly tracestate?: string;
}

export interface SpanOptions {
  /** client: it waits for another program; server: another one waits for it. Default: neither. */
  readonly kind?: 'client' | 'server';
  /** What it is a part of; left out, it begins a trace of its own. */
  readonly parent?: Trace | undefined;
  /** When it began, by performance.now(); left out, now. */
  readonly startMs?: number;
  /** Nothing that a player said, and no secret. */
  readonly attributes?: Attributes;
}

/** A span under way. */
export interface OpenSpan {
  /** For its parts, in this program and in others. */
  readonly trace: Trace;
  /** An error is what went wrong, as a code or a few words. */
  end(result?: { readonly attributes?: Attributes; readonly error?: string | undefined }): void;
}

/** Where whoever loads an SDK of OpenTelemetry leaves what it has set up; its major version is part of the name. */
const SET_UP = Symbol.for('opentelemetry.js.api.1');
/** https://www.w3.org/TR/trace-context/: version, trace id, span id, flags; ids of zeros are none. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:-|$)/;
/** Of version 00 nothing follows. */
const WHOLE = /^(?!00)|^00-.{52}$/;
const MOST_STATE_CHARACTERS = 512;

const load = createRequire(import.meta.url);
let tracer: Tracer | undefined;

/** Whether somebody may trace: for whoever would have to gather much before a span begins. */
export function isTraced(): boolean {
  return SET_UP in globalThis;
}

/**
 * Begins a span, where somebody has loaded an SDK of OpenTelemetry before this program (`node --import`); undefined where
 * nobody has. Then it costs the look for a name: not even the API is loaded, which would be 40 ms of CPU at each start.
 */
export function startSpan(name: string, options: SpanOptions = {}): OpenSpan | undefined {
  if (!isTraced()) return undefined;
  const { trace, ROOT_CONTEXT } = api();
  const { parent, startMs, attributes = {} } = options;
  const parentContext = parent === undefined ? undefined : spanContextOf(parent);
  tracer ??= trace.getTracer('ai-ipc');
  const span = tracer.startSpan(
    name,
    { kind: kindOf(options), attributes, ...(startMs === undefined ? {} : { startTime: startMs }) },
    parentContext === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parentContext),
  );
  return toOpenSpan(span);
}

/** The trace that a caller's headers name; undefined where they name none, or not in the way of the standard. */
export function traceIn(header: (name: string) => string | null): Trace | undefined {
  const traceparent = header('traceparent')?.trim() ?? '';
  if (!TRACEPARENT.test(traceparent) || !WHOLE.test(traceparent)) return undefined;
  const tracestate = header('tracestate')?.trim() ?? '';
  const hasState = tracestate !== '' && tracestate.length <= MOST_STATE_CHARACTERS;
  return { traceparent, ...(hasState ? { tracestate } : {}) };
}

function api(): typeof import('@opentelemetry/api') {
  return load('@opentelemetry/api') as typeof import('@opentelemetry/api');
}

function kindOf({ kind }: SpanOptions): SpanKind {
  const { SpanKind: kinds } = api();
  if (kind === undefined) return kinds.INTERNAL;
  return kind === 'client' ? kinds.CLIENT : kinds.SERVER;
}

function spanContextOf({ traceparent, tracestate }: Trace): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const state = tracestate === undefined ? {} : { traceState: api().createTraceState(tracestate) };
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true, ...state };
}

function toOpenSpan(span: Span): OpenSpan | undefined {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const traceparent = `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, '0')}`;
  // Another part of OpenTelemetry is set up (metrics, a propagator), and no tracing: its spans have ids of zeros.
  if (!TRACEPARENT.test(traceparent)) return undefined;
  const tracestate = traceState?.serialize() ?? '';
  return {
    trace: { traceparent, ...(tracestate === '' ? {} : { tracestate }) },
    end({ attributes, error } = {}) {
      if (attributes !== undefined) span.setAttributes(attributes);
      if (error !== undefined) span.setStatus({ code: api().SpanStatusCode.ERROR, message: error });
      span.end();
    },
  };
}
