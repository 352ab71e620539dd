import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AiIpcError, messageOf } from '../../base/errors.ts';
import { joinHostAndPort } from '../../base/host-and-port.ts';

export interface ServiceAddress {
  /** Without a slash at the end, such as http://127.0.0.1:8000. */
  readonly url: string;
  readonly port: number;
}

export const DEFAULT_PORT = 8000;
export const DEFAULT_HOST = '127.0.0.1';

interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** Where to listen. Throws AiIpcError bad_argument for a port that is none. */
export function checkAddress({
  port = DEFAULT_PORT,
  host = DEFAULT_HOST,
}: Partial<HostAndPort>): HostAndPort {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return { port, host };
  throw new AiIpcError(
    'bad_argument',
    `The port ${port} is not one. Give a number from 0 (any free port) to 65535.`,
  );
}

/** Resolves when the server listens. Throws AiIpcError port_in_use or bad_argument. */
export function listen(server: Server, { port, host }: HostAndPort): Promise<ServiceAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(toListenError(error, { port, host })));
    server.listen(port, host, () => resolve(toAddress(server.address(), host)));
  });
}

function toAddress(address: AddressInfo | string | null, host: string): ServiceAddress {
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://${joinHostAndPort(host, port)}`, port };
}

function toListenError(error: Error, { port, host }: HostAndPort): AiIpcError {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    const message = `Port ${port} on ${host} is in use by another program. Stop that one, or choose another port with --port (0 takes any free one).`;
    return new AiIpcError('port_in_use', message, { cause: error });
  }
  const message = `The AI service cannot listen on ${host}, port ${port}: ${messageOf(error)}. Choose another --host or --port.`;
  return new AiIpcError('bad_argument', message, { cause: error });
}
