import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { withoutTls } from './mysql-packets.ts';

/** COM_QUERY, and the number of the first packet of a command: MariaDB's protocol, 3 bytes of length before them. */
const COM_QUERY = 0x03;
const FIRST_PACKET = 0x00;

export interface StatementProxyOptions {
  readonly target: { readonly host: string; readonly port: number };
  /** Every line is cut when the answer to the statement of this number has come. */
  readonly cutAfter?: number;
  /** Awaited before a statement goes on to the server. */
  readonly before?: (sql: string) => Promise<void>;
}

/** Stands between MariaDB and a client that sends one statement at a time. */
export class StatementProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #options: StatementProxyOptions;
  #statements = 0;
  #isCut = false;

  constructor(options: StatementProxyOptions) {
    this.#options = options;
    const { host, port } = options.target;
    this.#server = createServer((client) => this.#serve(client, connect(port, host)));
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** Listens on a loopback port, and returns it. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
    return address.port;
  }

  async close(): Promise<void> {
    this.#cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(client: Socket, server: Socket): void {
    const { cutAfter = Number.POSITIVE_INFINITY, before } = this.#options;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      // The other end may be gone already: closing it too is all there is to do.
      socket.on('error', () => socket.destroy());
    }
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    let isLast = false;
    client.on('data', async (data) => {
      if (data[3] === FIRST_PACKET && data[4] === COM_QUERY) {
        this.#statements++;
        await before?.(data.toString('utf8', 5));
      }
      isLast = this.#statements >= cutAfter;
      server.write(data);
    });
    // Its statements could not be seen with TLS, which a client takes where a server offers it.
    server.once('data', (first) => {
      client.write(withoutTls(first));
      server.on('data', (data) => {
        if (isLast) this.#cut();
        else client.write(data);
      });
    });
  }

  #cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}
