import { createRequire } from 'node:module';
import type { AiResult } from './ai-result.ts';
import { parseBaseUrl } from './base-url.ts';
import { type AiCall, callError, callName, checkHeaders } from './call.ts';
import { type ExchangeEnd, exchange } from './exchange.ts';
import { HeaderList } from './header-list.ts';
import { judgeResponse } from './judge-response.ts';
import { brokenResult, CONNECT_TIMEOUT_MS, timeoutResult } from './network-trouble.ts';

export type { AiResult } from './ai-result.ts';
export type { AiCall } from './call.ts';

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

/**
 * The pool alone, which is all that `exchange` needs: 40 ms of CPU for the start of a worker in place of 110 ms for undici
 * with its fetch, caches and mocks.
 */
const Pool = createRequire(import.meta.url)('undici/lib/dispatcher/pool.js') as typeof import('undici').Pool;

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
    const what = callName(call);
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
function openPool(origin: string, connections: number): InstanceType<typeof Pool> {
  return new Pool(origin, {
    connections,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  });
}
