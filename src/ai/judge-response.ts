import type { RequestError } from '../base/errors.ts';
import { retryAfterMs } from '../base/retry-after.ts';
import type { NamedProxy } from '../network/way.ts';
import { adviceForBox, type Box, boxOf, SIGNATURE } from '../network/who-answered.ts';
import type { AiResult } from './ai-result.ts';
import { cleanText, errorTextOf } from './error-text.ts';
import type { ResponseHeaders } from './exchange.ts';
import { refusalOf } from './refusal.ts';

/** A response as it came in; `body` is undefined when it was over the limit or, of an error, broke off. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: Buffer | undefined;
}

export interface JudgeContext {
  /** Method and path for messages, such as "POST /api/v1/npc/dialogue". */
  readonly what: string;
  readonly maxBytes: number;
  /** Where it was sent. */
  readonly origin: string;
  /** By which proxy; undefined for none. */
  readonly proxy: NamedProxy | undefined;
  /** How long it took. */
  readonly ms: number;
}

/** Gateway and overload: the service behind is away, whatever endpoint is called. */
const DOWN_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);
/** The head of a page says whose it is. */
const MAX_PAGE_BYTES = 2_048;
/** A 504 that came sooner is of a box that could not even connect; one that came later is of its limit. */
const BOX_PATIENCE_MS = 5_000;
const SPOKEN = {
  whom: 'the AI service',
  timeoutSetting: 'ai_service_timeout',
  urlSetting: 'ai_service_base_url',
} as const;
/** Fatal, so that bytes which are not UTF-8 are seen; it drops a byte order mark, which JSON.parse refuses. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** What a whole response means for its request. */
export function judgeResponse(response: ReceivedResponse, context: JudgeContext): AiResult {
  const { status } = response;
  if (status >= 200 && status < 300) return judgeAnswer(response, context);
  const ofBox = judgeBox(response, context);
  if (ofBox !== undefined) return ofBox;
  if (status === 429) return rateLimited(response, context);
  if (status === 408 || status === 425 || status >= 500) return serverError(response, context);
  if (status >= 400) return clientError(response, context);
  return redirected(response, context);
}

/** 2xx: JSON is passed on as received, text/plain as {"text": …}; everything else is no answer. */
function judgeAnswer({ status, headers, body }: ReceivedResponse, context: JudgeContext): AiResult {
  if (body === undefined) return refused(tooLarge(context));
  const encoding = headerOf(headers, 'content-encoding');
  if (isEncoded(encoding)) return refused(encodedAnswer(encoding, context));
  const text = decode(body);
  const kind = `content-type ${cleanText(headerOf(headers, 'content-type') ?? 'missing')}, ${body.byteLength} bytes`;
  if (text === undefined) return refused(notJson(`is not UTF-8 (${kind})`, context));
  if (text.trim() === '') return refused(emptyAnswer(status, context));
  if (isPlainText(headers)) return wrapText({ status, text }, context);
  const parsed = parseJson(text);
  if (parsed === undefined) {
    const box = boxIn({ status, headers, body });
    const whose = box === undefined ? '' : ` and comes from ${box.name}`;
    return refused(notJson(`is not JSON (${kind})${whose}`, context));
  }
  const refusal = refusalOf(parsed.value);
  return refusal === undefined
    ? { kind: 'answer', status, body: text }
    : refused(failureIn200(refusal, context));
}

/** An error of a box between here and the service, told as its own; undefined for all others, and for redirects. */
function judgeBox(response: ReceivedResponse, context: JudgeContext): AiResult | undefined {
  const { status } = response;
  const box = status < 400 ? undefined : boxIn(response);
  if (box === undefined) return undefined;
  const { what, proxy } = context;
  const advice = adviceForBox(box, status, { ...SPOKEN, proxy });
  const isProxy = proxy !== undefined && (status === 407 || box.name === 'squid');
  const who = isProxy
    ? `The proxy ${proxy.shown} (${proxy.variable})`
    : `${box.name}, before the AI service,`;
  const message = `${who} answered ${what} with HTTP ${status}; it is not the service that says so. ${advice}`;
  if (status === 429)
    return {
      kind: 'rate_limited',
      error: { code: 'ai_rate_limited', message },
      retryAfterMs: retryAfterOf(response),
    };
  if (status < 500) return refused({ code: 'ai_client_error', message });
  const error = { code: 'ai_server_error', message } as const;
  // The service was at work, and a model may have been paid: it would be so with each attempt, and none be waited for.
  if (status === 504 && context.ms >= BOX_PATIENCE_MS) return refused(error);
  return {
    ...{ kind: 'trouble', error, isServiceDown: DOWN_STATUSES.has(status), hasReachedNobody: false },
    retryAfterMs: retryAfterOf(response),
  };
}

function boxIn({ status, headers, body }: ReceivedResponse): Box | undefined {
  return boxOf({
    status,
    header: (name) => headerOf(headers, name),
    text: body === undefined ? '' : body.toString('latin1', 0, MAX_PAGE_BYTES),
  });
}

function wrapText({ status, text }: { status: number; text: string }, context: JudgeContext): AiResult {
  const body = JSON.stringify({ text });
  // Escapes make it longer: a control byte becomes six.
  if (Buffer.byteLength(body) > context.maxBytes) return refused(tooLarge(context));
  return { kind: 'answer', status, body };
}

function rateLimited(response: ReceivedResponse, { what }: JudgeContext): AiResult {
  const message = `The AI service asks for fewer calls: HTTP 429 to ${what}${detailOf(response)}.`;
  return {
    kind: 'rate_limited',
    error: { code: 'ai_rate_limited', message },
    retryAfterMs: retryAfterOf(response),
  };
}

function serverError(response: ReceivedResponse, { what }: JudgeContext): AiResult {
  const { status } = response;
  return {
    kind: 'trouble',
    error: {
      code: 'ai_server_error',
      message: `The AI service failed with HTTP ${status} on ${what}${detailOf(response)}. Its own log tells why.`,
    },
    isServiceDown: DOWN_STATUSES.has(status),
    hasReachedNobody: false,
    retryAfterMs: retryAfterOf(response),
  };
}

function clientError(response: ReceivedResponse, { what }: JudgeContext): AiResult {
  const { status } = response;
  const message = `The AI service refused ${what} with HTTP ${status}${detailOf(response)}. ${adviceFor(response)}`;
  return refused({ code: 'ai_client_error', message: message.trimEnd() });
}

function adviceFor({ status, headers }: ReceivedResponse): string {
  // Our own service says itself what to do: it has another status for a wrong key.
  if (status === 403 && headerOf(headers, SIGNATURE) !== undefined) return '';
  if (status === 401 || status === 403) return 'Check the key in ai_service_headers.';
  if (status === 404 || status === 405)
    return 'Check the endpoint, the request type and ai_service_base_url.';
  return "Check the request's data.";
}

function redirected(response: ReceivedResponse, { what, origin }: JudgeContext): AiResult {
  const { status, headers } = response;
  const target = placeOf(headerOf(headers, 'location'), origin);
  const who = boxIn(response)?.name ?? 'The AI service';
  const place =
    target === undefined
      ? 'no location given'
      : `from ${origin} to ${target.origin}${cleanText(target.pathname)}`;
  const remedy =
    target === undefined || target.origin === origin
      ? 'Name the right endpoint, or mend ai_service_base_url.'
      : `Set ai_service_base_url to ${target.origin}.`;
  return refused({
    code: 'ai_redirect',
    message: `${who} sends ${what} elsewhere (HTTP ${status}, ${place}), and redirects are not followed. ${remedy}`,
  });
}

function tooLarge({ what, maxBytes }: JudgeContext): RequestError {
  return {
    code: 'answer_too_large',
    message: `The answer to ${what} has more than ${maxBytes} bytes, the most allowed (max_response_bytes). Have the AI service answer more briefly.`,
  };
}

function encodedAnswer(encoding: string, { what }: JudgeContext): RequestError {
  return {
    code: 'answer_not_json',
    message: `The answer to ${what} is compressed (content-encoding ${cleanText(encoding)}), though plain JSON was asked for. Switch compression off in the AI service or in the proxy before it.`,
  };
}

function notJson(fault: string, { what }: JudgeContext): RequestError {
  return {
    code: 'answer_not_json',
    message: `The answer to ${what} ${fault}. Check that this endpoint answers in JSON and that ai_service_base_url is the AI service.`,
  };
}

function emptyAnswer(status: number, { what }: JudgeContext): RequestError {
  return {
    code: 'answer_empty',
    message: `The AI service answered ${what} with HTTP ${status} and nothing in it. Check that this endpoint gives an answer.`,
  };
}

function failureIn200(refusal: string, { what }: JudgeContext): RequestError {
  const words = refusal === '' ? '' : ` and says: ${refusal}`;
  return {
    code: 'answer_refused',
    message: `The AI service reports a failure in its answer to ${what}${words}.`,
  };
}

function refused(error: RequestError): AiResult {
  return { kind: 'refused', error };
}

function decode(body: Buffer): string | undefined {
  try {
    return UTF8.decode(body);
  } catch {
    // Bytes that are no UTF-8 are an answer of their own kind.
    return undefined;
  }
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // Not JSON: the caller says so, without the text, which may hold what a player said.
    return undefined;
  }
}

/** What an error response says about itself, as ": …" to be put into a sentence; "" when it says nothing fit to print. */
function detailOf({ headers, body }: ReceivedResponse): string {
  if (body === undefined || isEncoded(headerOf(headers, 'content-encoding'))) return '';
  const text = errorTextOf(parseJson(decode(body) ?? '')?.value);
  return text === undefined ? '' : `: ${text.replace(/\.+$/, '')}`;
}

function retryAfterOf({ headers }: ReceivedResponse): number | null {
  return retryAfterMs(headerOf(headers, 'retry-after'), headerOf(headers, 'date'));
}

function isEncoded(encoding: string | undefined): encoding is string {
  return encoding !== undefined && encoding.trim() !== '' && encoding.trim().toLowerCase() !== 'identity';
}

function isPlainText(headers: ResponseHeaders): boolean {
  const [mediaType = ''] = (headerOf(headers, 'content-type') ?? '').split(';');
  return mediaType.trim().toLowerCase() === 'text/plain';
}

/** Of it, only scheme, host and path are told: a query may hold a key. */
function placeOf(location: string | undefined, origin: string): URL | undefined {
  if (location === undefined || !URL.canParse(location, origin)) return undefined;
  return new URL(location, origin);
}

/** A header that came twice counts with its first value. */
function headerOf(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
