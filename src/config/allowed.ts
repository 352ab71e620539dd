import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { isHost, readHostList } from '../base/host-list.ts';

/** What a setting may be: how text is read, how a value is checked, and how both are shown to people. */
export interface Allowed<T> {
  /** Ends the sentence "Allowed: …". */
  readonly words: string;
  /** Checks a value as YAML gives it, and brings it to the form that the program uses. */
  readonly check: (raw: unknown) => Checked<T>;
  /** Text of an environment variable as a value to check; what cannot be read stays text and is refused there. */
  readonly fromText: (text: string) => unknown;
  /** A good value, for people; never a secret. */
  show(value: T): string;
  /** A refused value, for people; never a secret. */
  readonly showRefused: (raw: unknown) => string;
  /** Whether a value is a secret, or has one in it. */
  readonly isSecret?: true;
  /** A good value as the program uses it, where that depends on the current folder. */
  inFolder?(value: T, folder: string): T;
}

/** A good value; or why it is not, where `words` do not say all there is to say. */
type Checked<T> = { readonly value: T } | { readonly reason: string };

/** The column of ai_workers in which workers tell theirs. */
const MAX_DOORBELL_CHARACTERS = 100;
const HOST_AND_PORT = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/;
/** RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const KEY_IN_QUERY = /key|token|secret|sig|password|auth|code/i;
/** Written by the worker with each attempt, or a matter of the connection alone. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'idempotency-key',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-ai-ipc-attempt',
  'x-ai-ipc-source-npc',
  'x-deadline-ms',
]);

export function wholeNumber(least: number, most: number): Allowed<number> {
  const words = `a whole number from ${least} to ${most}`;
  return {
    words,
    check: (raw) =>
      typeof raw === 'number' && Number.isSafeInteger(raw) && raw >= least && raw <= most
        ? { value: raw }
        : REFUSED,
    // Number() alone would take "", "1e3", "0x10" and " 5 ".
    fromText: (text) => (/^-?\d+$/.test(text) ? Number(text) : text),
    show: String,
    showRefused: quote,
  };
}

export function yesOrNo(): Allowed<boolean> {
  return {
    words: 'true or false',
    check: (raw) => (typeof raw === 'boolean' ? { value: raw } : REFUSED),
    fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text),
    show: String,
    showRefused: quote,
  };
}

export function oneOf<const T extends string>(values: readonly [T, ...T[]]): Allowed<T> {
  const words = `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
  const check = (raw: unknown): Checked<T> => {
    const value = values.find((one) => one === raw);
    return value === undefined ? REFUSED : { value };
  };
  return { ...asText, words, check, show: String };
}

/** Text of 1 to `most` characters without control characters. */
export function plainText(words: string, most: number): Allowed<string> {
  const check = checkText((text) => (text.length > most ? '' : reasonAgainstText(text)));
  return { ...asText, words, check, show: String };
}

/** The path of a file or folder; a relative one starts from the current folder. */
export function filePath(words: string): Allowed<string> {
  const check = checkText((path) =>
    path === ':memory:'
      ? 'a database in memory cannot be shared by the game and the worker'
      : reasonAgainstText(path),
  );
  return { ...asText, words, check, show: String, inFolder: (path, folder) => resolve(folder, path) };
}

/** The path of a file of certificates, or `system` for those of the machine. */
export function caPlace(): Allowed<string> {
  const file = filePath('the path of a PEM file, or system; left out for none');
  return {
    ...file,
    inFolder: (place, folder) => (place === 'system' ? place : resolve(folder, place)),
  };
}

/** A value that may be left out altogether. */
export function optional<T>(allowed: Allowed<T>, none: string): Allowed<T | null> {
  return {
    ...allowed,
    show: (value) => (value === null ? none : allowed.show(value)),
    inFolder: (value, folder) => (value === null ? null : (allowed.inFolder?.(value, folder) ?? value)),
  };
}

/** Text that no message and no table shows; it may be empty. */
export function secretText(): Allowed<string> {
  return {
    words: 'text without line ends, which may be empty; in YAML, a number needs quotes around it',
    check: checkText((text) => (hasNoLineEnd(text) ? undefined : 'it has a line end or a NUL')),
    fromText: (text) => text,
    show: (value) => (value === '' ? '(empty)' : '***'),
    showRefused: () => '***',
    isSecret: true,
  };
}

/** A secret that nobody guesses, or none at all. */
export function longSecret(least: number): Allowed<string> {
  const secret = secretText();
  const words = `text of ${least} characters or more; left out or empty for none`;
  return {
    ...secret,
    words,
    check: checkText((text) => {
      if (!hasNoLineEnd(text)) return 'it has a line end or a NUL';
      return text === '' || text.length >= least ? undefined : `it has ${text.length} characters`;
    }),
  };
}

/** Whether a database's host is the path of a Unix socket or the name of a Windows pipe. */
export function isSocketPath(host: string): boolean {
  return host.startsWith('/') || host.startsWith('\\\\.\\pipe\\');
}

/** Hosts of a database, or a socket. */
export function hostsOrSocket(): Allowed<string> {
  const check = checkText((text) => {
    if (isSocketPath(text)) return hasNoControl(text) ? undefined : '';
    // Which port stands for a missing one is another setting; here any will do.
    const list = readHostList(text, 3306);
    return 'reason' in list ? list.reason : undefined;
  });
  const words =
    'a host name or an IP address, with :port where it is not DB_PORT (and then IPv6 in brackets); several with commas ' +
    'between, the preferred one first; or the path of a socket, such as /run/mysqld/mysqld.sock';
  return { ...asText, words, check, show: String };
}

/** host:port to send to, with [ ] around an IPv6 address. */
export function hostAndPort(words: string): Allowed<string> {
  const check = checkText((text) =>
    text.length <= MAX_DOORBELL_CHARACTERS && isHostAndPort(text, 1) ? undefined : '',
  );
  return { ...asText, words, check, show: String };
}

/** host:port to listen on, where port 0 takes a free one. */
export function hostAndPortToListenOn(): Allowed<string> {
  const check = checkText((text) => (isHostAndPort(text, 0) ? undefined : ''));
  return { ...asText, words: 'host:port (port 0 takes a free one)', check, show: String };
}

/** host:port to listen on, where port 0 takes a free one, or `off`, which becomes null. */
export function hostAndPortOrOff(words: string): Allowed<string | null> {
  const address = checkText((text) => (isHostAndPort(text, 0) ? undefined : ''));
  const check = (raw: unknown): Checked<string | null> => (raw === 'off' ? { value: null } : address(raw));
  return { ...asText, words, check, show: (value) => value ?? 'off' };
}

/** What differs between the addresses of services. */
export interface BaseUrlOptions {
  readonly words?: string;
  /** Where a key goes that somebody put into the address. */
  readonly placeOfKey?: string;
  /** Whether a query may stand behind it, such as ?api-version=…; a key may not. */
  readonly mayHaveQuery?: true;
}

/** An http or https address to which endpoints are appended: without a slash at its end. */
export function baseUrl({
  words = 'an http:// or https:// address, which may have a path, such as http://127.0.0.1:8000',
  placeOfKey = 'ai_service_headers',
  mayHaveQuery,
}: BaseUrlOptions = {}): Allowed<string> {
  const isGood = checkText((text) =>
    isHttpUrl(text) ? reasonAgainstUrl(text, { placeOfKey, mayHaveQuery }) : '',
  );
  const check = (raw: unknown): Checked<string> => {
    const checked = isGood(raw);
    if ('reason' in checked) return checked;
    const { origin, pathname, search } = new URL(checked.value);
    return { value: `${origin}${pathname.replace(/\/+$/, '')}${search}` };
  };
  return {
    ...asText,
    words,
    check,
    show: String,
    showRefused: (raw) => (typeof raw === 'string' ? quote(maskUrl(raw)) : quote(raw)),
  };
}

/** Names and values of HTTP headers. Each value may be a key, so none is shown. */
export function headers(): Allowed<Readonly<Record<string, string>>> {
  return {
    words:
      'names and text values, in YAML one "Name: value" a line, in the environment JSON such as {"Authorization":"Bearer …"}',
    check: (raw) => {
      if (!isTextMap(raw)) return REFUSED;
      const reasons = reasonsAgainstHeaders(Object.entries(raw));
      return reasons.length === 0 ? { value: raw } : { reason: reasons.join('; ') };
    },
    fromText: jsonOrText,
    show: (map) =>
      Object.keys(map)
        .map((name) => `${name}: ***`)
        .join(', ') || '(none)',
    showRefused: () => '***',
    isSecret: true,
  };
}

/** Some of these names, each with one of its values. */
export function choices<const Table extends Readonly<Record<string, readonly string[]>>>(
  table: Table,
): Allowed<ChoicesOf<Table>> {
  const words = Object.entries(table)
    .map(([name, values]) => `${name}: ${values.join(', ')}`)
    .join('; ');
  return {
    words: `names with one value each, in the environment as JSON: ${words}`,
    check: (raw) => {
      if (!isTextMap(raw)) return REFUSED;
      const wrong = Object.entries(raw).find(([name, value]) => !table[name]?.includes(value));
      if (wrong === undefined) return { value: raw as ChoicesOf<Table> };
      return { reason: `${wrong[0]} cannot be ${quote(wrong[1])}` };
    },
    fromText: jsonOrText,
    show: (chosen) =>
      Object.entries(chosen)
        .map(([name, value]) => `${name}: ${value}`)
        .join(', ') || '(none)',
    showRefused: quote,
  };
}

type ChoicesOf<Table extends Readonly<Record<string, readonly string[]>>> = {
  readonly [Name in keyof Table]?: Table[Name][number];
};

/** The fields of a JSON object, but for those that something else says. */
export function jsonFields(
  taken: Readonly<Record<string, string>>,
): Allowed<Readonly<Record<string, unknown>>> {
  return {
    words: `fields with any values, in the environment as JSON such as {"seed":7}, without ${Object.keys(taken).join(', ')}`,
    check: (raw) => {
      if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return REFUSED;
      const name = Object.keys(raw).find((one) => taken[one] !== undefined);
      return name === undefined ? { value: { ...raw } } : { reason: `${name} is ${taken[name]}` };
    },
    fromText: jsonOrText,
    show: (fields) => Object.keys(fields).join(', ') || '(none)',
    showRefused: quote,
  };
}

/** The value as it was written, cut short; what has parts is named only, since a part may be a secret. */
export function quote(raw: unknown): string {
  if (Array.isArray(raw)) return 'a list';
  if (typeof raw === 'object' && raw !== null) return 'a section';
  if (typeof raw !== 'string') return String(raw);
  return JSON.stringify(raw.length > 100 ? `${raw.slice(0, 100)}…` : raw);
}

/** What stands before the last @, and after ? or #, may be a secret. */
export function maskUrl(url: string): string {
  return url.replace(/^([a-z]+:\/\/)?.*@/is, '$1***@').replace(/[?#].*$/s, (rest) => `${rest.charAt(0)}***`);
}

/** Where the words of what is allowed say all there is to say. */
const REFUSED = { reason: '' } as const;

const asText = { fromText: (text: string): unknown => text, showRefused: quote };

/** `reasonAgainst` gives undefined for a good text. */
function checkText(reasonAgainst: (text: string) => string | undefined) {
  return (raw: unknown): Checked<string> => {
    if (typeof raw !== 'string') return REFUSED;
    const reason = reasonAgainst(raw);
    return reason === undefined ? { value: raw } : { reason };
  };
}

function reasonAgainstText(text: string): string | undefined {
  if (text === '') return '';
  return hasNoControl(text) ? undefined : 'it has a control character or a line end';
}

function isTextMap(raw: unknown): raw is Readonly<Record<string, string>> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return false;
  return Object.values(raw).every((value) => typeof value === 'string');
}

function hasNoControl(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}

function hasNoLineEnd(text: string): boolean {
  return !['\0', '\r', '\n'].some((character) => text.includes(character));
}

function isHostAndPort(text: string, leastPort: number): boolean {
  const [, inBrackets, bare = '', port = ''] = HOST_AND_PORT.exec(text) ?? [];
  const isHostGood = inBrackets === undefined ? isHost(bare) : isIP(inBrackets) === 6;
  return isHostGood && Number(port) >= leastPort && Number(port) <= 65_535;
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^/\\]/i.test(text) && !/[\s\\]|\p{Cc}/u.test(text) && URL.canParse(text);
}

function reasonAgainstUrl(
  text: string,
  { placeOfKey, mayHaveQuery = false }: { placeOfKey: string; mayHaveQuery?: boolean | undefined },
): string | undefined {
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    return `it has a user name or a password; put the key of the service into ${placeOfKey}`;
  const inQuery = [...url.searchParams.keys()].find((name) => KEY_IN_QUERY.test(name));
  if (text.includes('?') && !mayHaveQuery)
    return `it has a ?query; put the key of the service into ${placeOfKey}`;
  if (inQuery !== undefined)
    return `its query has ${quote(inQuery)}; put the key of the service into ${placeOfKey}`;
  if (text.includes('#')) return 'it has a #fragment, which is never sent';
  return undefined;
}

function reasonsAgainstHeaders(entries: readonly (readonly [string, string])[]): string[] {
  const reasons: string[] = [];
  const seen = new Set<string>();
  for (const [name, value] of entries) {
    const lower = name.toLowerCase();
    if (!HEADER_NAME.test(name)) reasons.push(`${quote(name)} is not the name of an HTTP header`);
    else if (OWN_HEADERS.has(lower)) reasons.push(`the worker itself writes ${name}; leave it out`);
    else if (seen.has(lower)) reasons.push(`${name} is there twice`);
    // Latin 1 without control characters is what HTTP/1.1 can carry.
    if (!/^[\t\x20-\x7e\xa0-\xff]*$/.test(value))
      reasons.push(`the value of ${quote(name)} has a line end or a character that a header cannot carry`);
    seen.add(lower);
  }
  return reasons;
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: it stays text, which the check refuses without showing it.
    return text;
  }
}
