import type { ProxySettings } from '../base/proxy-settings.ts';
import type { Variables } from './env-file.ts';

/** As all programs read them, which settings of ours have no other names for: the lower case wins, as with curl. */
const NAMES = { http: 'http_proxy', https: 'https_proxy', except: 'no_proxy' } as const;

/** All of them, in both cases. */
export const PROXY_VARIABLES: readonly string[] = Object.values(NAMES).flatMap((name) => [
  name,
  name.toUpperCase(),
]);

interface ProxyReading {
  readonly sources: { readonly env: Variables; readonly envFile: { readonly variables: Variables } };
  readonly problems: string[];
  readonly effective: { key: string; value: string; unit: string; source: string }[];
}

interface Given {
  readonly name: string;
  readonly value: string;
  readonly source: string;
}

/** Reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY from the environment and from .env; undefined where no proxy is set. */
export function readProxies(reading: ProxyReading): ProxySettings | undefined {
  const [http, https] = [readProxy(reading, NAMES.http), readProxy(reading, NAMES.https)];
  if (http === null && https === null) return undefined;
  const except = find(reading, NAMES.except);
  if (except !== undefined) tell(reading, except, except.value);
  return { http, https, except: except?.value ?? '' };
}

function readProxy(reading: ProxyReading, name: string): string | null {
  const given = find(reading, name);
  if (given === undefined || given.value === '') return null;
  // curl takes host:port alone.
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(given.value) ? given.value : `http://${given.value}`;
  const reason = reasonAgainst(text);
  if (reason !== undefined) {
    reading.problems.push(
      `${given.name} (${given.source}) ${reason}. Allowed: http://host:port or https://host:port, with user:password@ before the host where the proxy wants them.`,
    );
    return null;
  }
  const url = new URL(text);
  tell(reading, given, `${url.protocol}//${url.username === '' ? '' : '***@'}${url.host}`);
  return url.href;
}

/** The environment wins over .env. An empty one there is none, whatever .env says. */
function find({ sources }: ProxyReading, name: string): Given | undefined {
  const places = [
    ['environment', sources.env],
    ['.env', sources.envFile.variables],
  ] as const;
  for (const [source, variables] of places)
    for (const written of [name, name.toUpperCase()]) {
      const value = variables[written];
      if (value !== undefined) return { name: written, value: value.trim(), source };
    }
  return undefined;
}

/** Nothing of the value is told: it may hold a password. */
function reasonAgainst(text: string): string | undefined {
  if (!URL.canParse(text))
    return 'is no address (in a password, write % : @ / ? and # as %25 %3A %40 %2F %3F and %23)';
  const { protocol, pathname, search, hash, username, password } = new URL(text);
  if (protocol.startsWith('socks'))
    return 'is a SOCKS proxy, and this program speaks with HTTP proxies alone';
  if (protocol !== 'http:' && protocol !== 'https:') return 'is neither http:// nor https://';
  if (pathname !== '/' || search !== '' || hash !== '') return 'has something behind its port';
  return [username, password].every(isDecodable)
    ? undefined
    : 'has a % that is not followed by two digits (write %25)';
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false; // A % that encodes nothing.
  }
}

function tell({ effective }: ProxyReading, { name, source }: Given, value: string): void {
  effective.push({ key: name, value, unit: '', source });
}
