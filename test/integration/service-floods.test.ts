import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import pino from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { createService } from '../../src/service/server.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { useModelWay } from '../support/model-way.ts';
import { DIALOGUE, modelServer, post, postAndHangUp, useServices } from './support/service-under-test.ts';

const BODY = { message: 'Hello' };
const way = useModelWay();
const serve = useServices();
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

const head = (more: string) =>
  `POST ${DIALOGUE} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${more}\r\n\r\n`;
const call = (body: unknown) => {
  const text = JSON.stringify(body);
  return `${head(`Content-Length: ${Buffer.byteLength(text)}`)}${text}`;
};

/** A connection on which these bytes are sent, with what comes back on it. */
async function speak(url: string, bytes: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  sockets.push(socket);
  const got = { text: '' };
  socket.setEncoding('utf8').on('data', (text: string) => {
    got.text += text;
  });
  // A connection that is cut while it still sends.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(bytes);
  return { socket, got };
}

async function inFlight(url: string): Promise<string | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return /^ai_ipc_service_in_flight (\d+)$/m.exec(text)?.[1];
}

describe('bodies that never end', () => {
  it('take no place from anybody, however long they want to be waited for', async () => {
    const { url } = await serve({ maxInFlight: 4 });
    const slow = head('Content-Length: 500\r\nX-Deadline-Ms: 999999999\r\nExpect: 100-continue');
    for (let caller = 0; caller < 40; caller += 1) {
      const { socket } = await speak(url, slow);
      // The service waits for the body now.
      await once(socket, 'data');
    }
    expect(await inFlight(url)).toBe('0');
    expect(await post(url + DIALOGUE, BODY)).toMatchObject({ status: 200 });
  });
});

it('a body that trickles is answered with 408 after 10 s, and its connection is ended', async () => {
  const clock = new FakeClock();
  const service = createService({ port: 0, logger: pino({ enabled: false }), clock });
  const { url } = await service.start();
  try {
    const { socket, got } = await speak(url, head('Content-Length: 500\r\nX-Deadline-Ms: 999999'));
    socket.write('{"message":');
    // Until the service waits for the rest: nothing else of it sleeps so short.
    await expect
      .poll(async () => {
        await clock.advance(1_000);
        return got.text;
      })
      .toMatch(/ 408 Request Timeout\r\n.*"body_too_slow"/s);
    await once(socket, 'close');
  } finally {
    await service.stop();
  }
});

describe('calls that do not wait for the answer before them', () => {
  it('are answered one after the other, where it is but one', async () => {
    const { url } = await serve();
    const { got } = await speak(url, call(BODY) + call({ message: 5 }));
    await expect.poll(() => got.text).toMatch(/ 200 OK\r\n.* 400 Bad Request\r\n/s);
  });

  it('end the connection, where they are many; whoever hung up is forgotten', async () => {
    const { url } = await way.serve({ deadlineMs: 300_000, modelTimeoutSeconds: 300 }, { hasMemory: false });
    let begun = 0;
    let cut = 0;
    way.model.fail((_, response) => {
      begun += 1;
      response.on('close', () => {
        cut += 1;
      });
    });
    const { socket, got } = await speak(url, call(BODY).repeat(300));
    await once(socket, 'close');
    expect(got.text).toBe('');
    // One at the most had begun: none of the 299 behind it.
    await expect.poll(() => begun - cut).toBe(0);
    expect(begun).toBeLessThanOrEqual(1);
    await expect.poll(() => inFlight(url)).toBe('0');
  });

  it('one that waits for its turn is dropped when its caller hangs up', async () => {
    const { url } = await serve({ ...modelServer(way.model), deadlineMs: 300_000, modelTimeoutSeconds: 300 });
    way.model.fail('never');
    const { socket } = await speak(url, call(BODY) + call(BODY));
    await expect.poll(() => way.model.calls.length).toBe(1);
    socket.destroy();
    await expect.poll(() => inFlight(url)).toBe('0');
    const other = postAndHangUp(url + DIALOGUE, BODY);
    await expect.poll(() => way.model.calls.length).toBe(2);
    await other.hangUp();
  });
});
