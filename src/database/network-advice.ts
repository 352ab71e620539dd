import type { DriverError } from './driver-error.ts';
import type { SeenLine } from './seen-line.ts';

/** MySQL's own protocol for documents, which greets in another way. */
const X_PROTOCOL_PORT = 33_060;

/** What mends a connection that did not come about; undefined where a server has answered. */
export function adviceForNetwork({ code = '' }: DriverError, line: SeenLine): string | undefined {
  if (line.settings.socketPath !== null && code in OF_SOCKETS) return OF_SOCKETS[code];
  if (line.greeting !== undefined) return undefined;
  if (code === 'ER_CONNECTION_TIMEOUT' || code === 'ETIMEDOUT') return adviceForSilence(line);
  if (HANG_UPS.has(code) && line.isConnected) return HUNG_UP;
  return OF_NETWORK[code]?.(line);
}

const FIREWALL =
  'This machine does not let this program out to that address: a firewall, or IPAddressDeny and RestrictAddressFamilies of ' +
  'its systemd unit. Allow the address there (IPAddressAllow=).';

const OF_NETWORK: Readonly<Record<string, (line: SeenLine) => string>> = {
  ECONNREFUSED: ({ settings }) =>
    `Nothing listens on port ${settings.port} of ${settings.host}: start the server, or check DB_HOST and DB_PORT. A server ` +
    'of another machine has to listen for others, too (bind-address and skip-networking there).',
  ENOTFOUND: ({ settings }) =>
    `No machine is known here by the name ${settings.host}: check DB_HOST, or write its address.`,
  EAI_AGAIN: ({ settings }) =>
    `The name ${settings.host} cannot be looked up just now (DNS): check the network of this machine, or set DB_HOST to the address.`,
  EHOSTUNREACH: noWay,
  ENETUNREACH: noWay,
  EADDRNOTAVAIL: noWay,
  EINVAL: noWay,
  EPERM: () => FIREWALL,
  EACCES: () => FIREWALL,
};

const OF_SOCKETS: Readonly<Record<string, string>> = {
  ENOENT:
    "There is no such socket: start the server, or set DB_HOST to where it has its own (SHOW VARIABLES LIKE 'socket').",
  ECONNREFUSED: 'Nobody listens on that socket: the server has ended. Start it.',
  EACCES:
    'The user of this program may not open that socket: give him the right on its folder and on itself.',
  EPERM: 'The user of this program may not open that socket: give him the right on its folder and on itself.',
  ENOTSOCK: "That is no socket: set DB_HOST to the server's (SHOW VARIABLES LIKE 'socket').",
};

const HANG_UPS = new Set(['ECONNRESET', 'EPIPE', 'ER_SOCKET_UNEXPECTED_CLOSE']);
const HUNG_UP =
  'It took the connection and hung up before a word: often a proxy whose server is down, or that wants the PROXY header. ' +
  'Look at what stands on DB_HOST and DB_PORT.';

function noWay({ settings }: SeenLine): string {
  return `No way leads from this machine to ${settings.host}: check DB_HOST, and the network in between.`;
}

function adviceForSilence({ settings, isConnected }: SeenLine): string {
  const place = `${settings.host}, port ${settings.port}`;
  if (!isConnected)
    return `Nobody answers at ${place}: check DB_HOST and DB_PORT, and whether a firewall in between swallows it.`;
  return `Something at ${settings.socketPath ?? place} took the connection and said nothing, as a web server does, or a database server that stands still: check DB_PORT, and the server.`;
}

/** Of what greeted in another way than a server does. */
export function aboutStranger(words: string, { settings }: SeenLine): string {
  const saying = words === '' ? '' : ` It says: ${words}.`;
  const remedy =
    settings.port === X_PROTOCOL_PORT
      ? "DB_PORT is that of MySQL's X protocol: set it to 3306."
      : 'Check DB_HOST and DB_PORT.';
  return `What listens there is no server of MariaDB or MySQL.${saying} ${remedy}`;
}
