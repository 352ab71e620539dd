import { Pool } from 'undici';
import { endpointFault } from '../base/endpoint.ts';
import { AiIpcError, type RequestError } from '../base/errors.ts';
import type { AiResult } from './ai-result.ts';
import { judgeResponse } from './answer.ts';
import { HeaderList, headerFault } from './call-headers.ts';
import { type ExchangeEnd, exchange } from './exchange.ts';
import { brokenResult, CONNECT_TIMEOUT_MS, timeoutResult } from './network-trouble.ts';

export type { AiResult } from './ai-result.ts';

export interface AiCall {
  readonly method: 'GET' | 'POST';
  /** A path below the base URL, such as /api/v1/npc/dialogue; it may have a query. */
  readonly endpoint: string;
  /** JSON text; not sent with GET. */
  readonly body: string | null;
  /** Added to the client's own headers; the same name replaces one of them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Over everything: connecting, waiting and reading. */
  readonly timeoutMs: number;
  /**
   * This call's own: Node warns of a leak when more than ten calls listen to one. (Making one for each call costs 6 µs
   * of CPU on Node 20, beside 18 µs for the rest of the call.)
   */
  readonly signal: AbortSignal;
}

/** Calls the AI service once for each `call`; who tries again is the worker, nobody here. */
export interface AiClient {
  /** Never rejects for anything that the network, the service or the call's own text does. */
  call(call: AiCall): Promise<AiResult>;
  /** Closes every connection; calls under way, and later ones, end as aborted. */
  close(): Promise<void>;
}

export interface AiClientOptions {
  /** http or https, with or without a path before every endpoint. */
  readonly baseUrl: string;
  /** Sent with each call, for example an Authorization. */
  readonly headers: Readonly<Record<string, string>>;
  /** The longest answer, in bytes. */
  readonly maxResponseBytes: number;
  /** Connections at the most; one call at a time on each. */
  readonly connections: number;
}

const DEFAULT_HEADERS = {
  accept: 'application/json, text/plain;q=0.5',
  // A compressed answer could be small on the wire and huge in memory: max_response_bytes counts what is stored.
  'accept-encoding': 'identity',
  'user-agent': 'ai-ipc',
} as const;
const POST_HEADERS = { ...DEFAULT_HEADERS, 'content-type': 'application/json' } as const;
/** @throws AiIpcError bad_settings for a base URL or a header that cannot be used */
export function createAiClient(options: AiClientOptions): AiClient {
  const { origin, prefix } = parseBaseUrl(options.baseUrl);
  checkHeaders(options.headers);
  const headers = {
    GET: new HeaderList(DEFAULT_HEADERS, options.headers),
    POST: new HeaderList(POST_HEADERS, options.headers),
  };
  const pool = openPool(origin, options.connections);
  const maxBytes = options.maxResponseBytes;
  let isClosed = false;

  async function call(call: AiCall): Promise<AiResult> {
    if (isClosed || call.signal.aborted) return { kind: 'aborted' };
    const error = callError(call);
    if (error) return { kind: 'refused', error };
    const end = await exchange(
      pool,
      {
        path: prefix + call.endpoint,
        method: call.method,
        body: call.method === 'GET' ? null : call.body,
        headers: headers[call.method].with(call.headers),
      },
      { timeoutMs: call.timeoutMs, maxBytes, signal: call.signal },
    );
    return isClosed && end.kind === 'broken' ? { kind: 'aborted' } : judge(end, call);
  }

  function judge(end: ExchangeEnd, call: AiCall): AiResult {
    const what = describe(call);
    switch (end.kind) {
      case 'response':
        return judgeResponse(end, { what, maxBytes });
      case 'timeout':
        return timeoutResult(call.timeoutMs, end.progress, what);
      case 'broken':
        return brokenResult(end.error, end.progress, { what, origin });
      case 'aborted':
        return end;
    }
  }

  async function close(): Promise<void> {
    isClosed = true;
    await pool.destroy();
  }

  return { call, close };
}

/** Its own time-outs are off: they are coarse by a second, and each call has a deadline over everything. */
function openPool(origin: string, connections: number): Pool {
  return new Pool(origin, {
    connections,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  });
}

function parseBaseUrl(baseUrl: string): { origin: string; prefix: string } {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  // A URL that cannot be read may still hold a password.
  const shown = JSON.stringify(baseUrl.replace(/\/\/.*@/, '//…@'));
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw badSettings(
      `ai_service_base_url ${shown} is not a URL of the form http://host:port or https://host/path.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw badSettings('ai_service_base_url holds a user or a password. Put them into ai_service_headers.');
  }
  if (url.search !== '' || url.hash !== '') {
    throw badSettings('ai_service_base_url has a ? or a #. Give it without; an endpoint may have a query.');
  }
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') };
}

function callError(call: AiCall): RequestError | undefined {
  // The worker has checked it already; this is the second lock, before it becomes the path of a request.
  if (endpointFault(call.endpoint) !== undefined) {
    const endpoint = JSON.stringify(call.endpoint.slice(0, 80));
    return {
      code: 'bad_endpoint',
      message: `The endpoint ${endpoint} is not a path on the AI service. Give one such as /api/v1/npc/dialogue.`,
    };
  }
  for (const [name, value] of Object.entries(call.headers)) {
    const fault = headerFault(name, value);
    if (fault !== undefined) {
      return {
        code: 'bad_argument',
        message: `The header ${JSON.stringify(name.slice(0, 80))} of this call ${fault}.`,
      };
    }
  }
  return undefined;
}

/** Without its query, which may hold a key. */
function describe({ method, endpoint }: AiCall): string {
  const [path = ''] = endpoint.split('?', 1);
  return `${method} ${path.length > 80 ? `${path.slice(0, 80)}…` : path}`;
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    const fault = headerFault(name, value);
    if (fault !== undefined) throw badSettings(`In ai_service_headers, ${JSON.stringify(name)} ${fault}.`);
  }
}

function badSettings(message: string): AiIpcError {
  return new AiIpcError('bad_settings', message);
}
