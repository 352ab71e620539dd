import { hideSecrets, secretsIn } from '../base/hide-secrets.ts';
import type { NetworkSettings } from '../base/proxy-settings.ts';
import { openWay } from '../network/way.ts';
import type { AiResult } from './ai-result.ts';
import { parseBaseUrl } from './base-url.ts';
import { type AiCall, callError, callName, checkHeaders } from './call.ts';
import { type ExchangeEnd, exchange } from './exchange.ts';
import { HeaderList } from './header-list.ts';
import { judgeResponse } from './judge-response.ts';
import { brokenResult, CONNECT_TIMEOUT_MS, timeoutResult } from './network-trouble.ts';
import { bodyWithoutSecrets, withoutSecrets } from './without-secrets.ts';

export type { AiResult } from './ai-result.ts';
export type { AiCall } from './call.ts';

/** Calls the AI service once for each `call`; who tries again is the worker, nobody here. */
export interface AiClient {
  /** Never rejects for anything that the network, the service or the call's own text does. */
  call(call: AiCall): Promise<AiResult>;
  /** Closes every connection; calls under way, and later ones, end as aborted. */
  close(): Promise<void>;
}

export interface AiClientOptions extends NetworkSettings {
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
  const way = openWay(origin, { ...options, connectTimeoutMs: CONNECT_TIMEOUT_MS });
  const always = { ...options.headers, ...way.headers };
  const headers = {
    GET: new HeaderList(DEFAULT_HEADERS, always),
    POST: new HeaderList(POST_HEADERS, always),
  };
  const maxBytes = options.maxResponseBytes;
  const hide = hideSecrets(secretsIn(options.headers));
  let isClosed = false;

  async function call(call: AiCall): Promise<AiResult> {
    if (isClosed || call.signal.aborted) return { kind: 'aborted' };
    const error = callError(call);
    if (error) return { kind: 'refused', error };
    const startMs = performance.now();
    const end = await exchange(
      way.dispatcher,
      {
        path: way.before + prefix + call.endpoint,
        method: call.method,
        body: call.method === 'GET' ? null : call.body,
        headers: headers[call.method].with(call.headers),
      },
      { ...call, maxBytes },
    );
    return isClosed && end.kind === 'broken'
      ? { kind: 'aborted' }
      : withoutSecrets(judge(end, call, startMs), hide);
  }

  function judge(end: ExchangeEnd, call: AiCall, startMs: number): AiResult {
    const context = { what: callName(call), maxBytes, origin, proxy: way.proxy };
    switch (end.kind) {
      case 'response':
        return judgeResponse(bodyWithoutSecrets(end, hide), { ...context, ms: performance.now() - startMs });
      case 'timeout':
        return timeoutResult(call.timeoutMs, end.progress, context.what);
      case 'broken':
        return brokenResult(end.error, end.progress, context);
      case 'aborted':
        return end;
    }
  }

  async function close(): Promise<void> {
    isClosed = true;
    await way.dispatcher.destroy();
  }

  return { call, close };
}
