import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { TcpProxy } from './tcp-proxy.ts';
import { waitFor } from './wait-for.ts';

/** A client behind a proxy, of a server that greets and gives back what it is sent. */
async function talk(): Promise<{
  proxy: TcpProxy;
  client: Socket;
  heard: () => string;
  error: () => string;
}> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.write('hello ');
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await TcpProxy.start({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  const client = connect(proxy.port, proxy.host);
  let text = '';
  let code = '';
  client.on('data', (data) => {
    text += data;
  });
  client.on('error', (error: NodeJS.ErrnoException) => {
    code = error.code ?? '';
  });
  onTestFinished(async () => {
    client.destroy();
    await proxy.close();
    server.close();
  });
  await waitFor(() => text === 'hello ', { what: 'the greeting' });
  return { proxy, client, heard: () => text, error: () => code };
}

it('what is late arrives in the order in which it was sent, also when nothing is late any more', async () => {
  const { proxy, client, heard } = await talk();
  const startMs = performance.now();
  proxy.delayBy(100);
  client.write('a');
  await waitFor(() => performance.now() - startMs > 50, { what: 'the proxy to have it' });
  proxy.delayBy(0);
  client.write('b');

  await waitFor(() => heard() === 'hello ab', { what: 'both' });
  // Late on the way there; on its way back nothing is late any more.
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(99);
});

it('an answer is broken off in its middle, and the line cut', async () => {
  const { proxy, client, heard } = await talk();
  proxy.breakAnswers(() => true);
  client.write('12345678');

  await once(client, 'close');
  expect(heard()).toBe('hello 1234');
});

it('a half-open line is closed when the network is back, and others live', async () => {
  const { proxy, client, heard, error } = await talk();
  proxy.stall();
  client.write('lost');
  proxy.resume();
  const later = connect(proxy.port, proxy.host);
  await once(later, 'data');
  proxy.closeStalled();

  await once(client, 'close');
  expect(heard() + error()).not.toContain('lost');
  later.write('alive');
  expect(String((await once(later, 'data'))[0])).toBe('alive');
  later.destroy();
});
