import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { clearPluginAuth, errorPacket, framed, MysqlPackets, queryOf, queryPacket } from './mysql-packets.ts';

/** An error as a server sends it. */
export interface Refusal {
  readonly errno: number;
  readonly sqlState: string;
  readonly words: string;
}

export interface RefusingProxyOptions {
  readonly target: { readonly host: string; readonly port: number };
  /** What becomes of a statement: it goes on as it is (undefined) or as another one, or the client gets this error. */
  readonly onStatement?: (sql: string) => string | Refusal | undefined;
  /** The address from which the server sees its clients come; 127.0.0.1 to 127.255.255.254. */
  readonly from?: string;
  /** As a proxy of before 2010: it knows no way to log in but MySQL's own. */
  readonly hidesPlugins?: boolean;
}

/** Stands between a client and a server, and answers in the server's place, or has it hear something else. Not with TLS. */
export class RefusingProxy {
  readonly #options: RefusingProxyOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #opened = 0;

  private constructor(options: RefusingProxyOptions) {
    this.#options = options;
    this.#server = createServer((client) => this.#serve(client));
  }

  /** Listens on a free loopback port. */
  static async start(options: RefusingProxyOptions): Promise<RefusingProxy> {
    const proxy = new RefusingProxy(options);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** How many connections clients have opened. */
  get opened(): number {
    return this.#opened;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(client: Socket): void {
    const { target, from, hidesPlugins = false, onStatement = () => undefined } = this.#options;
    this.#opened += 1;
    const server = connect({ ...target, ...(from === undefined ? {} : { localAddress: from }) });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      // The other end may be gone already: closing it too is all there is to do.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        // What is still on its way reaches the other end.
        other.end();
      });
    }
    const sent = new MysqlPackets();
    client.on('data', (data) => {
      for (const packet of sent.read(data)) {
        const sql = queryOf(packet);
        const fate = sql === undefined ? undefined : onStatement(sql);
        if (typeof fate === 'object') client.write(errorPacket(packet.sequence + 1, fate));
        else server.write(typeof fate === 'string' ? queryPacket(fate) : framed(packet));
      }
    });
    let isGreeted = !hidesPlugins;
    server.on('data', (data) => {
      client.write(isGreeted ? data : clearPluginAuth(data));
      isGreeted = true;
    });
  }
}
