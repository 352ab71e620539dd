import { endpointFault } from '../base/endpoint.ts';
import { AiIpcError, type RequestError } from '../base/errors.ts';
import { faultPosition } from '../base/json-fault.ts';
import type { NewRequest } from './request.ts';

/** The limits of a request, in UTF-8 bytes where it is text: the columns of ai_requests as the document made them. */
const LIMITS = {
  typeBytes: 50,
  dataBytes: 65_535,
  sourceNpcCharacters: 100,
  sourceMapCharacters: 30,
  minPriority: 1,
  maxPriority: 10,
  minTimeoutSeconds: 1,
  /** The largest INT UNSIGNED would end after 2038-01-19, where TIMESTAMP ends: a year is the most. */
  maxTimeoutSeconds: 31_536_000,
  minAgeSeconds: 60,
  maxAgeSeconds: 2_592_000,
} as const;

/** Why this endpoint cannot be called; undefined when it can. */
export function endpointError(endpoint: unknown): RequestError | undefined {
  if (typeof endpoint !== 'string')
    return {
      code: 'bad_endpoint',
      message: `The endpoint is ${typeof endpoint}, not text. Give a path on the AI service, such as /api/v1/npc/dialogue.`,
    };
  const reason = endpointFault(endpoint);
  if (reason === undefined) return undefined;
  return {
    code: 'bad_endpoint',
    message: `The endpoint ${quote(endpoint.replace(/\?.*$/s, '?…'))} ${reason}. Give a path on the AI service, such as /api/v1/npc/dialogue.`,
  };
}

/** Why this text cannot be sent as request data; undefined when it can. */
export function dataError(data: string): RequestError | undefined {
  const bytes = Buffer.byteLength(data);
  if (bytes > LIMITS.dataBytes) {
    return {
      code: 'data_too_large',
      message: `The request data has ${bytes} bytes; the most is ${LIMITS.dataBytes}. Send less of it.`,
    };
  }
  try {
    JSON.parse(data);
    return undefined;
  } catch (error) {
    return {
      code: 'bad_json',
      message: `The request data is not JSON${faultPosition(error)}. Escape quotes and line ends in what players type.`,
    };
  }
}

/** Why this type cannot be stored; undefined when it can. */
export function typeError(type: unknown): RequestError | undefined {
  if (typeof type !== 'string')
    return {
      code: 'bad_type',
      message: `The request type is ${typeof type}, not text. Give one, such as dialogue.`,
    };
  const bytes = Buffer.byteLength(type);
  if (bytes >= 1 && bytes <= LIMITS.typeBytes) return undefined;
  return {
    code: 'bad_type',
    message: `The request type ${quote(type)} has ${bytes} bytes; it takes 1 to ${LIMITS.typeBytes}, such as dialogue.`,
  };
}

/** A request within the limits: numbers are clamped, what cannot be mended throws AiIpcError with its code. */
export function checkRequest(request: NewRequest): NewRequest {
  const error =
    typeError(request.type) ??
    endpointError(request.endpoint) ??
    (request.data === null ? undefined : dataError(request.data));
  if (error) throw new AiIpcError(error.code, error.message);
  return {
    ...request,
    priority: clampPriority(request.priority),
    timeoutSeconds: clampTimeoutSeconds(request.timeoutSeconds),
    sourceNpc: cut(request.sourceNpc, LIMITS.sourceNpcCharacters),
    sourceMap: cut(request.sourceMap, LIMITS.sourceMapCharacters),
  };
}

/** The nearest priority from 1 to 10. */
export function clampPriority(priority: number): number {
  return clamp('priority', priority, LIMITS.minPriority, LIMITS.maxPriority);
}

/** The nearest life of a request that its row can have, in seconds. */
export function clampTimeoutSeconds(timeoutSeconds: number): number {
  return clamp('timeout_seconds', timeoutSeconds, LIMITS.minTimeoutSeconds, LIMITS.maxTimeoutSeconds);
}

/** The nearest age from 60 to 2,592,000 seconds (30 days). */
export function clampAgeSeconds(ageSeconds: number): number {
  return clamp('age_seconds', ageSeconds, LIMITS.minAgeSeconds, LIMITS.maxAgeSeconds);
}

/** By characters, as the column counts them: slice alone may end in half of an emoji. */
function cut(text: string | null, characters: number): string | null {
  if (text === null || text.length <= characters) return text;
  return [...text].slice(0, characters).join('');
}

/** From JavaScript anything may come. */
function clamp(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number' || Number.isNaN(value)) {
    const written = typeof value === 'string' ? ` but the text ${quote(value)}` : '';
    throw new AiIpcError('bad_argument', `${name} is not a number${written}. Give ${least} to ${most}.`);
  }
  return Math.min(most, Math.max(least, Math.trunc(value)));
}

/** JSON quoting makes control characters visible; cut, because an endpoint of plain SQL may hold anything. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** False for 0 and negative ids, which no request has. Throws AiIpcError: bad_id, id_too_large. */
export function isPossibleId(id: number): boolean {
  if (!Number.isInteger(id)) throw new AiIpcError('bad_id', `The id ${id} is not a whole number.`);
  if (!Number.isSafeInteger(id))
    throw new AiIpcError('id_too_large', `The id ${id} is above 2^53 and cannot be told exactly.`);
  return id > 0;
}
