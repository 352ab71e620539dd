import { remedyOfProxy } from './reasons.ts';
import type { NamedProxy } from './way.ts';

/** What our service puts on each answer, with its version: a box in between has none. */
export const SIGNATURE = 'x-ai-ipc-service';

/** An answer as it came. */
export interface Answered {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** The beginning of its body; '' where there is none, or it was not read. */
  readonly text: string;
}

/** A box that stands between: by its name, or as it shows itself. */
export interface Box {
  readonly name: string;
  /** How long it waits, and how much it takes; undefined where we do not know it. */
  readonly limits: Limits | undefined;
}

interface Limits {
  readonly wait: string;
  readonly body: string;
  readonly header: string;
  readonly rate: string;
  readonly log: string;
}

interface KnownBox extends Limits {
  readonly name: string;
  /** In the header server. */
  readonly server: RegExp;
  /** In a page that it makes itself. */
  readonly page: RegExp;
}

const KNOWN: readonly KnownBox[] = [
  {
    name: 'nginx',
    server: /^(?:nginx|openresty)/i,
    page: /<center>(?:nginx|openresty)/i,
    wait: 'proxy_read_timeout (60 s)',
    body: 'client_max_body_size (1 MB)',
    header: 'proxy_buffer_size (4 kB)',
    rate: 'limit_req or limit_conn',
    log: 'its error.log',
  },
  {
    name: 'squid',
    server: /^squid/i,
    page: /<!--\s*ERR_|squid/i,
    wait: 'read_timeout',
    body: 'request_body_max_size',
    header: 'reply_header_max_size',
    rate: 'its delay pools',
    log: 'its access.log',
  },
  {
    name: 'Apache',
    server: /^apache/i,
    page: /<address>Apache|<!DOCTYPE HTML PUBLIC "-\/\/IETF\/\/DTD HTML 2\.0/i,
    wait: 'ProxyTimeout (60 s)',
    body: 'LimitRequestBody',
    header: 'ResponseFieldSize of ProxyPass',
    rate: 'what limits calls there',
    log: 'its error.log',
  },
  {
    name: 'Caddy',
    server: /^caddy/i,
    page: /(?!)/,
    wait: 'response_header_timeout and read_timeout of its transport',
    body: 'request_body max_size',
    header: 'response header limits of its transport',
    rate: 'its rate_limit',
    log: 'its log',
  },
  {
    name: 'HAProxy',
    server: /^haproxy/i,
    page: /^<html><body><h1>\d{3} [\w -]+<\/h1>\s/i,
    wait: 'timeout server',
    body: 'what denies long bodies there',
    header: 'tune.bufsize (16 kB)',
    rate: 'its deny rules',
    log: 'its log',
  },
];
/** Others that are known by this header alone. */
const OTHERS =
  /^(?:cloudflare|envoy|awselb|microsoft-azure|google frontend|gws|traefik|varnish|akamaighost)/i;
const PAGE = /^\s*(?:<!doctype html|<html|<head|<\?xml[^>]*>\s*<!doctype html)/i;

/** Who made this answer, where it was a box in between; undefined for our service, a model, or nobody that shows it. */
export function boxOf({ header, text }: Answered): Box | undefined {
  if (header(SIGNATURE) !== undefined || isJson(header, text)) return undefined;
  const server = header('server') ?? '';
  const isPage = PAGE.test(text);
  if (header('x-squid-error') !== undefined) return known('squid');
  const byPage = isPage ? KNOWN.find(({ page }) => page.test(text)) : undefined;
  // Most boxes pass on what the service says of itself, and nginx names itself on everything: words of its own are a page,
  // or nothing at all.
  const byServer = isPage || text.trim() === '' ? KNOWN.find((one) => one.server.test(server)) : undefined;
  const found = byPage ?? byServer;
  if (found !== undefined) return { name: found.name, limits: found };
  if (OTHERS.test(server)) return { name: cleanName(server), limits: undefined };
  if (!isPage) return undefined;
  const via = header('via') ?? server;
  return {
    name: via === '' ? 'a web server or proxy' : `a web server or proxy (${cleanName(via)})`,
    limits: undefined,
  };
}

export interface Spoken {
  /** Who is behind it, such as "the AI service". */
  readonly whom: string;
  /** Our own limit for the call, by name: the box's must be longer. */
  readonly timeoutSetting: string;
  readonly urlSetting: string;
  /** The forward proxy of this way, which may be that box. */
  readonly proxy: NamedProxy | undefined;
}

/** What a box's error means and which of its limits to raise, in a sentence or two. */
export function adviceForBox(
  box: Box,
  status: number,
  { whom, timeoutSetting, urlSetting, proxy }: Spoken,
): string {
  if (proxy !== undefined && (status === 407 || box.name === 'squid')) return remedyOfProxy(status, proxy);
  const { limits } = box;
  const log = limits?.log ?? 'its log';
  switch (status) {
    case 413:
      return `The request is too long for it: raise ${limits?.body ?? 'its limit for bodies'}.`;
    case 431:
    case 400:
      return `It does not take this request: ${log} tells why.`;
    case 429:
      return `It lets fewer calls through: raise ${limits?.rate ?? 'its limit'}.`;
    case 502:
      return `It got no answer that it could use from ${whom}: ${log} tells whether nobody listens there, or a response header is too long (${limits?.header ?? 'its buffer'}).`;
    case 503:
      return `It sees nobody behind it, or lets fewer calls through (${limits?.rate ?? 'its limits'}): ${log} tells which.`;
    case 504:
      return `It stopped waiting for ${whom}: raise ${limits?.wait ?? 'its time limit'} above ${timeoutSetting}.`;
    case 401:
    case 403:
      return `Its own rules refuse this: ${log} tells which.`;
    default:
      return `Check ${urlSetting}, and read ${log}.`;
  }
}

function known(name: string): Box {
  const found = KNOWN.find((one) => one.name === name);
  return { name, limits: found };
}

function isJson(header: Answered['header'], text: string): boolean {
  return /\bjson\b/i.test(header('content-type') ?? '') || /^\s*[{[]/.test(text);
}

function cleanName(text: string): string {
  return text
    .slice(0, 60)
    .replace(/[^\w .:/()-]+/g, ' ')
    .trim();
}
