/** What came first on a new connection. */
export type Greeting =
  | { readonly kind: 'server'; readonly version: string; readonly offersTls: boolean }
  /** An error in place of a greeting: the driver tells it. */
  | { readonly kind: 'refusal' }
  /** No server of MariaDB or MySQL: its first words. */
  | { readonly kind: 'stranger'; readonly words: string };

const HEADER_BYTES = 4;
const PROTOCOL = 10;
const REFUSAL = 0xff;
/** Behind the version and its NUL: id of the connection, first part of the scramble and its end. */
const BEFORE_CAPABILITIES = 13;
const CLIENT_SSL = 0x0800;
/** Enough to know a banner by. */
const SHOWN_BYTES = 40;

/** Reads the first packet of a server; undefined while it is not whole. */
export function readGreeting(bytes: Buffer): Greeting | undefined {
  const protocol = bytes[HEADER_BYTES];
  if (protocol === undefined) return undefined;
  if (bytes[3] !== 0 || (protocol !== PROTOCOL && protocol !== REFUSAL))
    return { kind: 'stranger', words: wordsOf(bytes) };
  if (protocol === REFUSAL) return { kind: 'refusal' };
  const versionEnd = bytes.indexOf(0, HEADER_BYTES + 1);
  const capabilitiesAt = versionEnd + 1 + BEFORE_CAPABILITIES;
  if (versionEnd < 0 || bytes.length < capabilitiesAt + 2) return undefined;
  return {
    kind: 'server',
    // MariaDB 10 and later send a prefix, for the replicas of old MySQL servers.
    version: bytes.toString('latin1', HEADER_BYTES + 1, versionEnd).replace(/^5\.5\.5-/, ''),
    offersTls: (bytes.readUInt16LE(capabilitiesAt) & CLIENT_SSL) !== 0,
  };
}

function wordsOf(bytes: Buffer): string {
  const words = bytes.toString('latin1', 0, SHOWN_BYTES).replace(/[^\x20-\x7e]+/g, ' ');
  return words.trim();
}
