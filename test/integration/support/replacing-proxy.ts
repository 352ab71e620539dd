import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { withoutTls } from '../../support/mysql-packets.ts';

/** Stands between a client and MariaDB, and has the server read other words of the same length. */
export class ReplacingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(
    target: { readonly host: string; readonly port: number },
    words: string,
    others: string,
  ) {
    this.#server = createServer((client) => {
      const server = connect(target.port, target.host);
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#sockets.add(from);
        from.on('error', () => to.destroy());
        from.on('close', () => to.destroy());
      }
      client.on('data', (data) => server.write(replaced(data, words, others)));
      server.once('data', (first) => {
        client.write(withoutTls(first));
        server.on('data', (data) => client.write(data));
      });
    });
  }

  static async start(
    target: { readonly host: string; readonly port: number },
    words: string,
    others: string,
  ): Promise<ReplacingProxy> {
    if (words.length !== others.length) throw new Error('The protocol tells lengths: they must be the same.');
    const proxy = new ReplacingProxy(target, words, others);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function replaced(data: Buffer, words: string, others: string): Buffer {
  return Buffer.from(data.toString('latin1').replaceAll(words, others), 'latin1');
}
