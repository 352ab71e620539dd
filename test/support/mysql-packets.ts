/** The four bytes before each packet of MariaDB's protocol: three of length, one that numbers it within its command. */
const HEADER_BYTES = 4;
const FIRST_OF_COMMAND = 0;
const COM_QUERY = 0x03;
const OK = 0x00;
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
