import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AiIpcError, messageOf } from './errors.ts';
import { joinHostAndPort } from './host-and-port.ts';

/** Where a server listens. */
export interface ServerAddress {
  /** Without a slash at the end, such as http://127.0.0.1:8000. */
  readonly url: string;
  readonly port: number;
}

export interface ListenPlace {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** How people are told of a server that cannot listen. */
export interface ListenWords {
  /** As a sentence begins with it, such as "The AI service". */
  readonly who: string;
  /** What to choose another port with, such as "--port". */
  readonly portBy: string;
  /** And another place altogether, such as "--host or --port". */
  readonly placeBy: string;
}

/** Resolves when the server listens. Throws AiIpcError port_in_use or bad_argument. */
export function listen(server: Server, place: ListenPlace, words: ListenWords): Promise<ServerAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(toListenError(error, place, words)));
    server.listen(place.port, place.host, () => resolve(toAddress(server.address(), place.host)));
  });
}

function toAddress(address: AddressInfo | string | null, host: string): ServerAddress {
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://${joinHostAndPort(host, port)}`, port };
}

function toListenError(error: Error, { port, host }: ListenPlace, words: ListenWords): AiIpcError {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    const message = `Port ${port} on ${host} is in use by another program. Stop that one, or choose another port with ${words.portBy} (0 takes any free one).`;
    return new AiIpcError('port_in_use', message, { cause: error });
  }
  const message = `${words.who} cannot listen on ${host}, port ${port}: ${messageOf(error)}. Choose another ${words.placeBy}.`;
  return new AiIpcError('bad_argument', message, { cause: error });
}
