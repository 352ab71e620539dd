import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../base/errors.ts';
import type { Metrics } from './registry.ts';

/** Whether something does its work now, and if not, why. */
export interface Readiness {
  readonly isReady: boolean;
  /** Sentences for a person: what is not well. What is ready may have some, too. */
  readonly reasons: readonly string[];
}

export interface MonitorPagesOptions {
  /** Loaded when somebody reads them. */
  readonly metrics: () => Promise<Pick<Metrics, 'contentType' | 'text'>>;
  readonly readiness: () => Readiness;
}

/** Answers a request for one of the pages; false for any other, which is not touched. */
export type MonitorPages = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * /metrics for Prometheus; /healthz: 200 while the process runs; /readyz: 200 while it does its work, else 503 with the
 * reasons. They show no player and no id, and ask for no key.
 */
export function createMonitorPages({ metrics, readiness }: MonitorPagesOptions): MonitorPages {
  const pages: Readonly<Record<string, (response: ServerResponse) => void>> = {
    '/metrics': (response) => sendMetrics(response, metrics),
    '/healthz': (response) => sendJson(response, 200, { status: 'ok' }),
    '/readyz': (response) => sendReadiness(response, readiness()),
  };
  return ({ method, url = '/' }, response) => {
    const [path = '/'] = url.split('?', 1);
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (page === undefined) return false;
    if (method === 'GET' || method === 'HEAD') page(response);
    else sendJson(response, 405, { error: 'Use GET.' }, { allow: 'GET, HEAD' });
    return true;
  };
}

function sendMetrics(response: ServerResponse, load: MonitorPagesOptions['metrics']): void {
  load()
    .then(async (metrics) => ({ type: metrics.contentType, text: await metrics.text() }))
    .then(
      ({ type, text }) => response.writeHead(200, { 'content-type': type }).end(text),
      (error: unknown) => sendJson(response, 500, { error: messageOf(error) }),
    );
}

function sendReadiness(response: ServerResponse, { isReady, reasons }: Readiness): void {
  sendJson(response, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not_ready', reasons });
}

/** One JSON object and a line end, for who reads it with curl. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): void {
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(`${JSON.stringify(body)}\n`);
}
