import type { Socket } from 'node:net';

/** The driver's own class, as far as it is used here; it is no part of what the package gives out. */
interface DriverConnection {
  socket: Socket | undefined;
  fatalError(this: DriverConnection, error: Error, avoidsThrow: boolean): void;
}

const { default: Connection } = (await import(
  new URL('lib/connection.js', import.meta.resolve('mariadb')).href
)) as { default: { readonly prototype: DriverConnection } };
const { fatalError } = Connection.prototype;

/**
 * Where a server goes away in the middle of a TLS handshake, the driver (mariadb 3.5.4) takes all listeners off the socket, and
 * Node tells of that end after it: an error that nobody hears ends the process. Here somebody does.
 */
Connection.prototype.fatalError = function (error, avoidsThrow) {
  const { socket } = this;
  try {
    fatalError.call(this, error, avoidsThrow);
  } finally {
    socket?.on('error', () => undefined);
  }
};
