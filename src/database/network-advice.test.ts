import { expect, it } from 'vitest';
import { AiIpcError } from '../base/errors.ts';
import { toConnectError } from './connect-error.ts';
import type { SeenLine } from './seen-line.ts';

/** What no test can plant on every machine: firewalls, units, missing ways. */
function told(code: string, seen: Partial<SeenLine> = {}, place: object = {}): unknown {
  const settings = { host: 'db.example', port: 3306, socketPath: null, user: 'me', password: 'pw' };
  const line: SeenLine = {
    settings: { ...settings, database: 'game', sslCaFile: null, ...place },
    mode: 'preferred',
    isConnected: false,
    greeting: undefined,
    offersTls: false,
    hasTls: false,
    whyPlain: undefined,
    ...seen,
  };
  return toConnectError(Object.assign(new Error(`connect ${code}`), { code, errno: -1 }), line);
}

const SOCKET = { socketPath: '/run/mysqld/mysqld.sock' };

it.each<[string, string, object, RegExp]>([
  ['a firewall or a unit of systemd', 'EPERM', {}, /IPAddressDeny.*IPAddressAllow=/],
  ['SELinux and the like', 'EACCES', {}, /does not let this program out/],
  ['a socket that others may open', 'EACCES', SOCKET, /may not open that socket: give him the right/],
  ['a machine without a way there', 'EHOSTUNREACH', {}, /No way leads from this machine to db\.example/],
  ['an IPv6 address on an IPv4 machine', 'ENETUNREACH', {}, /No way leads from this machine/],
  [
    'a firewall that swallows',
    'ER_CONNECTION_TIMEOUT',
    {},
    /Nobody answers at db\.example, port 3306.*firewall/,
  ],
  ['DNS that is away', 'EAI_AGAIN', {}, /cannot be looked up just now \(DNS\)/],
  [
    'a name that nobody has',
    'ENOTFOUND',
    {},
    /No machine is known here by the name db\.example: check DB_HOST/,
  ],
])('%s is told with what mends it, and tried again', (_, code, place, says) => {
  const error = told(code, {}, place);
  expect(error).toBeInstanceOf(AiIpcError);
  expect(error).toMatchObject({ code: 'database_unavailable', message: expect.stringMatching(says) });
});

it("the port of MySQL's X protocol is known by its number", () => {
  const greeting = { kind: 'stranger', words: '' } as const;
  expect(told('ECONNRESET', { greeting }, { port: 33_060 })).toMatchObject({
    message: expect.stringMatching(/no server of MariaDB or MySQL\. DB_PORT is .*set it to 3306\.$/),
  });
});

it('a line that is lost after the greeting is not taken for a wrong port', () => {
  const greeting = { kind: 'server', version: '10.11.19-MariaDB', offersTls: false } as const;
  expect(told('ECONNRESET', { greeting, isConnected: true })).not.toBeInstanceOf(AiIpcError);
});
