import { z } from 'zod';

/** What a server says in place of an answer, whatever its form. */
export interface ServerWords {
  /** For people. It may repeat the whole request, and with it what a player said. */
  readonly message: string;
  /** Its names for the trouble and for the field: identifiers, which repeat nothing. */
  readonly names: readonly string[];
  /** Numbers that llama.cpp gives beside its words; null where there are none. */
  readonly contextTokens: number | null;
  readonly promptTokens: number | null;
  /** A status that stands in the body, such as that of an error in a stream; null where there is none. */
  readonly status: number | null;
  /** Seconds until it is worth another try, as Hugging Face gives them; null elsewhere. */
  readonly waitSeconds: number | null;
}

const MAX_WORDS = 2_000;
/** The head of a page of a proxy says what it is. */
const MAX_PAGE = 8_192;
const MAX_NAME = 60;
/** No sentence, and so nothing that anybody said. */
const NAME = /^[\w.:/[\]-]+$/;
const TAGS = /<(?:script|style)\b[\s\S]*?<\/(?:script|style)>|<[^>]*>/gi;

const name = z.union([z.string(), z.number()]).nullish().catch(null);
const text = z.string().nullish().catch(null);
const amount = z.number().int().positive().nullish().catch(null);
const detail = z.looseObject({ loc: z.array(name).nullish().catch(null), msg: text, type: name });
const inner = z.looseObject({
  message: z.unknown().optional(),
  code: name,
  type: name,
  param: name,
  status: name,
  n_ctx: amount,
  n_prompt_tokens: amount,
  innererror: z.looseObject({ code: name }).nullish().catch(null),
  metadata: z
    .looseObject({ raw: text, reasons: z.array(text).nullish().catch(null) })
    .nullish()
    .catch(null),
});
const outer = z.looseObject({
  error: z.unknown().optional(),
  detail: z.unknown().optional(),
  estimated_time: z.number().nullish().catch(null),
});

/** Reads the body of an error: {"error": {…}}, {"error": "…"}, {"detail": …}, {"message": …}, a page or plain words. */
export function readServerWords(body: unknown): ServerWords {
  const value = typeof body === 'string' ? (parse(body) ?? body) : body;
  if (typeof value !== 'object' || value === null) return ofText(String(value ?? ''));
  // Google's come in a list of one.
  if (Array.isArray(value)) return readServerWords(value[0] ?? '');
  const whole = outer.parse(value);
  const error = typeof whole.error === 'object' && whole.error !== null ? whole.error : value;
  const parts = inner.parse(error);
  const details = detailsOf(whole.detail);
  const messages = [
    typeof whole.error === 'string' ? whole.error : '',
    messageOf(parts.message),
    ...details.messages,
  ];
  return {
    message: shorten([...messages, parts.metadata?.raw ?? ''].filter((one) => one !== '').join(' ')),
    names: [
      parts.code,
      parts.type,
      parts.param,
      parts.innererror?.code,
      ...(parts.metadata?.reasons ?? []),
      ...details.names,
    ]
      .map((one) => String(one ?? ''))
      .filter((one) => one !== '' && one.length <= MAX_NAME && NAME.test(one)),
    contextTokens: parts.n_ctx ?? null,
    promptTokens: parts.n_prompt_tokens ?? null,
    status: statusIn(parts.code) ?? statusIn(parts.status),
    waitSeconds: whole.estimated_time ?? null,
  };
}

/** All that it says, to be searched. */
export function allWords({ message, names }: ServerWords): string {
  return [...names, message].join(' ');
}

/**
 * What may be shown to people and logged: its message where no longer word of it stands in what was asked, else its names.
 * A server that repeats the request cannot pass that.
 */
export function tellable({ message, names }: ServerWords, asked: string): string {
  const known = wordsOf(asked);
  const isRepeated = [...wordsOf(message)].some((word) => known.has(word));
  return isRepeated || message === '' ? names.join(', ') : message;
}

/** Of four letters at least; of scripts without blanks, where a word may be one letter, all. */
function wordsOf(said: string): Set<string> {
  return new Set(said.toLowerCase().match(/[a-z0-9]{4,}|[^\p{ASCII}\P{L}]/gu) ?? []);
}

function ofText(said: string): ServerWords {
  const message = shorten(said.slice(0, MAX_PAGE).replace(TAGS, ' ').replace(/\s+/g, ' ').trim());
  return { message, names: [], contextTokens: null, promptTokens: null, status: null, waitSeconds: null };
}

/** Gateways made with FastAPI: a text, or a list with a place and a message each. The input beside them is left out. */
function detailsOf(value: unknown): { messages: string[]; names: string[] } {
  if (typeof value === 'string') return { messages: [value], names: [] };
  if (!Array.isArray(value)) {
    const words = typeof value === 'object' && value !== null ? readServerWords(value) : undefined;
    return { messages: words === undefined ? [] : [words.message], names: [...(words?.names ?? [])] };
  }
  const list = z.array(detail).safeParse(value).data ?? [];
  const places = list.map(({ loc }) => (loc ?? []).join('.'));
  return {
    messages: list.map(({ msg }, at) => `${places[at]}: ${msg ?? ''}.`),
    names: list.map(({ type }, at) => `${places[at]}.${type ?? ''}`),
  };
}

function messageOf(message: unknown): string {
  if (typeof message === 'string') return message;
  return message === undefined || message === null ? '' : JSON.stringify(message);
}

function statusIn(code: unknown): number | null {
  const status = typeof code === 'string' && /^\d{3}$/.test(code) ? Number(code) : code;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : null;
}

function shorten(said: string): string {
  return said.slice(0, MAX_WORDS);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Words of its own, or a page.
    return undefined;
  }
}
