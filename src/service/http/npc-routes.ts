import type { Context, Hono } from 'hono';
import { AiIpcError } from '../../base/errors.ts';
import { startSpan, type Trace, traceIn } from '../../base/tracing.ts';
import type { Deadlines } from '../base/deadline.ts';
import { type Admission, RETRY_AFTER_SECONDS } from './admission.ts';
import { answerOnce, type OncePerKey } from './answer-once.ts';
import type { Bodies } from './bodies.ts';
import { deadlineMsOf, idempotencyKeyOf, priorityOf } from './call-headers.ts';
import { deliveryOf, leavingOf, type ServerEnv } from './delivery.ts';
import type { Answered, Endpoint, EndpointParts } from './endpoint.ts';
import { isRefusal, refuse, toErrorResponse, toJsonResponse } from './http-error.ts';
import { ENDPOINTS, endpointOfType } from './npc-endpoints.ts';

export interface NpcRouteParts extends OncePerKey {
  readonly endpoints: EndpointParts;
  readonly bodies: Bodies;
  readonly admission: Admission;
  readonly deadlines: Deadlines;
  /** For callers that send no X-Deadline-Ms. */
  readonly defaultDeadlineMs: number;
  /** Told of each answer that goes out. */
  readonly onAnswer: (answered: Answered) => void;
}

/** Which persona spoke: an npc_id that no persona has is answered by neutral. */
const PERSONA_HEADER = 'X-AI-IPC-Persona';

/** Adds each endpoint by its name, decision for decide, and async. */
export function addNpcRoutes(app: Hono<ServerEnv>, parts: NpcRouteParts): void {
  for (const [name, endpoint] of Object.entries({ ...ENDPOINTS, decision: ENDPOINTS.decide }))
    app.post(`/api/v1/npc/${name}`, (context) => respond(context, endpoint, parts));
  app.post('/api/v1/async/:type', (context) =>
    respond(context, endpointOfType(context.req.param('type')), parts),
  );
}

/** Answers within the trace of the caller; where nobody traces here, a model server still gets the caller's own. */
async function respond(
  context: Context<ServerEnv>,
  endpoint: Endpoint,
  parts: NpcRouteParts,
): Promise<Response> {
  const { raw, path } = context.req;
  const parent = traceIn((name) => raw.headers.get(name));
  const span = startSpan('ai_ipc.service', { kind: 'server', parent, attributes: { 'url.path': path } });
  try {
    const response = await admit(context, endpoint, { ...parts, trace: span?.trace ?? parent });
    const { status } = response;
    const attributes = { 'http.response.status_code': status };
    span?.end({ attributes, error: status < 400 ? undefined : `HTTP ${status}` });
    return response;
  } catch (error) {
    // Its words may repeat what a player said.
    span?.end({ error: error instanceof AiIpcError ? error.code : 'internal' });
    throw error;
  }
}

/** Gives the call its deadline, and waits for its body before it takes one of the places. */
async function admit(
  context: Context<ServerEnv>,
  endpoint: Endpoint,
  parts: NpcRouteParts & { readonly trace: Trace | undefined },
): Promise<Response> {
  const { raw } = context.req;
  const deadlineMs = deadlineMsOf(raw, parts.defaultDeadlineMs);
  if (typeof deadlineMs !== 'number') return toErrorResponse(deadlineMs);
  const key = idempotencyKeyOf(raw);
  if (typeof key === 'object' && key !== null) return toErrorResponse(key);
  const priority = priorityOf(raw);
  if (typeof priority !== 'number') return toErrorResponse(priority);
  if (parts.admission.isFull) return overloaded();
  const deadline = parts.deadlines.start(deadlineMs);
  try {
    const bytes = await deadline.hold(parts.bodies.read(raw, deadlineMs));
    if (isRefusal(bytes)) return toErrorResponse(bytes);
    const leave = parts.admission.enter();
    if (leave === undefined) return overloaded();
    const { trace } = parts;
    const call = { request: raw, deadline, deadlineMs, priority, trace, parts: parts.endpoints };
    const left = leavingOf(context.env);
    const answering = answerOnce(call, { key, bytes, endpoint, left, ...parts });
    const answered = await deadline.hold(answering).finally(leave);
    if (isRefusal(answered)) return toErrorResponse(answered);
    parts.onAnswer(answered);
    if (answered.said !== null)
      parts.endpoints.recollecting.rememberOnce({ ...answered.said, key }, deliveryOf(context.env));
    const headers = { [PERSONA_HEADER]: encodeURIComponent(answered.personaId) };
    return toJsonResponse(answered.body, { headers });
  } finally {
    deadline.end();
  }
}

function overloaded(): Response {
  const message = `The AI service answers as many requests as it may. Try again in ${RETRY_AFTER_SECONDS} s, or raise AI_MAX_IN_FLIGHT.`;
  return toErrorResponse(refuse('overloaded', message, { retryAfterSeconds: RETRY_AFTER_SECONDS }));
}
