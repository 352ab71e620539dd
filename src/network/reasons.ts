import { messageOf } from '../base/errors.ts';
import type { NamedProxy } from './way.ts';

/** What went wrong on the way, for a sentence: why, and what mends it. */
export interface Reason {
  readonly why: string;
  /** '' where nothing better is known than to check the address. */
  readonly remedy: string;
}

export interface Connecting {
  readonly proxy: NamedProxy | undefined;
  /** The settings' names for messages. */
  readonly urlSetting: string;
  readonly caSetting: string;
  /** The address, as messages may show it. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
}

const HUNG_UP = 'it hung up before it answered';
const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: HUNG_UP,
  EPIPE: HUNG_UP,
  UND_ERR_SOCKET: HUNG_UP,
  ENOTFOUND: 'this host name is not known',
  EAI_AGAIN: 'the name server does not answer',
  EHOSTUNREACH: 'no route leads there',
  ENETUNREACH: 'no route leads there',
  EPERM: 'this machine forbids it: a firewall, or IPAddressDeny of a unit',
  EACCES: 'this machine forbids it: a firewall, or IPAddressDeny of a unit',
  UND_ERR_HEADERS_OVERFLOW: 'its response headers are over 16 KiB',
};
/** TLS record of an alert, and HTTP/2's first frame, which is its settings. */
const isTlsAlert = (bytes: string) => bytes.startsWith('\u0015\u0003');
const isHttp2 = (bytes: string) => bytes.startsWith('\0\0') && bytes[3] === '\u0004';

/** Names the cause of a connection that did not come about, or broke. */
export function reasonFor(error: unknown, connecting: Connecting): Reason {
  const cause = innermost(error);
  const code = codeOf(cause);
  const known =
    ofProxy(cause, code, connecting) ??
    ofProtocol(cause, code, connecting) ??
    ofCertificate(cause, code, connecting);
  if (known !== undefined) return known;
  const isForbidden = code === 'EPERM' || code === 'EACCES';
  const remedy = isForbidden
    ? 'Give the unit IPAddressAllow= for that address (systemctl edit), or open the firewall.'
    : '';
  return { why: whyOf(cause, code, connecting.connectTimeoutMs), remedy };
}

/** The code of an error, or its name. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** What only wraps another one says less. */
function innermost(error: unknown): unknown {
  let inner = error;
  for (let depth = 0; depth < 5 && inner instanceof Error && inner.cause instanceof Error; depth += 1)
    inner = inner.cause;
  return inner instanceof AggregateError ? (inner.errors.at(-1) ?? inner) : inner;
}

function whyOf(error: unknown, code: string, connectTimeoutMs: number): string {
  // undici 7 gives some of these a code (HPE_…) and some none: the name is always there.
  if (error instanceof Error && error.name === 'HTTPParserError')
    return `what it sent is not HTTP/1.1; ${code}`;
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return `no connection within ${connectTimeoutMs} ms; ${code}`;
  const why = WHY[code] ?? oneLine(messageOf(error));
  return why === '' || why === code ? code : `${why}; ${code}`;
}

/** The proxy is who is spoken to: what fails before a tunnel stands, or without one, is its own. */
function ofProxy(error: unknown, code: string, { proxy, connectTimeoutMs }: Connecting): Reason | undefined {
  if (proxy === undefined) return undefined;
  const name = `the proxy ${proxy.shown} (${proxy.variable})`;
  const [, status] = /^Proxy response \((\d+)\)/.exec(messageOf(error)) ?? [];
  if (status !== undefined)
    return {
      why: `${name} answered the CONNECT with HTTP ${status}`,
      remedy: remedyOfProxy(Number(status), proxy),
    };
  if (!(code in WHY) && code !== 'UND_ERR_CONNECT_TIMEOUT') return undefined;
  const why = `${name} was asked: ${whyOf(error, code, connectTimeoutMs)}`;
  return {
    why,
    remedy: `Check ${proxy.variable}, or name the host in NO_PROXY where it is reached without.`,
  };
}

/** What a proxy's refusal of a tunnel or of a call asks for. */
export function remedyOfProxy(status: number, { variable, shown }: NamedProxy): string {
  const login = `${shown.replace('://', '://USER:PASSWORD@')}`;
  if (status === 407)
    return `It wants a user and a password: set ${variable}=${login} (percent-encode special characters).`;
  if (status === 403)
    return `Its rules forbid that address or port (squid: http_access, SSL_ports). Have it allowed, or name the host in NO_PROXY.`;
  if (status === 503 || status === 502 || status === 504)
    return 'It could not reach that host: check the name, and read the log of the proxy (squid: access.log); or name the host in NO_PROXY.';
  return `Read the log of the proxy, and check ${variable}.`;
}

function ofProtocol(error: unknown, code: string, { urlSetting, origin }: Connecting): Reason | undefined {
  const isTls = origin.startsWith('https:');
  const said = messageOf(error);
  if (
    isTls &&
    (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(code) ||
      /wrong version number|packet length too long|http request/i.test(said))
  )
    return {
      why: `https was spoken, and what listens there speaks http; ${code}`,
      remedy: `Write http:// in ${urlSetting}, or name the port that has https.`,
    };
  if (/NO_APPLICATION_PROTOCOL/i.test(code) || /no application protocol/i.test(said))
    return {
      why: `it takes HTTP/2 alone, and this program speaks HTTP/1.1; ${code}`,
      remedy: 'Switch HTTP/1.1 on there, too, or put a proxy before it that speaks it (docs/proxies.md).',
    };
  const sent = sentBy(error);
  if (isTlsAlert(sent))
    return {
      why: `http was spoken, and what listens there speaks https; ${code}`,
      remedy: `Write https:// in ${urlSetting}.`,
    };
  if (isHttp2(sent))
    return {
      why: `it takes HTTP/2 alone, and this program speaks HTTP/1.1; ${code}`,
      remedy: 'Switch HTTP/1.1 on there, too, or put a proxy before it that speaks it (docs/proxies.md).',
    };
  return undefined;
}

/** The bytes at which undici's parser stopped. */
function sentBy(error: unknown): string {
  const data: unknown = error instanceof Error && 'data' in error ? error.data : undefined;
  return typeof data === 'string' ? data : '';
}

function ofCertificate(
  error: unknown,
  code: string,
  { caSetting, urlSetting, origin }: Connecting,
): Reason | undefined {
  const authority =
    `Set ${caSetting} to the PEM file of that authority, or to system where this machine trusts it ` +
    '(NODE_EXTRA_CA_CERTS in the environment, not in .env, adds one to those that Node knows).';
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return {
        why: `its certificate has expired; ${code}`,
        remedy: 'Renew it there, or check the clock of this machine.',
      };
    case 'CERT_NOT_YET_VALID':
      return {
        why: `its certificate does not count yet; ${code}`,
        remedy: 'Check the clocks of both machines.',
      };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        why: `its certificate is for ${namesIn(error)}, and not for ${new URL(origin).hostname}; ${code}`,
        remedy: `Write a name that is in the certificate into ${urlSetting}.`,
      };
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return {
        why: `nobody signed its certificate but itself; ${code}`,
        remedy: `Copy that certificate (PEM) here and set ${caSetting} to the file.`,
      };
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_SIGNATURE_FAILURE':
      return {
        why: `an authority has signed its certificate that is not known here; ${code}`,
        remedy: authority,
      };
    default:
      return undefined;
  }
}

/** The names in the certificate itself: Node's sentence has those of one kind alone. */
function namesIn(error: unknown): string {
  const cert: unknown = error instanceof Error && 'cert' in error ? error.cert : undefined;
  const names: unknown =
    typeof cert === 'object' && cert !== null && 'subjectaltname' in cert ? cert.subjectaltname : null;
  return typeof names === 'string' ? oneLine(names.replaceAll(/DNS:|IP Address:/g, '')) : 'other names';
}

function oneLine(text: string): string {
  return text
    .slice(0, 200)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
}
