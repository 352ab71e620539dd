import { createSocket, Socket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { HEARD, IS_IT_HEARD, ringBackOf, ringFor } from '../base/doorbell-note.ts';
import { createEvents } from '../base/events.ts';
import { Doorbell, parseAddress } from './doorbell.ts';

const doorbells: Doorbell[] = [];

afterEach(async () => {
  for (const doorbell of doorbells.splice(0)) await doorbell.stop();
});

async function hang(bind: string | null, advertise: string | null = null, clock: Clock = systemClock) {
  let rings = 0;
  const failures: unknown[] = [];
  const events = createEvents();
  events.on('doorbellFailed', ({ error }) => failures.push(error));
  const onRing = () => {
    rings += 1;
  };
  const doorbell = new Doorbell({ bind, advertise, onRing, events, clock });
  doorbells.push(doorbell);
  await doorbell.start();
  return { doorbell, failures, rings: () => rings };
}

describe('Doorbell', () => {
  it.each(['127.0.0.1:0', '[::1]:0'])('hangs at %s, tells its port and rings', async (bind) => {
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

  it('without an address there is none', async () => {
    expect((await hang(null)).doorbell.address).toBeNull();
  });

  it('tells what is advertised in place of where it hangs', async () => {
    expect((await hang('127.0.0.1:0', 'game.example:4000')).doorbell.address).toBe('game.example:4000');
  });

  it('one that cannot be hung up is reported and done without', async () => {
    const { doorbell, failures } = await hang('203.0.113.7:0');
    expect(failures).toHaveLength(1);
    expect(doorbell.address).toBeNull();
  });

  it('after its stop nobody is told of it', async () => {
    const { doorbell } = await hang('127.0.0.1:0');
    await doorbell.stop();
    expect(doorbell.address).toBeNull();
  });

  it('that is stopped while it is hung leaves its port, once for all who ask', async () => {
    const port = await freePort();
    const doorbell = new Doorbell({
      bind: `127.0.0.1:${port}`,
      advertise: null,
      onRing: () => undefined,
      events: createEvents(),
      clock: new FakeClock(),
    });
    const starting = doorbell.start();

    await Promise.all([doorbell.stop(), doorbell.stop()]);
    await starting;

    expect(doorbell.address).toBeNull();
    const socket = createSocket('udp4').bind(port, '127.0.0.1');
    await once(socket, 'listening');
    socket.close();
  });

  it('says that it heard to whoever asks, and to nobody else', async () => {
    const { doorbell, rings } = await hang('127.0.0.1:0');
    const { host, port } = parseAddress(doorbell.address!);
    const notes: string[] = [];
    const socket = createSocket('udp4');
    socket.on('message', (note) => notes.push(String(note)));
    socket.send('x', port, host);
    await waitFor(() => rings() === 1, { timeoutMs: 5_000, what: 'a ring' });
    socket.send(IS_IT_HEARD, port, host);
    await waitFor(() => notes.length > 0, { timeoutMs: 5_000, what: 'a note' });
    expect({ notes, rings: rings() }).toEqual({ notes: [String(HEARD)], rings: 2 });
    expect(HEARD.length).toBeLessThanOrEqual(IS_IT_HEARD.length);
    socket.close();
  });

  it.each(['127.0.0.1:0', '[::1]:0', '0.0.0.0:0'])(
    'at %s is deaf to a flood for 100 ms, keeps its port, and then rings once for what was missed',
    async (bind) => {
      const clock = new FakeClock();
      const { doorbell, rings, failures } = await hang(bind, null, clock);
      const { host, port } = parseAddress(doorbell.address!);
      const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
      const to = host === '0.0.0.0' ? '127.0.0.1' : host;
      const ring = () => send(socket, port, to);
      // Some are dropped where many wait: as many as it takes.
      while (clock.sleeping === 0) await ring();
      expect(rings()).toBe(64);
      for (let more = 0; more < 50; more += 1) await ring();
      expect(rings()).toBe(64);
      await clock.advance(100);
      expect(rings()).toBe(65);
      while (rings() < 66) await ring();
      expect(failures).toEqual([]);
      expect(doorbell.address).toBe(`${bind.replace(/0$/, '')}${port}`);
      socket.close();
    },
  );

  it('that is stopped while it is deaf leaves no timer', async () => {
    const clock = new FakeClock();
    const { doorbell, failures } = await hang('127.0.0.1:0', null, clock);
    const { host, port } = parseAddress(doorbell.address!);
    const socket = createSocket('udp4');
    while (clock.sleeping === 0) await send(socket, port, host);
    await doorbell.stop();
    await clock.advance(1_000);
    expect({ failures, sleeping: clock.sleeping }).toEqual({ failures: [], sleeping: 0 });
    socket.close();
  });

  it.each(['127.0.0.1:0', '[::1]:0', '0.0.0.0:0', '[::]:0'])(
    'at %s rings back who rang for a request, once, and nobody else',
    async (bind) => {
      const { doorbell, rings } = await hang(bind);
      const [asking, other] = [caller(doorbell), caller(doorbell)];
      await asking.ring(ringFor(7), rings);
      await other.ring(Buffer.from('x'), rings);

      for (const id of [8, 7, 7]) doorbell.ringBack(id);

      // What was sent before it, has come before it.
      for (const { ring } of [asking, other]) await ring(IS_IT_HEARD, rings);
      await waitFor(() => [asking, other].every(({ notes }) => notes.includes(String(HEARD))), {
        what: 'both to be told that they were heard',
      });
      expect(asking.notes).toEqual([String(ringBackOf(7)), String(HEARD)]);
      expect(other.notes).toEqual([String(HEARD)]);
      for (const { socket } of [asking, other]) socket.close();
    },
  );

  it('takes no harm from a caller who has gone, nor after its stop', async () => {
    const { doorbell, rings, failures } = await hang('127.0.0.1:0');
    const [gone, staying] = [caller(doorbell), caller(doorbell)];
    for (const id of [1, 2]) await gone.ring(ringFor(id), rings);
    gone.socket.close();
    doorbell.ringBack(1);
    await staying.ring(ringFor(3), rings);
    doorbell.ringBack(3);
    await waitFor(() => staying.notes.length > 0, { what: 'a ring back' });
    await doorbell.stop();
    doorbell.ringBack(2);

    expect({ notes: staying.notes, failures }).toEqual({ notes: [String(ringBackOf(3))], failures: [] });
    staying.socket.close();
  });

  it('that is stopped at once after a ring back has sent it', async () => {
    const { doorbell, rings } = await hang('127.0.0.1:0');
    const asking = caller(doorbell);
    await asking.ring(ringFor(7), rings);

    doorbell.ringBack(7);
    await doorbell.stop();

    await waitFor(() => asking.notes.length > 0, { what: 'the ring back' });
    asking.socket.close();
  });

  it('answers no datagram that names no port, and outlives it', async () => {
    const bind = vi.spyOn(Socket.prototype, 'bind');
    onTestFinished(() => bind.mockRestore());
    const { doorbell, rings, failures } = await hang('127.0.0.1:0');
    const nobody = { address: '127.0.0.1', family: 'IPv4', port: 0, size: 20 };

    // As the kernel hands it over: only root can send one.
    const bell = bind.mock.contexts.at(-1) as Socket;
    for (const note of [IS_IT_HEARD, ringFor(7)]) bell.emit('message', note, nobody);
    doorbell.ringBack(7);

    expect({ rings: rings(), failures }).toEqual({ rings: 2, failures: [] });
  });

  it('rings nobody back while it is deaf to a flood', async () => {
    const clock = new FakeClock();
    const { doorbell, rings, failures } = await hang('127.0.0.1:0', null, clock);
    const asking = caller(doorbell);
    for (const id of [1, 2]) await asking.ring(ringFor(id), rings);
    const { host, port } = parseAddress(doorbell.address!);
    while (clock.sleeping === 0) await send(asking.socket, port, host);

    doorbell.ringBack(1);
    await clock.advance(100);
    doorbell.ringBack(2);

    await waitFor(() => asking.notes.length > 0, { what: 'a ring back' });
    expect({ notes: asking.notes, failures }).toEqual({ notes: [String(ringBackOf(2))], failures: [] });
    asking.socket.close();
  });

  it('is hung once', async () => {
    const { doorbell } = await hang('127.0.0.1:0');
    const { address } = doorbell;
    await expect(doorbell.start()).rejects.toMatchObject({ code: 'bad_argument' });
    expect(doorbell.address).toBe(address);
  });
});

/** Somebody on this machine, with what he was told. */
function caller(doorbell: Doorbell) {
  const { host, port } = parseAddress(doorbell.address!);
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  const notes: string[] = [];
  socket.on('message', (note) => notes.push(String(note)));
  const to = host.replace('0.0.0.0', '127.0.0.1').replace(/^::$/, '::1');
  /** Resolves when it was heard. */
  const ring = async (note: Buffer, rings: () => number) => {
    const before = rings();
    socket.send(note, port, to);
    await waitFor(() => rings() > before, { what: 'a ring' });
  };
  return { socket, notes, ring };
}

/** And lets Node read: a datagram that the kernel takes at once is done before anything else has its turn. */
async function send(socket: Socket, port: number, host: string): Promise<void> {
  await new Promise((resolve) => socket.send('x', port, host, resolve));
  await turn();
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

describe('parseAddress', () => {
  it.each([
    ['127.0.0.1:0', '127.0.0.1', 0],
    ['[::1]:4000', '::1', 4000],
    ['::1:4000', '::1', 4000],
    ['map-host.example:65535', 'map-host.example', 65_535],
  ])('%s', (address, host, port) => {
    expect(parseAddress(address)).toEqual({ host, port });
  });

  it.each(['', ':', ':80', '80', 'host', 'host:', 'host:x', 'host:65536', 'host:-1'])(
    'refuses %j',
    (address) => {
      expect(() => parseAddress(address)).toThrow(expect.objectContaining({ code: 'bad_settings' }));
    },
  );
});
