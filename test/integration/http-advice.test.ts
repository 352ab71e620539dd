import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttp2, createSecureServer } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { type AiClient, createAiClient } from '../../src/ai/ai-client.ts';
import { systemClock } from '../../src/base/clock.ts';
import type { NetworkSettings } from '../../src/base/proxy-settings.ts';
import { createTransport } from '../../src/providers/transport.ts';
import { unanswered } from '../../src/providers/trouble.ts';
import { errorOf } from '../support/ai-client.ts';
import { callTo } from '../support/ai-stub.ts';
import { certificateFile } from '../support/tls-server.ts';

const clients: AiClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

const pem = (name: string) => readFileSync(certificateFile(name), 'utf8');
const keyAnd = (certificate: string) => ({ key: pem('server-key'), cert: pem(certificate) });

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const https = (certificate: string) =>
  listen(createHttps(keyAnd(certificate), (_request, response) => response.end('{"text":"Hello"}')));
const http = () => listen(createHttp((_request, response) => response.end('{"text":"Hello"}')));
const tlsAlone = () =>
  listen(createSecureServer({ ...keyAnd('server-cert'), allowHTTP1: false }) as unknown as Server);

interface Planted {
  readonly url: () => Promise<string>;
  readonly network?: NetworkSettings;
  /** URL and CA stand for the names of the settings, which differ for worker and model. */
  readonly says: string;
}

const OWN = { caFile: certificateFile('ca') };

/** Each error, what it says, and the setting that mends it: for the AI service and for the model alike. */
const PLANTED: Readonly<Record<string, Planted>> = {
  'https to a port that speaks http': {
    url: async () => `https://127.0.0.1:${await http()}`,
    says: 'https was spoken, and what listens there speaks http; .*Write http:// in URL',
  },
  'a server that takes HTTP/2 alone, over TLS': {
    url: async () => `https://127.0.0.1:${await tlsAlone()}`,
    network: OWN,
    says: 'it takes HTTP/2 alone, and this program speaks HTTP/1.1; .*Switch HTTP/1.1 on',
  },
  'a server that takes HTTP/2 alone, without TLS': {
    url: async () => `http://127.0.0.1:${await listen(createHttp2() as unknown as Server)}`,
    says: 'it takes HTTP/2 alone, and this program speaks HTTP/1.1; .*Switch HTTP/1.1 on',
  },
  'a certificate that has expired': {
    url: async () => `https://127.0.0.1:${await https('expired-cert')}`,
    network: OWN,
    says: 'its certificate has expired; CERT_HAS_EXPIRED.*Renew it there',
  },
  'a certificate for another host': {
    url: async () => `https://127.0.0.1:${await https('other-host-cert')}`,
    network: OWN,
    says: 'its certificate is for db.example, 192.0.2.7, and not for 127.0.0.1; .*Write a name that is in the certificate into URL',
  },
  'a certificate that nobody signed': {
    url: async () => `https://127.0.0.1:${await https('self-signed-cert')}`,
    says: 'nobody signed its certificate but itself; .*set CA to the file',
  },
  'an authority that is not known': {
    url: async () => `https://127.0.0.1:${await https('server-cert')}`,
    says: 'an authority has signed its certificate that is not known here; .*Set CA to the PEM file .*system.*NODE_EXTRA_CA_CERTS in the environment, not in .env',
  },
  'an authority that is another one': {
    url: async () => `https://127.0.0.1:${await https('server-cert')}`,
    network: { caFile: certificateFile('other-ca') },
    says: 'an authority has signed its certificate that is not known here',
  },
  'a name that nobody knows': {
    url: async () => 'http://no-such-host.invalid:8000',
    says: '(this host name is not known|the name server does not answer); .*URL',
  },
  'a proxy at which nobody listens': {
    url: async () => 'http://ai.example:8000',
    network: { proxies: { http: 'http://ana:secret@127.0.0.1:9', https: null, except: '' } },
    says: 'the proxy http://127.0.0.1:9 \\(HTTP_PROXY\\) was asked: nothing listens there; .*Check HTTP_PROXY, or name the host in NO_PROXY',
  },
  'a proxy at which nobody listens, for https': {
    url: async () => 'https://ai.example',
    network: { proxies: { http: null, https: 'http://ana:secret@127.0.0.1:9', except: '' } },
    says: 'the proxy http://127.0.0.1:9 \\(HTTPS_PROXY\\) was asked: nothing listens there',
  },
  'a proxy that wants a login, for https': {
    url: async () => 'https://ai.example',
    says: 'the proxy http://127.0.0.1:\\d+ \\(HTTPS_PROXY\\) answered the CONNECT with HTTP 407.*set HTTPS_PROXY=http://USER:PASSWORD@',
  },
};

/** A proxy that says no to every tunnel. */
async function refusingProxy(): Promise<NetworkSettings> {
  const server = createHttp();
  server.on('connect', (_request, socket) =>
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
  );
  return { proxies: { http: null, https: `http://127.0.0.1:${await listen(server)}`, except: '' } };
}

const wordsFor = (says: string, url: string, ca: string) =>
  new RegExp(says.replaceAll(/\bURL\b/g, url).replaceAll(/\bCA\b/g, ca), 's');

describe('what goes wrong on the way is told with the setting that mends it', () => {
  it.each(Object.entries(PLANTED))('%s', async (name, planted) => {
    const url = await planted.url();
    const network = planted.network ?? (name.includes('login') ? await refusingProxy() : {});
    const client = createAiClient({
      baseUrl: url,
      headers: {},
      maxResponseBytes: 16_384,
      connections: 1,
      ...network,
    });
    clients.push(client);
    const { message } = errorOf(await client.call(callTo('/one')));
    expect(message).toMatch(wordsFor(planted.says, 'ai_service_base_url', 'AI_SERVICE_CA'));

    const server = { baseUrl: `${url}/v1`, apiKey: null, timeoutMs: 5_000, clock: systemClock, network };
    const error = await createTransport(server)
      .post('/chat/completions', '{}', { signal: AbortSignal.timeout(10_000) })
      .then(
        ({ status }) => new Error(`HTTP ${status}`),
        (failed: unknown) => unanswered(failed, { server, isTimeout: false, waitedMs: 0, maxBytes: 1_000 }),
      );
    expect(error.message).toMatch(wordsFor(planted.says, 'AI_PROVIDER_URL', 'AI_PROVIDER_CA'));
    expect(`${message} ${error.message}`).not.toContain('secret');
  });
});

it('http to a port that speaks https is told, where that answers in TLS', async () => {
  // As OpenSSL does it: an alert, and no word of HTTP.
  const port = await listen(createServer((socket) => socket.end(Buffer.from('15030100020246', 'hex'))));
  const client = createAiClient({
    baseUrl: `http://127.0.0.1:${port}`,
    headers: {},
    maxResponseBytes: 16_384,
    connections: 1,
  });
  clients.push(client);
  expect(errorOf(await client.call(callTo('/one'))).message).toMatch(
    /http was spoken, and what listens there speaks https; .*Write https:\/\/ in ai_service_base_url/,
  );
});

it('an own authority lets in who it has signed', async () => {
  const baseUrl = `https://127.0.0.1:${await https('server-cert')}`;
  const client = createAiClient({ baseUrl, headers: {}, maxResponseBytes: 16_384, connections: 1, ...OWN });
  clients.push(client);
  expect(await client.call(callTo('/one'))).toMatchObject({ kind: 'answer', body: '{"text":"Hello"}' });
});
