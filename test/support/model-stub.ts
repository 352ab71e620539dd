import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { type AiStub, type Behaviour, behaviours, startAiStub } from './ai-stub.ts';
import { type Refused, send, sendError, sendStream } from './model-wire.ts';

/** One call of chat completions that the stub received. */
export interface ModelCall {
  /** When it had come in whole, by performance.now(). */
  readonly atMs: number;
  readonly headers: IncomingHttpHeaders;
  /** The whole request, as it stood on the wire. */
  readonly body: string;
  readonly request: ChatRequest;
  /** The texts of the messages with this role, one under the other. */
  readonly system: string;
  readonly user: string;
  /** The user message read as JSON; {} when it is none. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** As the API reference of chat completions has it, as far as it is used here. */
interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly reasoning_effort?: string;
  readonly response_format?: {
    readonly type: string;
    readonly json_schema?: {
      readonly name: string;
      readonly strict?: boolean;
      readonly schema: { readonly properties: Readonly<Record<string, unknown>> };
    };
  };
}

/** What the server is like: how its models differ from OpenAI's. */
export interface ModelServerKind {
  /** What it takes as response_format; others are refused with 400. Default both. */
  readonly formats?: readonly ('json_schema' | 'json_object')[];
  /** Takes a response_format and does as it likes. */
  readonly ignoresFormat?: boolean;
  /** Refuses max_tokens and temperature, as reasoning models do. */
  readonly isReasoning?: boolean;
  /** Without it: any key, or none. */
  readonly apiKey?: string;
  /** Without it: every model is there. */
  readonly model?: string;
  /** Counts no tokens. */
  readonly hasNoUsage?: boolean;
  /** How it answers a call for a stream. Default a stream; plain is one JSON object, refused is 400. */
  readonly streams?: 'plain' | 'refused';
  /** Refuses stream_options. */
  readonly hasNoStreamOptions?: boolean;
  /** Refuses a system message, in the words of this chat template. */
  readonly refusesSystem?: string;
  /** What happens to whatever has a response_format: 500 without a word about it, or an answer of blanks. */
  readonly failsAtFormat?: 'error' | 'blank';
}

/** The content of the answering message; the call decides what it says. */
export type ModelWords = (call: ModelCall) => string;

/** A model server that speaks OpenAI's chat completions, in this process, with faults on demand. */
export interface ModelStub {
  /** For AI_PROVIDER_URL: with /v1. */
  readonly url: string;
  readonly port: number;
  readonly calls: readonly ModelCall[];
  /** Calls that only have the model loaded; they meet the same faults. */
  readonly warmUps: readonly ModelCall[];
  /** TCP connections that are open now. */
  readonly connections: number;
  /** From now on the model writes this, as it stands, instead of a good answer. */
  write(content: string | ModelWords, finish?: 'stop' | 'length' | 'content_filter'): void;
  /** From now on every call meets this. */
  fail(fault: ModelFault | Behaviour): void;
  /** From now on calls like this meet it; all others are answered. */
  failIf(isMeant: (call: ModelCall) => boolean, fault: Behaviour): void;
  become(kind: ModelServerKind): void;
  /** Forgets calls, faults, what to write, and the kind. */
  clear(): void;
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

export type ModelFault = keyof typeof FAULTS;

const PATH = '/v1/chat/completions';

/** The troubles that the issue of the AI service names, and their kin. */
const FAULTS = {
  empty: behaviours.empty(),
  html: behaviours.raw('<!doctype html><html><body><h1>Welcome to nginx!</h1></body></html>', {
    headers: { 'content-type': 'text/html' },
  }),
  brokenJson: behaviours.raw('{"choices": [{"mess', { headers: { 'content-type': 'application/json' } }),
  otherJson: behaviours.json({ hello: 'world' }),
  noChoices: behaviours.json({ id: 'chatcmpl-1', object: 'chat.completion', choices: [] }),
  nullContent: behaviours.json({ choices: [{ index: 0, message: { role: 'assistant', content: null } }] }),
  errorIn200: behaviours.json({ error: { message: 'Provider returned error', code: 502 } }),
  huge: behaviours.raw(Buffer.alloc(5_000_000, 'x'), {
    headers: { 'content-type': 'application/json' },
    isChunked: true,
  }),
  late: behaviours.delayed(60_000),
  never: behaviours.never(),
  trickle: behaviours.trickle(),
  rateLimited: errorBehaviour(429, 'rate_limit_exceeded', 'Rate limit reached for requests'),
  serverError: errorBehaviour(500, 'server_error', 'The server had an error while processing your request'),
  overloaded: errorBehaviour(503, 'overloaded', 'The engine is currently overloaded'),
  redirect: behaviours.redirect('http://127.0.0.1:9/v1/chat/completions', 307),
  closedSocket: behaviours.resetBeforeHeaders(),
  closedInBody: behaviours.closeInBody(),
  notHttp: behaviours.notHttp(),
} satisfies Record<string, Behaviour>;

export const MODEL_FAULTS = Object.keys(FAULTS) as ModelFault[];

/** Starts a stub on a free loopback port. It behaves well until it is told otherwise. */
export async function startModelStub(kind: ModelServerKind = {}): Promise<ModelStub> {
  return new HttpModelStub(await startAiStub(), kind);
}

class HttpModelStub implements ModelStub {
  readonly #stub: AiStub;
  readonly #firstKind: ModelServerKind;
  #kind: ModelServerKind;
  #calls: ModelCall[] = [];
  #warmUps: ModelCall[] = [];
  #mind: ModelWords = goodAnswer;
  #finish = 'stop';
  #fault: Behaviour | undefined;
  #isMeant: (call: ModelCall) => boolean = () => true;
  #answers = 0;

  constructor(stub: AiStub, kind: ModelServerKind) {
    this.#stub = stub;
    this.#firstKind = kind;
    this.#kind = kind;
    this.#listen();
  }

  get url(): string {
    return `${this.#stub.url}/v1`;
  }

  get port(): number {
    return this.#stub.port;
  }

  get calls(): readonly ModelCall[] {
    return this.#calls;
  }

  get warmUps(): readonly ModelCall[] {
    return this.#warmUps;
  }

  get connections(): number {
    return this.#stub.connections;
  }

  write(content: string | ModelWords, finish: 'stop' | 'length' | 'content_filter' = 'stop'): void {
    this.#mind = typeof content === 'string' ? () => content : content;
    this.#finish = finish;
  }

  fail(fault: ModelFault | Behaviour): void {
    this.failIf(() => true, typeof fault === 'string' ? FAULTS[fault] : fault);
  }

  failIf(isMeant: (call: ModelCall) => boolean, fault: Behaviour): void {
    this.#isMeant = isMeant;
    this.#fault = fault;
  }

  become(kind: ModelServerKind): void {
    this.#kind = kind;
  }

  clear(): void {
    this.#stub.clear();
    this.#calls = [];
    this.#warmUps = [];
    this.#mind = goodAnswer;
    this.#finish = 'stop';
    this.#fault = undefined;
    this.#kind = this.#firstKind;
    this.#listen();
  }

  goDown(): Promise<void> {
    return this.#stub.goDown();
  }

  comeBack(): Promise<void> {
    return this.#stub.comeBack();
  }

  close(): Promise<void> {
    return this.#stub.close();
  }

  #listen(): void {
    this.#stub.behaveAlways((call, response) => {
      if (call.path !== PATH || call.method !== 'POST') {
        sendError(response, {
          status: 404,
          code: 'unknown_url',
          message: `Invalid URL (${call.method} ${call.path})`,
        });
        return;
      }
      const request = parse(call.body) as ChatRequest;
      const known = toModelCall(request, call);
      (isWarmUp(known) ? this.#warmUps : this.#calls).push(known);
      const refusal = refusalOf(known, this.#kind);
      if (this.#fault && this.#isMeant(known)) this.#fault(call, response);
      else if (refusal) sendError(response, refusal);
      else this.#answer(known, response);
    });
  }

  #answer(call: ModelCall, response: ServerResponse): void {
    this.#answers += 1;
    const isBlank = this.#kind.failsAtFormat === 'blank' && call.request.response_format !== undefined;
    const content = isBlank ? ' \n' : this.#mind(call);
    const prompt = Math.ceil((call.system.length + call.user.length) / 4);
    const completion = Math.ceil(content.length / 4);
    const usage = {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    };
    if (call.request.stream && this.#kind.streams !== 'plain') {
      const isCounted = !this.#kind.hasNoUsage && call.request.stream_options?.include_usage === true;
      sendStream(response, {
        base: { id: `chatcmpl-stub${this.#answers}`, created: 1_700_000_000, model: call.request.model },
        content,
        finish: this.#finish,
        usage: isCounted ? usage : undefined,
      });
      return;
    }
    send(response, 200, {
      id: `chatcmpl-stub${this.#answers}`,
      object: 'chat.completion',
      created: 1_700_000_000,
      model: call.request.model,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content, refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: this.#finish,
        },
      ],
      ...(this.#kind.hasNoUsage ? {} : { usage }),
      service_tier: 'default',
      system_fingerprint: 'fp_stub',
    });
  }
}

function isWarmUp({ user, request }: ModelCall): boolean {
  return user === 'Hello' && (request.max_tokens === 1 || request.max_completion_tokens === 1);
}

/** What a well-behaved model writes: JSON where it was asked for, else plain words. It remembers what it was shown. */
export function goodAnswer({ request, data }: ModelCall): string {
  const name = request.response_format?.json_schema?.name;
  if (name === 'npc_decides' || 'actions' in data) {
    return JSON.stringify({ choice: 1, reason: 'It is the best that I can do.', confidence: 0.8 });
  }
  if (name === 'npc_feels' || 'event' in data) {
    return JSON.stringify({ emotion: 'curious', intensity: 0.6, valence: 0.3 });
  }
  const fields = Object.keys(request.response_format?.json_schema?.schema.properties ?? {});
  if (name === 'npc_options' || name === 'npc_lines')
    return JSON.stringify(
      Object.fromEntries(fields.map((field, at) => [field, SERIES[at] ?? `Number ${at}.`])),
    );
  const text = recall(data) ?? 'The road to Prontera is safe today.';
  const choice = 'options' in data ? { choice: 1 } : {};
  return JSON.stringify({ text, emotion: 'calm', action: 'nods', ...choice });
}

const SERIES = ['Is the road safe?', 'As safe as ever.', 'Then let us go.', 'Goodbye.'];

/** "What did I tell you?" is answered with what the player said before. */
function recall(data: Readonly<Record<string, unknown>>): string | undefined {
  if (!/what did i (?:tell|say)/i.test(String(data['says']))) return undefined;
  const earlier = data['earlier'] as { turns?: [said: string, answered: string][] } | undefined;
  const said = (earlier?.turns ?? []).map(([words]) => `"${words}"`).join(' and ');
  return said === '' ? 'You have told me nothing yet.' : `You told me ${said}.`;
}

/** The refusals of the real servers, in their words. */
function refusalOf({ request, headers, body }: ModelCall, kind: ModelServerKind): Refused | undefined {
  const refuse = (message: string, param?: string): Refused => ({
    status: 400,
    code: 'invalid_request_error',
    message,
    ...(param === undefined ? {} : { param }),
  });
  if (kind.apiKey !== undefined && headers.authorization !== `Bearer ${kind.apiKey}`) {
    return {
      status: 401,
      code: 'invalid_api_key',
      message: `Incorrect API key provided: ${headers.authorization}.`,
    };
  }
  if (!Array.isArray(request.messages) || request.messages.length === 0) {
    return refuse("Missing required parameter: 'messages'.", 'messages');
  }
  if (kind.model !== undefined && request.model !== kind.model) {
    return { status: 404, code: 'model_not_found', message: `The model '${request.model}' does not exist` };
  }
  if (kind.isReasoning && request.max_tokens !== undefined) {
    const message =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    return refuse(message, 'max_tokens');
  }
  if (kind.isReasoning && request.temperature !== undefined) {
    const message = `Unsupported value: 'temperature' does not support ${request.temperature} with this model. Only the default (1) value is supported.`;
    return refuse(message, 'temperature');
  }
  if (kind.refusesSystem !== undefined && request.messages.some(({ role }) => role === 'system')) {
    return refuse(kind.refusesSystem);
  }
  if (kind.streams === 'refused' && request.stream) {
    return refuse('Your organization must be verified to stream this model.', 'stream');
  }
  if (kind.hasNoStreamOptions && request.stream_options !== undefined) {
    return refuse('Extra inputs are not permitted', 'stream_options');
  }
  const format = request.response_format?.type;
  if (kind.failsAtFormat === 'error' && format !== undefined) {
    return { status: 500, code: 'server_error', message: 'Internal server error' };
  }
  if (format === undefined || format === 'text' || kind.ignoresFormat) return undefined;
  const formats: readonly string[] = kind.formats ?? ['json_schema', 'json_object'];
  if (!formats.includes(format)) {
    const message = `Invalid parameter: 'response_format' of type '${format}' is not supported with this model.`;
    return refuse(message, 'response_format');
  }
  if (format === 'json_object' && !/json/i.test(body.replace(/"response_format".*$/, ''))) {
    return refuse(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      'messages',
    );
  }
  if (format === 'json_schema' && !request.response_format?.json_schema?.name) {
    return refuse("Missing required parameter: 'response_format.json_schema.name'.", 'response_format');
  }
  return undefined;
}

function toModelCall(
  request: ChatRequest,
  call: { atMs: number; headers: IncomingHttpHeaders; body: string },
): ModelCall {
  const textOf = (role: string) =>
    (request.messages ?? [])
      .filter((message) => message.role === role)
      .map((message) => message.content)
      .join('\n');
  const user = textOf('user');
  const data = parse(user);
  return {
    atMs: call.atMs,
    headers: call.headers,
    body: call.body,
    request,
    system: textOf('system'),
    user,
    data: typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {},
  };
}

function errorBehaviour(status: number, code: string, message: string): Behaviour {
  return (_call, response) => sendError(response, { status, code, message });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is refused as a request without fields.
    return {};
  }
}
