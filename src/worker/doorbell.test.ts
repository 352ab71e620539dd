import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, test } from 'vitest';
import { waitFor } from '../../test/support/wait-for.ts';
import { createEvents } from '../base/events.ts';
import { Doorbell, parseAddress } from './doorbell.ts';

const doorbells: Doorbell[] = [];

afterEach(async () => {
  for (const doorbell of doorbells.splice(0)) await doorbell.stop();
});

async function hang(bind: string | null, advertise: string | null = null) {
  let rings = 0;
  const failures: unknown[] = [];
  const events = createEvents();
  events.on('doorbellFailed', ({ error }) => failures.push(error));
  const onRing = () => {
    rings += 1;
  };
  const doorbell = new Doorbell({ bind, advertise, onRing, events });
  doorbells.push(doorbell);
  await doorbell.start();
  return { doorbell, failures, rings: () => rings };
}

describe('Doorbell', () => {
  test.each(['127.0.0.1:0', '[::1]:0'])('hangs at %s, tells its port and rings', async (bind) => {
    const { doorbell, failures, rings } = await hang(bind);
    expect(failures).toEqual([]);
    const { host, port } = parseAddress(doorbell.address!);
    expect(port).toBeGreaterThan(0);
    expect(doorbell.address).toBe(bind.replace(/0$/, String(port)));

    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.send('x', port, host);
    await waitFor(() => rings() === 1, { timeoutMs: 5_000, what: 'a ring' });
    socket.close();
  });

  test('without an address there is none', async () => {
    expect((await hang(null)).doorbell.address).toBeNull();
  });

  test('tells what is advertised in place of where it hangs', async () => {
    expect((await hang('127.0.0.1:0', 'game.example:4000')).doorbell.address).toBe('game.example:4000');
  });

  test('one that cannot be hung up is reported and done without', async () => {
    const { doorbell, failures } = await hang('203.0.113.7:0');
    expect(failures).toHaveLength(1);
    expect(doorbell.address).toBeNull();
  });

  test('after its stop nobody is told of it', async () => {
    const { doorbell } = await hang('127.0.0.1:0');
    await doorbell.stop();
    expect(doorbell.address).toBeNull();
  });
});

describe('parseAddress', () => {
  test.each([
    ['127.0.0.1:0', '127.0.0.1', 0],
    ['[::1]:4000', '::1', 4000],
    ['::1:4000', '::1', 4000],
    ['map-host.example:65535', 'map-host.example', 65_535],
  ])('%s', (address, host, port) => {
    expect(parseAddress(address)).toEqual({ host, port });
  });

  test.each(['', ':', ':80', '80', 'host', 'host:', 'host:x', 'host:65536', 'host:-1'])(
    'refuses %j',
    (address) => {
      expect(() => parseAddress(address)).toThrow(expect.objectContaining({ code: 'bad_settings' }));
    },
  );
});
