import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AiClient, type AiResult, createAiClient } from '../../src/ai/ai-client.ts';
import type { NetworkSettings, ProxySettings } from '../../src/base/proxy-settings.ts';
import { clientFor, errorOf } from '../support/ai-client.ts';
import { type AiStub, behaviours, callTo, startAiStub } from '../support/ai-stub.ts';
import { type Box, startBox } from '../support/box-process.ts';
import { linesOfPage, settingsOf } from '../support/box-settings.ts';
import type { BoxName } from '../support/boxes.ts';
import { newFolder, runCli, startCli, useCli } from '../support/cli-process.ts';
import { findFreePort } from '../support/mariadb-server.ts';
import { startModelStub } from '../support/model-stub.ts';
import { certificateFile } from '../support/tls-server.ts';

const FETCH_TIMEOUT_MS = 600_000;
/** What our service puts on its answers. */
const SIGNED = { headers: { 'x-ai-ipc-service': '1.0.0' } };

useCli();

let stub: AiStub;
const clients: AiClient[] = [];

beforeAll(async () => {
  stub = await startAiStub();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  stub.clear();
});
afterAll(() => stub.close());

function open(port: number): AiClient {
  const client = clientFor(`http://127.0.0.1:${port}`);
  clients.push(client);
  return client;
}

/** The box of the page's lines, before the stub; undefined, and told, where it cannot be had. */
function useBox(name: BoxName, more: (closedPort: number) => string = () => '') {
  let box: Box | undefined;
  let reason = '';
  let closedPort = 0;
  beforeAll(async () => {
    closedPort = await findFreePort();
    const lines = linesOfPage(name).replaceAll('127.0.0.1:8000', new URL(stub.url).host);
    box = await startBox(name, (place) =>
      settingsOf(
        name,
        lines.replaceAll(/(?<=127\.0\.0\.1|):8080/g, `:${place.port}`) + more(closedPort),
        place,
      ),
    ).catch((error: Error) => {
      if (!error.message.includes('cannot be had')) throw error;
      reason = error.message;
      process.stderr.write(`left out: ${name} was not tried, as ${reason}\n`);
      return undefined;
    });
  }, FETCH_TIMEOUT_MS);
  afterAll(() => box?.stop());
  return async (work: (box: Box) => Promise<void>) => {
    if (box === undefined) expect(reason).toMatch(/ cannot be had: /);
    else await work(box);
  };
}

const FRONT: readonly [BoxName, string][] = [
  ['nginx', 'nginx'],
  ['haproxy', 'HAProxy'],
  ['apache2', 'Apache'],
  ['caddy', 'Caddy'],
];

describe.each(FRONT)('%s with the lines of docs/proxies.md', (name, called) => {
  const withBox = useBox(name);

  it('lets long calls through as they are, and an error of the service is told as the service’s', () =>
    withBox(async ({ port }) => {
      const client = open(port);
      stub.behave('/long', (call, response) =>
        behaviours.json({ bytes: call.body.length }, SIGNED)(call, response),
      );
      const body = JSON.stringify({ message: 'x'.repeat(65_000) });
      const answer = await client.call(callTo('/long', { method: 'POST', body }));
      expect(answer).toMatchObject({ kind: 'answer', body: JSON.stringify({ bytes: body.length }) });

      stub.behave(
        '/failed',
        behaviours.json({ error: { code: 'unavailable', message: 'no model' } }, { status: 503, ...SIGNED }),
      );
      expect(errorOf(await client.call(callTo('/failed'))).message).toMatch(
        /^The AI service failed with HTTP 503 .*: no model/,
      );
    }));

  it('is named where the service is away, with where to look; and is tried again', () =>
    withBox(async ({ port }) => {
      await stub.goDown();
      const result = await open(port).call(callTo('/away'));
      await stub.comeBack();
      expect(result).toMatchObject({ kind: 'trouble', isServiceDown: true });
      expect(errorOf(result).message).toMatch(
        new RegExp(`^${called}, before the AI service, answered .*HTTP 50[23]; it is not the service`),
      );
    }));
});

/** Limits that nobody would set, each to be met. */
const tight = (port: number, upstream: string) => `
server {
  listen 127.0.0.1:${port};
  client_max_body_size 1k;
  proxy_read_timeout 1s;
  location / { proxy_pass ${upstream}; }
  location /limited { return 503; }
  location /moved { return 301 https://$host:8443$request_uri; }
}`;

describe('nginx with its limits too low', () => {
  let port = 0;
  const withBox = useBox('nginx', (closed) => {
    port = closed;
    return tight(closed, stub.url);
  });
  const HEADERS = { headers: { 'x-long': 'x'.repeat(8_000) } };

  it.each<[string, string, RegExp, AiResult['kind']]>([
    ['/big', 'POST', /HTTP 413; it is not the service.*raise client_max_body_size/, 'refused'],
    ['/header', 'GET', /HTTP 502; .*a response header is too long \(proxy_buffer_size/, 'trouble'],
    ['/slow', 'GET', /HTTP 504; .*raise proxy_read_timeout \(60 s\) above ai_service_timeout/, 'trouble'],
    ['/limited', 'GET', /HTTP 503; .*limit_req or limit_conn/, 'trouble'],
    [
      '/moved',
      'GET',
      /^nginx sends .*HTTP 301, from http:\/\/127\.0\.0\.1:\d+ to https:\/\/127\.0\.0\.1:8443\/moved.*Set ai_service_base_url to https:\/\/127\.0\.0\.1:8443/,
      'refused',
    ],
  ])('%s', (path, method, words, kind) =>
    withBox(async () => {
      stub.behave('/header', behaviours.json({ text: 'x' }, HEADERS));
      stub.behave('/slow', behaviours.never());
      const body = method === 'POST' ? JSON.stringify({ message: 'x'.repeat(2_000) }) : null;
      const result = await open(port).call(callTo(path, { method: method as 'GET' | 'POST', body }));
      expect(errorOf(result).message).toMatch(words);
      expect(result.kind).toBe(kind);
    }),
  );
});

describe('squid with the lines of docs/proxies.md', () => {
  let box: Box | undefined;
  let reason = '';
  let proxies: ProxySettings = { http: null, https: null, except: '' };
  let tlsServer: Server;

  beforeAll(async () => {
    tlsServer = createServer({ key: pem('server-key'), cert: pem('other-host-cert') }, (_request, response) =>
      response.end('{"text":"over TLS"}'),
    ).listen(0, new URL(stub.url).hostname);
    await once(tlsServer, 'listening');
    const { port: tlsPort } = tlsServer.address() as AddressInfo;
    const lines = linesOfPage('squid').replace('port 443', `port ${tlsPort}`).replace('model.example', MODEL);
    box = await startBox('squid', (place) => {
      // Names that nobody else knows: only squid can resolve them.
      writeFileSync(join(place.folder, 'hosts'), `${new URL(stub.url).hostname} ${MODEL}\n`);
      return settingsOf('squid', lines.replace('127.0.0.1:3128', `127.0.0.1:${place.port}`), place);
    }).catch((error: Error) => {
      if (!error.message.includes('cannot be had')) throw error;
      reason = error.message;
      process.stderr.write(`left out: squid was not tried, as ${reason}\n`);
      return undefined;
    });
    const url = `http://127.0.0.1:${box?.port ?? 9}`;
    proxies = { http: url, https: url, except: '' };
  }, FETCH_TIMEOUT_MS);
  afterAll(async () => {
    await box?.stop();
    tlsServer.close();
  });

  const withBox = async (work: (box: Box) => Promise<void>) => {
    if (box === undefined) expect(reason).toMatch(/ cannot be had: /);
    else await work(box);
  };
  const through = (baseUrl: string, more: Partial<NetworkSettings> = {}) => {
    const options = { headers: {}, maxResponseBytes: 16_384, connections: 4, proxies, ...more };
    const client = createAiClient({ baseUrl, ...options });
    clients.push(client);
    return client;
  };
  const seen = ({ folder }: Box) => readFileSync(join(folder, 'access.log'), 'utf8');

  it('reaches by http what only squid can resolve, and this machine without it', () =>
    withBox(async (squid) => {
      const { port } = new URL(stub.url);
      stub.behave('/one', behaviours.json({ text: 'by http' }));
      stub.behave('/at-home', behaviours.json({ text: 'at home' }));
      const answer = await through(`http://${MODEL}:${port}`).call(callTo('/one'));
      expect(answer).toMatchObject({ kind: 'answer', body: '{"text":"by http"}' });
      expect(await through(stub.url).call(callTo('/at-home'))).toMatchObject({ kind: 'answer' });
      await expect.poll(() => seen(squid)).toContain(`${MODEL}:${port}/one`);
      expect(seen(squid)).not.toContain('/at-home');
    }));

  it('reaches by https through a tunnel, with an authority of its own', () =>
    withBox(async (squid) => {
      const { port } = tlsServer.address() as AddressInfo;
      const url = `https://${MODEL}:${port}`;
      const client = through(url, { caFile: certificateFile('ca') });
      expect(await client.call(callTo('/tls'))).toMatchObject({
        kind: 'answer',
        body: '{"text":"over TLS"}',
      });
      expect(errorOf(await through(url).call(callTo('/tls'))).message).toMatch(
        /an authority has signed its certificate that is not known here.*Set AI_SERVICE_CA/,
      );
      await expect.poll(() => seen(squid)).toContain(`CONNECT ${MODEL}:${port}`);
    }));

  it('stands between an AI service and its model, and never between a worker and its service on this machine', () =>
    withBox(async (squid) => {
      const model = await startModelStub();
      try {
        const env = { HTTP_PROXY: proxies.http!, HTTPS_PROXY: proxies.https! };
        const database = ['--database', `sqlite:${join(newFolder(), 'queue.sqlite')}`];
        const { port } = new URL(model.url);
        const behind = {
          AI_PROVIDER_URL: `http://${MODEL}:${port}/v1`,
          AI_MODEL: 'stub',
          AI_FALLBACK: 'none',
        };
        const service = startCli(['service', '--port', '0', ...database], { env: { ...env, ...behind } });
        const [, url = ''] = await service.waitForOutput(/listens on (http:\S+)/);
        startCli(['worker', ...database], { env: { ...env, AI_SERVICE_BASE_URL: url } });

        const asked = await runCli(['ask', ...database, '--npc', 'sage-of-prontera', 'Hello'], { env });
        expect(asked.exitCode).toBe(0);
        expect(model.calls.length).toBeGreaterThan(0);
        await expect.poll(() => seen(squid)).toContain(`${MODEL}:${port}/v1/chat/completions`);
        expect(seen(squid)).not.toContain(new URL(url).host);
      } finally {
        await model.close();
      }
    }));

  it('is named, with its own refusals, where it says no', () =>
    withBox(async () => {
      const refused = [
        [
          'http://other.example',
          /^The proxy http:\/\/127\.0\.0\.1:\d+ \(HTTP_PROXY\) answered .*HTTP 403.*Its rules forbid/,
        ],
        [
          'https://other.example',
          /the proxy http:\/\/127\.0\.0\.1:\d+ \(HTTPS_PROXY\) answered the CONNECT with HTTP 403.*Its rules forbid/,
        ],
        [`http://${MODEL}:9`, /^The proxy .* answered .*HTTP 503.*It could not reach that host/],
      ] as const;
      for (const [url, words] of refused)
        expect(errorOf(await through(url).call(callTo('/x'))).message).toMatch(words);
      const host = { proxies: { ...proxies, except: 'other.example' } };
      expect(errorOf(await through('http://other.example', host).call(callTo('/x'))).message).not.toContain(
        'proxy',
      );
    }));
});

/** What that certificate is for. */
const MODEL = 'db.example';
const pem = (name: Parameters<typeof certificateFile>[0]) => readFileSync(certificateFile(name), 'utf8');
