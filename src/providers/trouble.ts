import { hideSecrets, secretsIn } from '../base/hide-secrets.ts';
import { type Connecting, reasonFor } from '../network/reasons.ts';
import { type NamedProxy, proxyOf } from '../network/way.ts';
import { adviceForBox, type Box } from '../network/who-answered.ts';
import { TooLongBody } from './answer-body.ts';
import { sizesIn } from './context-sizes.ts';
import { ModelError } from './model-error.ts';
import type { ModelServer } from './provider.ts';
import { allWords, type ServerWords, tellable } from './server-words.ts';
import { CONNECT_TIMEOUT_MS } from './transport.ts';

/** Servers write pages; what matters comes first. */
const MAX_TOLD = 200;

/** What a server said in place of an answer: an error's status and words, or those of an error in a 200. */
export interface ServerRefusal {
  /** That of the error where it came in a 200 and has one. */
  readonly status: number;
  /** The answer itself was a 200. */
  readonly isIn200: boolean;
  readonly words: ServerWords;
  /** From its headers; null where they do not tell. */
  readonly retryAfterMs: number | null;
  /** The model that was asked, and what a message must not repeat. */
  readonly model: string;
  readonly asked: string;
  /** Who said it in place of the server; left out where it was the server. */
  readonly box?: Box;
  readonly proxy?: NamedProxy | undefined;
}

export type NamedServer = Pick<ModelServer, 'baseUrl' | 'apiKey' | 'headers' | 'timeoutMs' | 'network'>;

/** As filters name themselves: OpenAI, Azure, OpenRouter, Alibaba, Google and gateways in front of them. */
const REFUSED =
  /content[_ -]?(?:filter|policy|management|moderation)|moderat(?:ion|ed)|flagged|data_?inspection|usage polic|safety (?:system|filter|polic|setting|reason)|responsibleai|prohibited[_ ]content|invalid_prompt/i;
const TOO_LONG =
  /exceed_context_size|context_length_exceeded|string_above_max|context[_ ](?:length|window|size)|maximum (?:context|number of tokens|input)|(?:prompt|input|message|request)s? (?:is |are )?too (?:long|large)|too many (?:input |prompt )?tokens|reduce the length|max_model_len|too large for model|max_new_tokens.{0,12} must be/i;
/** llama.cpp, where several slots share one context: another moment will do. */
const SHARED_CONTEXT_FULL = /context size has been exceeded/i;
const LOADING = /\bloading\b|warming up|not (?:yet )?ready|starting up|cold start/i;
const BUSY =
  /overload|capacity|queue|busy|too many|rate.?limit|throttl|slots?\b.{0,20}unavailable|no (?:free |available )?slot|try again/i;
/** Nothing but money or an admin ends it. */
const UNPAID = /insufficient_quota|insufficient (?:credit|balance|fund)|billing|out of credit|payment/i;
/** Statuses that say no to what was asked, not to who asked or where. */
const OF_THE_MESSAGE: ReadonlySet<number> = new Set([200, 400, 403, 413, 422, 451]);
const OF_LOAD: ReadonlySet<number> = new Set([200, 429, 500, 503, 529]);

/** What a refusal is about, as an error whose message names the cause and the setting. */
export function refused(refusal: ServerRefusal, server: NamedServer): ModelError {
  const { status, words, model } = refusal;
  const said = allWords(words);
  const place = placeOf(server);
  if (refusal.box !== undefined) return ofBox(refusal, refusal.box, place);
  if (SHARED_CONTEXT_FULL.test(said) && !said.includes('exceed_context')) {
    const why =
      'its slots share one context, which is full. Give its server more context (llama.cpp: -c), or fewer slots';
    return busy(refusal, server, { why, reason: 'shared_full' });
  }
  if (OF_THE_MESSAGE.has(status) && TOO_LONG.test(said)) return tooLong(refusal, place);
  if (OF_THE_MESSAGE.has(status) && REFUSED.test(said)) {
    const message = `The model server at ${place} refused this message (its content filter, HTTP ${status}).`;
    return new ModelError('model_failed', message, { kind: 'message', reason: 'refused' });
  }
  if (status === 402 || (status !== 401 && UNPAID.test(said))) {
    return broken(refusal, server, 'The account has no credit left.');
  }
  if ((status === 503 || status === 200) && LOADING.test(said)) {
    const message = `The model server at ${place} is still loading the model ${model}.`;
    return new ModelError('model_failed', message, { kind: 'load', reason: 'loading', ...waitOf(refusal) });
  }
  const isBusy =
    status === 429 ||
    status === 529 ||
    (OF_LOAD.has(status) &&
      (BUSY.test(said) || (status === 503 && waitOf(refusal).retryAfterMs !== undefined)));
  return isBusy
    ? busy(refusal, server, { why: 'it has too much to do, or allows fewer calls a minute' })
    : broken(refusal, server, adviceFor(status));
}

const SPOKEN = {
  whom: 'the model server',
  timeoutSetting: 'AI_MODEL_TIMEOUT',
  urlSetting: 'AI_PROVIDER_URL',
} as const;

/** What stands between answered in the place of the model server. */
function ofBox({ status, proxy, ...refusal }: ServerRefusal, box: Box, place: string): ModelError {
  const isProxy = proxy !== undefined && (status === 407 || box.name === 'squid');
  const who = isProxy
    ? `The proxy ${proxy.shown} (${proxy.variable})`
    : `${box.name}, before the model server at ${place},`;
  const message = `${who} answered HTTP ${status}; it is not the model server that says so. ${adviceForBox(box, status, { ...SPOKEN, proxy })}`;
  return status === 429
    ? new ModelError('model_failed', message, { kind: 'load', ...waitOf({ status, ...refusal }) })
    : new ModelError('model_failed', message, { isOutage: status >= 500 });
}

interface Busy {
  readonly why: string;
  readonly reason?: 'shared_full';
}

function busy(refusal: ServerRefusal, server: NamedServer, { why, ...reason }: Busy): ModelError {
  const message = `The model server at ${placeOf(server)} takes no call now (HTTP ${refusal.status}): ${why}.`;
  return new ModelError('model_failed', message, { kind: 'load', ...reason, ...waitOf(refusal) });
}

function waitOf({ retryAfterMs, words }: ServerRefusal): { retryAfterMs?: number } {
  const told =
    retryAfterMs ?? (words.waitSeconds === null ? waitIn(words.message) : words.waitSeconds * 1000);
  return told === undefined ? {} : { retryAfterMs: Math.ceil(told) };
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** OpenAI and Groq say it in words alone: "Please try again in 7.66s." */
function waitIn(said: string): number | undefined {
  const [, number, unit = ''] = /(?:again|retry)\D{0,12}?(\d+(?:\.\d+)?) ?(ms|s|m)\b/i.exec(said) ?? [];
  return number === undefined ? undefined : Number(number) * (UNIT_MS[unit.toLowerCase()] ?? 1_000);
}

function tooLong({ words, model }: ServerRefusal, place: string): ModelError {
  const sizes = sizesIn(words);
  const { contextTokens, promptTokens } = sizes;
  const context = contextTokens === null ? '' : ` of ${contextTokens} tokens`;
  const prompt = promptTokens === null ? 'The prompt' : `A prompt of ${promptTokens} tokens`;
  const message =
    `${prompt} with its answer does not fit into the context${context} that the model ${model} at ${place} has. ` +
    'Give it a larger one (llama.cpp: -c, Ollama: num_ctx, vLLM: --max-model-len), or lower AI_MAX_TOKENS.';
  return new ModelError('model_failed', message, { kind: 'message', reason: 'too_long', sizes });
}

function broken(
  { status, isIn200, words, asked }: ServerRefusal,
  server: NamedServer,
  advice: string,
): ModelError {
  const said = oneLine(withoutKey(tellable(words, asked), server));
  const told = said === '' ? '' : ` (${said})`;
  const how = isIn200 ? 'answered 200 with an error in it' : `answered HTTP ${status}`;
  const message = `The model server at ${placeOf(server)} ${how}${told}. ${advice}`;
  return new ModelError('model_failed', message, { isOutage: status >= 500 });
}

const ADVICE: Readonly<Record<number, string>> = {
  200: 'Look into its log, or that of the provider behind it.',
  401: 'Check AI_API_KEY.',
  403: 'Check AI_API_KEY and what it may do.',
  404: 'Check AI_MODEL, and AI_PROVIDER_URL: most servers want it to end in /v1.',
};

function adviceFor(status: number): string {
  const known = ADVICE[status];
  if (known !== undefined) return known;
  if (status >= 500) return 'Look into its log.';
  if (status < 400) return 'Check AI_PROVIDER_URL: it leads elsewhere, and redirects are not followed.';
  return 'Check AI_MODEL, AI_PROVIDER_BODY and the model settings of the persona.';
}

function withoutKey(said: string, { apiKey, headers = {} }: NamedServer): string {
  const hide = hideSecrets(secretsIn(headers));
  // However short it is.
  return hide(apiKey ? said.replaceAll(apiKey, '***') : said);
}

/** Where a call failed, and how long it had been waited for. */
export interface Failure {
  readonly server: NamedServer;
  readonly isTimeout: boolean;
  readonly waitedMs: number;
  readonly maxBytes: number;
}

/** Tells what went wrong in a call that brought no answer at all. */
export function unanswered(error: unknown, { server, isTimeout, waitedMs, maxBytes }: Failure): ModelError {
  const place = placeOf(server);
  if (isTimeout) {
    const message = `The model server at ${place} gave no answer within ${Math.round(waitedMs)} ms: the request's deadline, or AI_MODEL_TIMEOUT (${server.timeoutMs} ms). Use a faster model, or allow more.`;
    return new ModelError('model_timeout', message, { cause: error, isOutage: true });
  }
  if (error instanceof TooLongBody) {
    const message = `The model server answered with more than ${maxBytes} bytes; the rest was not read. Check AI_PROVIDER_URL: a model's answer has a few thousand.`;
    return new ModelError('model_failed', message);
  }
  const { why, remedy } = reasonFor(error, connectingTo(server));
  const message = `The model server at ${place} did not answer: ${why}. ${remedy || 'Check that it runs, and AI_PROVIDER_URL.'}`;
  return new ModelError('model_failed', message, { cause: error, isOutage: true });
}

function connectingTo({ baseUrl, network }: NamedServer): Connecting {
  return {
    ...{ urlSetting: 'AI_PROVIDER_URL', caSetting: 'AI_PROVIDER_CA', connectTimeoutMs: CONNECT_TIMEOUT_MS },
    ...{
      origin: URL.canParse(baseUrl) ? new URL(baseUrl).origin : baseUrl,
      proxy: proxyOf(baseUrl, network?.proxies),
    },
  };
}

/** The error of a call that was cut, or not made, because whoever asked has left. It says nothing of the server. */
export function givenUp(): ModelError {
  const message = 'Nobody waits for this answer any more: the caller hung up.';
  return new ModelError('model_timeout', message, { kind: 'message', reason: 'given_up' });
}

/** The error of an answer that is something else: a page of a proxy, another API. */
export function noCompletion(server: NamedServer): ModelError {
  return new ModelError(
    'model_failed',
    `The model server at ${placeOf(server)} answered 200 with something that is no chat completion. Check AI_PROVIDER_URL: most servers want it to end in /v1.`,
  );
}

/** The error of an answer with nothing in it. */
export function noChoices(server: NamedServer): ModelError {
  const message = `The model server at ${placeOf(server)} answered 200 without any answer in it (choices is empty): the provider behind it gave none. Look into its log, or choose another AI_MODEL.`;
  return new ModelError('model_failed', message);
}

/** The error of a call that is not made, because the server is away. */
export function paused(server: NamedServer): ModelError {
  const message = `The model server at ${placeOf(server)} failed ten times in a row; it is asked once a second until it answers.`;
  return new ModelError('model_failed', message, { isOutage: true });
}

/** The error of a call that was not made: those before it took too long. It says nothing of the server. */
export function crowded(server: NamedServer, waitedMs: number): ModelError {
  const message = `The model server at ${placeOf(server)} had no slot free in time (${Math.round(waitedMs)} ms): it answers as many others as it can. Lower the worker's CONCURRENCY, or raise AI_MODEL_SLOTS if it can take more.`;
  return new ModelError('model_timeout', message, { kind: 'load' });
}

/** The error of a call that is not made, because the server asked for a pause. */
export function resting(server: NamedServer, retryAfterMs: number): ModelError {
  const message = `The model server at ${placeOf(server)} asked for fewer calls; it is left in peace for ${Math.ceil(retryAfterMs / 1000)} s more.`;
  return new ModelError('model_failed', message, { kind: 'load', retryAfterMs });
}

/** Fit for a message and a log. */
function oneLine(words: string): string {
  const line = words.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return line.length > MAX_TOLD ? `${line.slice(0, MAX_TOLD).trimEnd()}…` : line;
}

/** Host and port: a URL may hold a key. */
function placeOf({ baseUrl }: Pick<ModelServer, 'baseUrl'>): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl;
}
