import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AiIpc, type AskOptions, type DatabaseOptions } from '../../src/client/index.ts';
import { newFolder, useCli } from '../support/cli-process.ts';
import { TABLES_FILE } from '../support/schema-dump.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

const DIALOGUE = '/api/v1/npc/dialogue';

useCli();

async function emptyDatabase(): Promise<TestDatabase> {
  const empty = await createTestDatabase();
  onTestFinished(() => empty.drop());
  return empty;
}

it.each([
  ['database_unavailable', { kind: 'mariadb', port: 1, user: 'me', password: '', database: 'game' }],
  ['storage_failed', { kind: 'sqlite', file: '/sys/kernel/queue.sqlite' }],
] as [string, DatabaseOptions][])('open without a database throws %s', async (code, options) => {
  await expect(AiIpc.open(options)).rejects.toMatchObject({ name: 'AiIpcError', code });
});

it('open on MariaDB tells a wrong password, an unknown database and missing tables apart', async () => {
  const empty = await emptyDatabase();
  const options = { kind: 'mariadb', ...empty.settings } as const;

  await expect(AiIpc.open({ ...options, password: 'wrong' })).rejects.toMatchObject({
    code: 'database_denied',
  });
  await expect(AiIpc.open({ ...options, database: 'no_such_database' })).rejects.toMatchObject({
    code: 'database_unknown',
  });
  await expect(AiIpc.open(options)).rejects.toMatchObject({ code: 'schema_missing' });
});

describe('what JavaScript gives and no type has checked is told as what it is:', () => {
  it.each([
    [{ kind: 'maria', user: 'me' }, /kind is "maria"\. Give 'mariadb' .* or 'sqlite'/],
    [{}, /kind is missing/],
    [undefined, /kind is missing/],
    [{ kind: 'sqlite' }, /option file .* is undefined, not text/],
    [{ kind: 'mariadb', user: 'me', password: 7, database: 'x' }, /option password .* is number/],
    [{ kind: 'mariadb', user: 'me', password: '', database: 'x', port: '3306' }, /option port .* is "3306"/],
  ])('%j', async (options, message) => {
    await expect(AiIpc.open(options as DatabaseOptions)).rejects.toMatchObject({
      code: 'bad_argument',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    [{ timeoutSeconds: 'ten' }, 'timeout_seconds is not a number but the text "ten". Give 1 to 31536000.'],
    [{ priority: 'high' }, 'priority is not a number but the text "high". Give 1 to 10.'],
    [{ priority: Number.NaN }, 'priority is not a number. Give 1 to 10.'],
  ])('%j', async (options, message) => {
    const ai = await AiIpc.open({ kind: 'sqlite', file: join(newFolder(), 'queue.sqlite') });
    onTestFinished(() => ai.close());
    const { error, id } = await ai.ask('dialogue', DIALOGUE, {}, options as AskOptions);
    expect({ error, id }).toEqual({ error: { code: 'bad_argument', message }, id: -1 });
  });
});

it('errors of a connection name the options that were given, and no variables', async () => {
  const { settings } = await emptyDatabase();
  for (const wrong of [{ password: 'wrong' }, { database: 'no_such_database' }, { port: 1 }]) {
    const opened = AiIpc.open({ kind: 'mariadb', ...settings, ...wrong });
    const { message } = await opened.then(
      () => expect.unreachable(),
      (error: Error) => error,
    );
    expect(message).not.toMatch(/\bDB_/);
    expect(message).toMatch(new RegExp(`\\b${Object.keys(wrong)[0]}\\b`));
  }
});

it('wait waits for a request that was made before; one that nobody serves stays as it is', async () => {
  const ai = await AiIpc.open({ kind: 'sqlite', file: join(newFolder(), 'queue.sqlite') });
  onTestFinished(() => ai.close());
  const id = await ai.request('dialogue', DIALOGUE, {}, { timeoutSeconds: 600 });

  const abort = new AbortController();
  const aborted = ai.wait(id, { signal: abort.signal });
  abort.abort();
  await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
  expect(await ai.status(id)).toBe(1);
  const waited = ai.wait(id);
  await ai.cancel(id);
  expect(await waited).toMatchObject({ id, status: 'cancelled', error: { code: 'aborted' } });
  expect(await ai.wait(77)).toMatchObject({ id: 77, error: { code: 'bad_id' } });
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
    message: expect.stringMatching(
      /^The wait was aborted; whether the request \d+ is cancelled is not known/,
    ),
  });
});
