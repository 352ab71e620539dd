import { createRequire } from 'node:module';
import type { Dispatcher } from 'undici';
import type { NetworkSettings, ProxySettings } from '../base/proxy-settings.ts';
import { readAuthorities } from './authorities.ts';
import { isLoopback, noProxyMatches } from './no-proxy.ts';

/** How one address is reached: at once, or by a proxy. */
export interface Way {
  readonly dispatcher: Dispatcher;
  /** Stands before each path: a proxy for http:// is told the whole address. */
  readonly before: string;
  /** Sent with each call, for the proxy; the last word on these names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The proxy, as messages may show it: without user and password. */
  readonly proxy: NamedProxy | undefined;
}

export interface NamedProxy {
  readonly variable: 'HTTP_PROXY' | 'HTTPS_PROXY';
  readonly shown: string;
}

export interface WayOptions extends NetworkSettings {
  /** Default: as many as there are calls at once. */
  readonly connections?: number;
  readonly connectTimeoutMs: number;
}

const load = createRequire(import.meta.url);

/**
 * The pool alone, which is all that calls need: 40 ms of CPU for the start of a worker in place of 110 ms for undici with
 * its fetch, caches and mocks.
 */
const poolOf = () => load('undici/lib/dispatcher/pool.js') as typeof import('undici').Pool;

/** Opens connections to the origin of an address. */
export function openWay(url: string, { proxies, caFile, connectTimeoutMs, connections }: WayOptions): Way {
  const { origin, host, protocol } = new URL(url);
  const ca = readAuthorities(caFile);
  // Its own time-outs are off: they are coarse by a second, and each call has a deadline over everything.
  const pool = {
    ...(connections === undefined ? {} : { connections }),
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const tls = { timeout: connectTimeoutMs, ...(ca === undefined ? {} : { ca }) };
  const proxy = proxyFor(url, proxies);
  if (proxy === undefined) {
    const dispatcher = new (poolOf())(origin, { ...pool, connect: tls });
    return { dispatcher, before: '', headers: {}, proxy: undefined };
  }
  const { href, variable, login } = proxy;
  const named = { variable, shown: href.origin };
  if (protocol === 'https:') {
    // The agent alone cannot connect: the whole of undici gives it the method.
    const { ProxyAgent } = load('undici') as typeof import('undici');
    const dispatcher = new ProxyAgent({
      ...{ ...pool, uri: href.origin, requestTls: tls, proxyTls: tls },
      ...(login === undefined ? {} : { token: login }),
    });
    return { dispatcher: toOrigin(dispatcher, origin), before: '', headers: {}, proxy: named };
  }
  const dispatcher = new (poolOf())(href.origin, { ...pool, connect: tls });
  const headers = { host, ...(login === undefined ? {} : { 'proxy-authorization': login }) };
  return { dispatcher, before: origin, headers, proxy: named };
}

/** A pool knows where it leads; an agent is told with each call. */
function toOrigin(agent: Dispatcher, origin: string): Dispatcher {
  const dispatch = agent.dispatch.bind(agent);
  return Object.assign(agent, {
    dispatch: (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) =>
      dispatch({ origin, ...options }, handler),
  });
}

/** The proxy by which an address is reached, as messages may show it. */
export function proxyOf(url: string, proxies: ProxySettings | undefined): NamedProxy | undefined {
  const proxy = URL.canParse(url) ? proxyFor(url, proxies) : undefined;
  return proxy === undefined ? undefined : { variable: proxy.variable, shown: proxy.href.origin };
}

interface ChosenProxy {
  readonly href: URL;
  readonly variable: NamedProxy['variable'];
  /** What goes into Proxy-Authorization. */
  readonly login: string | undefined;
}

/** undefined where the address is reached without. */
function proxyFor(url: string, proxies: ProxySettings | undefined): ChosenProxy | undefined {
  if (proxies === undefined) return undefined;
  const target = new URL(url);
  const isTls = target.protocol === 'https:';
  const chosen = isTls ? proxies.https : proxies.http;
  if (chosen === null || isLoopback(target) || noProxyMatches(proxies.except, target)) return undefined;
  const href = new URL(chosen);
  const [user, password] = [href.username, href.password].map(decodeURIComponent);
  const login =
    href.username === '' ? undefined : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return { href, variable: isTls ? 'HTTPS_PROXY' : 'HTTP_PROXY', login };
}
