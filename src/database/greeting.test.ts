import { expect, it } from 'vitest';
import { readGreeting } from './greeting.ts';

/** As servers send it: length and number of the packet, protocol, version, id, scramble, capabilities. */
function greeting(version: string, capabilities: number): Buffer {
  const rest = Buffer.alloc(15);
  rest.writeUInt16LE(capabilities, 13);
  const payload = Buffer.concat([Buffer.from([10]), Buffer.from(`${version}\0`), rest]);
  return Buffer.concat([Buffer.from([payload.length, 0, 0, 0]), payload]);
}

it.each([
  ['5.5.5-10.11.19-MariaDB', 0xf7fe, { kind: 'server', version: '10.11.19-MariaDB', offersTls: false }],
  ['11.8.9-MariaDB', 0xfffe, { kind: 'server', version: '11.8.9-MariaDB', offersTls: true }],
  ['9.7.4', 0xffff, { kind: 'server', version: '9.7.4', offersTls: true }],
])('%s with the capabilities %i is read, byte by byte too', (version, capabilities, expected) => {
  const bytes = greeting(version, capabilities);
  expect(readGreeting(bytes)).toEqual(expected);
  for (let length = 0; length < bytes.length; length += 1)
    expect(readGreeting(bytes.subarray(0, length))).toBeUndefined();
});

it('an error in its place is left to the driver', () => {
  expect(readGreeting(Buffer.from([8, 0, 0, 0, 0xff, 0x10, 0x04]))).toEqual({ kind: 'refusal' });
});

it.each([
  ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian\r\n'), 'SSH-2.0-OpenSSH_9.2p1 Debian'],
  ['a mail server', Buffer.from('220 mail.example ESMTP\r\n'), '220 mail.example ESMTP'],
  ["MySQL's X protocol", Buffer.from([5, 0, 0, 0, 0x0b, 8, 5, 0x1a, 0]), ''],
])('%s is a stranger', (_, bytes, words) => {
  expect(readGreeting(bytes)).toEqual({ kind: 'stranger', words });
});
