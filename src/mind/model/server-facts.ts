import type { NetworkSettings } from '../../base/proxy-settings.ts';
import { leave, openSendingWay, type Received, send } from '../../network/send.ts';
import type { Way } from '../../network/way.ts';

/** How a model server is reached, besides its answers: as for these. */
export interface FactsServer {
  /** Up to and with the version, such as http://127.0.0.1:11434/v1. */
  readonly baseUrl: string;
  readonly apiKey: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly network?: NetworkSettings;
}

/** What a model server tells of itself. Never rejects: null is what it does not tell, or not in time. */
export interface ServerFacts {
  /** The tokens that prompt and answer may have together. */
  contextOf(model: string): Promise<number | null>;
  /** How many tokens its own tokenizer makes of a text. */
  countTokens(model: string, text: string): Promise<number | null>;
}

/** A server on the same machine tells it in some milliseconds; a busy one may take its time, as nobody waits so long. */
const WAIT_MS = 2_000;
/** The list of a gateway with 400 models has 700 kB. */
const MAX_BYTES = 2_000_000;

type Json = Readonly<Record<string, unknown>>;

interface Place {
  /** Below the server's address, without the version. */
  readonly path: string;
  readonly body?: Json;
  read(told: Json): unknown;
}

/** Each kind of server tells it in a place of its own; those that know none of it answer 404. */
function placesOf(model: string): readonly Place[] {
  const own = (list: unknown) =>
    objectsIn(list).find((one) => [one['id'], one['name'], one['model']].includes(model));
  return [
    // llama.cpp: the context of one slot.
    {
      path: `/props?model=${encodeURIComponent(model)}`,
      read: (told) => objectOf(told['default_generation_settings'])['n_ctx'],
    },
    // Ollama: of a model that is loaded.
    { path: '/api/ps', read: (told) => own(told['models'])?.['context_length'] },
    // LM Studio.
    { path: '/api/v0/models', read: (told) => own(told['data'])?.['loaded_context_length'] },
    // vLLM; OpenRouter and other gateways.
    {
      path: '/v1/models',
      read: (told) => own(told['data'])?.['max_model_len'] ?? own(told['data'])?.['context_length'],
    },
  ];
}

export function createServerFacts(server: FactsServer): ServerFacts {
  const { origin, pathname } = new URL(server.baseUrl);
  const root = pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
  const way = openSendingWay(origin, { ...server.network, connectTimeoutMs: WAIT_MS });
  const ask = (path: string, body?: Json) => askJson(root + path, { way, server, body });
  return {
    async contextOf(model) {
      const told = await Promise.all(
        placesOf(model).map(async ({ path, read }) => numberOf(read(await ask(path)))),
      );
      return told.find((number) => number !== null) ?? null;
    },
    async countTokens(model, text) {
      // llama.cpp takes the content and gives the tokens, vLLM takes the prompt and gives their count.
      const told = await ask('/tokenize', { model, content: text, prompt: text });
      const { count, tokens } = told;
      return numberOf(count) ?? (Array.isArray(tokens) ? numberOf(tokens.length) : null);
    },
  };
}

interface Asking {
  readonly way: Way;
  readonly server: FactsServer;
  readonly body: Json | undefined;
}

/** {} for whatever is no JSON object in time. */
async function askJson(path: string, { way, server, body }: Asking): Promise<Json> {
  const key = server.apiKey ? { authorization: `Bearer ${server.apiKey}` } : {};
  try {
    const response = await send(way, {
      method: body === undefined ? 'GET' : 'POST',
      ...{ path, headers: { 'content-type': 'application/json', ...key, ...server.headers } },
      ...{ body: body === undefined ? null : JSON.stringify(body), signal: AbortSignal.timeout(WAIT_MS) },
    });
    if (response.status < 200 || response.status > 299) {
      leave(response);
      return {};
    }
    return objectOf(JSON.parse(await readAtMost(response, MAX_BYTES)));
  } catch {
    // Away, late or no JSON: it tells nothing, and the call that follows will say what is wrong.
    return {};
  }
}

async function readAtMost({ body }: Received, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function objectsIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}
