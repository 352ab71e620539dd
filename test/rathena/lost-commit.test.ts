import { afterEach, beforeEach, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { type MapServer, useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const queue = useQueue();
const DIALOGUE = '/api/v1/npc/dialogue';
const PAUSE_MS = 1_000;

let proxy: TcpProxy;
let server: MapServer;
beforeEach(async () => {
  await queue().clear();
  proxy = await TcpProxy.start(queue().settings);
  const { host, port } = proxy;
  server = await startMapServer({ ...queue().settings, host, port }, { settings: 'doorbell: no\n' });
  expect(await server.number('ai_db_status', 1)).toBe(0);
});
afterEach(() => proxy.close());

it('a request whose COMMIT loses its OK is a -1, and is cancelled', async () => {
  const cut = proxy.cutAfterCommit(() => true);
  const asked = server.number('ai_db_request', 'dialogue', DIALOGUE, '{}');
  await cut;
  // It cancels as soon as it has a connection again.
  proxy.stall();
  expect(await queue().statusCounts()).toEqual({ pending: 1 });
  expect(await asked).toBe(-1);
  expect(await server.text('ai_db_error', -1)).toMatch(/^database_unavailable: /);

  proxy.resume();
  server.advance(PAUSE_MS);
  await expect.poll(() => queue().statusCounts()).toEqual({ cancelled: 1 });
});

it('one whose INSERT loses its OK is a -1, and was never there', async () => {
  const cut = proxy.cutAfter((sql) => sql.startsWith('INSERT INTO ai_requests'));
  const asked = server.number('ai_db_request', 'dialogue', DIALOGUE, '{}');
  await cut;
  expect(await asked).toBe(-1);

  server.advance(PAUSE_MS);
  await expect.poll(() => server.number('ai_db_request', 'dialogue', DIALOGUE, '{}')).toBeGreaterThan(0);
  expect(await queue().statusCounts()).toEqual({ pending: 1 });
});

it('of a cancel that loses its connection, nothing is written without the rest', async () => {
  const id = await server.number('ai_db_request', 'dialogue', DIALOGUE, '{}');
  const cut = proxy.cutAfter((sql) => sql.startsWith('UPDATE ai_requests'));
  const cancelled = server.number('ai_db_cancel', id);
  await cut;
  expect(await cancelled).toBe(0);
  expect(await queue().events(id)).toEqual([]);
  expect(await queue().statusCounts()).toEqual({ pending: 1 });

  server.advance(PAUSE_MS);
  await expect.poll(() => server.number('ai_db_cancel', id)).toBe(1);
  expect(await queue().events(id)).toEqual(['cancelled']);
});
