import { expect, it, onTestFinished } from 'vitest';
import { AiIpc, type DatabaseOptions } from '../../src/client/index.ts';
import { TABLES_FILE } from '../support/schema-dump.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

const DIALOGUE = '/api/v1/npc/dialogue';

it.each([
  ['database_unavailable', { kind: 'mariadb', port: 1, user: 'me', password: '', database: 'game' }],
  ['storage_failed', { kind: 'sqlite', file: '/sys/kernel/queue.sqlite' }],
] as [string, DatabaseOptions][])('open without a database throws %s', async (code, options) => {
  await expect(AiIpc.open(options)).rejects.toMatchObject({ name: 'AiIpcError', code });
});

it('open on MariaDB tells a wrong password, an unknown database and missing tables apart', async () => {
  const empty = await createTestDatabase();
  const options = { kind: 'mariadb', ...empty.settings } as const;

  await expect(AiIpc.open({ ...options, password: 'wrong' })).rejects.toMatchObject({
    code: 'database_denied',
  });
  await expect(AiIpc.open({ ...options, database: 'no_such_database' })).rejects.toMatchObject({
    code: 'database_unknown',
  });
  await expect(AiIpc.open(options)).rejects.toMatchObject({ code: 'schema_missing' });
  await empty.drop();
});

it('a database that hangs holds up nobody who gives up for longer than 3 s', async () => {
  const mariadb = await createTestDatabase();
  onTestFinished(() => mariadb.drop());
  await mariadb.loadSqlFile(TABLES_FILE);
  const proxy = await TcpProxy.start(mariadb.settings);
  onTestFinished(() => proxy.close());
  const ai = await AiIpc.open({ kind: 'mariadb', ...mariadb.settings, host: proxy.host, port: proxy.port });
  onTestFinished(() => ai.close());
  const abort = new AbortController();
  const asked = ai.ask('dialogue', DIALOGUE, {}, { signal: abort.signal }).catch((error: unknown) => error);
  await waitFor(() => proxy.statements.some(({ sql }) => /LEFT JOIN ai_responses/.test(sql)), {
    timeoutMs: 20_000,
    what: 'a look for the answer',
  });

  proxy.stall();
  abort.abort();

  expect(await asked).toMatchObject({
    code: 'aborted',
    message: expect.stringMatching(/^The wait was aborted; the request \d+ could not be cancelled/),
  });
});
