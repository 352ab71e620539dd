import { expect, it } from 'vitest';
import { joinHostAndPort } from './host-and-port.ts';

it.each([
  ['127.0.0.1', 3306, '127.0.0.1:3306'],
  ['map-host.example', 0, 'map-host.example:0'],
  ['::1', 4000, '[::1]:4000'],
  ['fe80::1%eth0', 4000, '[fe80::1%eth0]:4000'],
])('%s and %i are written %s', (host, port, written) => {
  expect(joinHostAndPort(host, port)).toBe(written);
});
