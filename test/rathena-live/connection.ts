import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { lengthOf, VARIABLE } from './packet-lengths.ts';

const HOST = '127.0.0.1';

/** One TCP connection to a login, char or map server of rAthena: bytes come in, whole packets go out. */
export class PacketConnection {
  readonly #socket: Socket;
  readonly #receive: (packet: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);
  #toSkip: number;
  isClosed = false;

  private constructor(socket: Socket, receive: (packet: Buffer) => void, toSkip: number) {
    this.#socket = socket;
    this.#receive = receive;
    this.#toSkip = toSkip;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#split(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.isClosed = true;
      this.#receive(Buffer.alloc(0));
    });
  }

  /** `toSkip`: the char server begins with four bytes that are no packet. An empty packet tells the end. */
  static async open(port: number, receive: (packet: Buffer) => void, toSkip = 0): Promise<PacketConnection> {
    const socket = connect(port, HOST);
    await once(socket, 'connect');
    return new PacketConnection(socket, receive, toSkip);
  }

  send(packet: Buffer): void {
    if (!this.isClosed) this.#socket.write(packet);
  }

  close(): void {
    this.#socket.destroy();
  }

  #split(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (this.#toSkip > 0 && this.#rest.length >= this.#toSkip) {
      this.#rest = this.#rest.subarray(this.#toSkip);
      this.#toSkip = 0;
    }
    if (this.#toSkip > 0) return;
    for (;;) {
      const length = this.#nextLength();
      if (length === undefined || this.#rest.length < length) return;
      const packet = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
      this.#receive(packet);
    }
  }

  #nextLength(): number | undefined {
    if (this.#rest.length < 2) return undefined;
    const length = lengthOf(this.#rest.readUInt16LE(0));
    if (length !== VARIABLE) return length;
    return this.#rest.length < 4 ? undefined : this.#rest.readUInt16LE(2);
  }
}
