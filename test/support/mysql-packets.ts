/** The four bytes before each packet of MariaDB's protocol: three of length, one that numbers it within its command. */
const HEADER_BYTES = 4;
const FIRST_OF_COMMAND = 0;
const COM_QUERY = 0x03;
const OK = 0x00;
const ERROR = 0xff;
/** CLIENT_PLUGIN_AUTH, 1 << 19, in the third byte of the capabilities. */
const PLUGIN_AUTH_IN_UPPER = 0x08;
const PROTOCOL_10 = 0x0a;
const CLIENT_SSL = 0x0800;
const SERVER_MORE_RESULTS_EXIST = 0x0008;

export interface MysqlPacket {
  readonly sequence: number;
  readonly payload: Buffer;
}

/** Cuts one direction of a connection into packets, however TCP delivers it. (A packet of 16 MiB and more is not known.) */
export class MysqlPackets {
  #rest: Buffer = Buffer.alloc(0);

  /** The packets that are whole now. */
  read(data: Buffer): MysqlPacket[] {
    this.#rest = Buffer.concat([this.#rest, data]);
    const packets: MysqlPacket[] = [];
    for (;;) {
      if (this.#rest.length < HEADER_BYTES) return packets;
      const end = HEADER_BYTES + this.#rest.readUIntLE(0, 3);
      if (this.#rest.length < end) return packets;
      packets.push({ sequence: this.#rest[3]!, payload: this.#rest.subarray(HEADER_BYTES, end) });
      this.#rest = this.#rest.subarray(end);
    }
  }
}

/** The SQL of a client's packet; undefined for the handshake, a ping and the like. */
export function queryOf({ sequence, payload }: MysqlPacket): string | undefined {
  const isQuery = sequence === FIRST_OF_COMMAND && payload[0] === COM_QUERY;
  return isQuery ? payload.toString('utf8', 1) : undefined;
}

/** Whether the server's OK says that more results of the same packet of statements follow it. */
export function saysMoreFollows({ payload }: MysqlPacket): boolean {
  if (payload[0] !== OK) return false;
  const afterAffectedRows = afterNumber(payload, 1);
  const status = payload.readUInt16LE(afterNumber(payload, afterAffectedRows));
  return (status & SERVER_MORE_RESULTS_EXIST) !== 0;
}

/** Where a length-encoded number that begins here ends. */
function afterNumber(payload: Buffer, at: number): number {
  const first = payload[at]!;
  if (first < 0xfb) return at + 1;
  if (first === 0xfc) return at + 3;
  if (first === 0xfd) return at + 4;
  return at + 9;
}

/**
 * A server's first words without its offer of TLS, so that a client which only prefers that speaks in the clear. Anything
 * else (an HTTP answer, say) is given back as it is.
 */
export function withoutTls(data: Buffer): Buffer {
  if (data[HEADER_BYTES] !== PROTOCOL_10) return data;
  // Behind the version: the connection's number (4 bytes), the first part of the salt (8), a zero.
  const capabilities = data.indexOf(0, HEADER_BYTES + 1) + 1 + 4 + 8 + 1;
  const changed = Buffer.from(data);
  changed.writeUInt16LE(data.readUInt16LE(capabilities) & ~CLIENT_SSL, capabilities);
  return changed;
}

/** A packet as it goes over the line. */
export function framed({ sequence, payload }: MysqlPacket): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUIntLE(payload.length, 0, 3);
  header[3] = sequence;
  return Buffer.concat([header, payload]);
}

/** A statement as a client sends it. */
export function queryPacket(sql: string): Buffer {
  return framed({
    sequence: FIRST_OF_COMMAND,
    payload: Buffer.concat([Buffer.of(COM_QUERY), Buffer.from(sql)]),
  });
}

/** An error as a server sends it. */
export function errorPacket(
  sequence: number,
  { errno, sqlState, words }: { readonly errno: number; readonly sqlState: string; readonly words: string },
): Buffer {
  const payload = Buffer.concat([
    Buffer.of(ERROR, errno & 0xff, errno >> 8),
    Buffer.from(`#${sqlState}${words}`),
  ]);
  return framed({ sequence, payload });
}

/** The greeting of a server, without the word that it knows more than one way to log in. */
export function clearPluginAuth(greeting: Buffer): Buffer {
  const copy = Buffer.from(greeting);
  const afterVersion = copy.indexOf(0, HEADER_BYTES + 1) + 1;
  // Behind it: thread id 4, salt 8, filler 1, capabilities 2, character set 1, status 2, and the upper capabilities.
  copy[afterVersion + 18]! &= ~PLUGIN_AUTH_IN_UPPER;
  return copy;
}
