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
  proxy.delayBy(200);
  client.write('a');
  await waitFor(() => client.writableLength === 0, { what: 'it to be sent' });
  proxy.delayBy(0);
  client.write('b');

  await waitFor(() => heard() === 'hello ab', { what: 'both' });
});

it('an answer is broken off in its middle, and the connection reset', async () => {
  const { proxy, client, heard, error } = await talk();
  proxy.breakAnswers(() => true);
  client.write('12345678');

  await waitFor(() => error() === 'ECONNRESET', { what: 'the reset' });
  expect(heard()).toBe('hello 1234');
});

it('a half-open line is reset when the network is back, and others live', async () => {
  const { proxy, client, heard, error } = await talk();
  proxy.stall();
  client.write('lost');
  proxy.resume();
  const later = connect(proxy.port, proxy.host);
  await once(later, 'data');
  proxy.resetStalled();

  await once(client, 'close');
  expect(heard() + error()).not.toContain('lost');
  later.write('alive');
  expect(String((await once(later, 'data'))[0])).toBe('alive');
  later.destroy();
});
