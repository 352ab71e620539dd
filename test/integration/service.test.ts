import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newFolder, querySqlite, startCli, urlOf, useCli } from '../support/cli-process.ts';
import { posting } from '../support/json-body.ts';
import type { ProgramProcess } from '../support/program-process.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';
import { SCHEMA } from './support/service-under-test.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.loadSqlFile(SCHEMA);
});
afterAll(() => database.drop());

useCli();

/** In an empty folder of its own, with nothing of the developer's own settings. */
function run(...words: string[]): ProgramProcess {
  return runWith({}, ...words);
}

function runWith(env: Record<string, string>, ...words: string[]): ProgramProcess {
  return startCli(['service', ...words], { env });
}

async function healthOf(url: string): Promise<{ status: string }> {
  return (await (await fetch(`${url}/api/v1/health`)).json()) as { status: string };
}

describe('ai-ipc service', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'prints its address, answers, and ends with 0 on %s',
    async (signal) => {
      const service = run('--port', '0');
      const url = await urlOf(service);
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      const answered = await fetch(`${url}/api/v1/npc/dialogue`, posting('{"message":"Hello AI"}'));
      expect(answered.status).toBe(200);
      expect((await fetch(`${url}/api/v1/test/status/200`)).status).toBe(404);
      service.signal(signal);
      expect(await service.ended).toMatchObject({ exitCode: 0 });
      expect(service.stdout.trim().split('\n')).toHaveLength(2);
    },
  );

  it('logs at its start who answers and from which folder', async () => {
    const offline = run('--port', '0');
    await urlOf(offline);
    expect(offline.stderr).toMatch(
      /"brain":"offline","personas":7,"folder":"\S+personas\/","msg":"AI service starts"/,
    );
    const env = { AI_PROVIDER_URL: 'http://127.0.0.1:2/v1', AI_MODEL: 'big' };
    const withModel = runWith(env, '--port', '0');
    await urlOf(withModel);
    expect(withModel.stderr).toContain(
      '"brain":"model","model":"big","model_server":"http://127.0.0.1:2/v1"',
    );
  });

  it('tells once of an NPC that no persona answers to', async () => {
    const service = run('--port', '0');
    const url = await urlOf(service);
    const body = JSON.stringify({ npc_id: 'sgae-of-prontera', message: 'Hello' });
    for (let talk = 0; talk < 3; talk++) await fetch(`${url}/api/v1/npc/dialogue`, posting(body));
    service.signal('SIGTERM');
    await service.ended;
    const lines = service.stderr.split('\n').filter((line) => line.includes('sgae-of-prontera'));
    expect(lines).toEqual([expect.stringContaining('No persona answers to this NPC')]);
  });

  it('tells in one sentence each that its database is gone', async () => {
    const proxy = await TcpProxy.start(database.settings);
    const { user, password, database: name } = database.settings;
    const place = `mariadb://${user}@${proxy.host}:${proxy.port}/${name}`;
    const service = runWith({ DB_PASSWORD: password }, '--port', '0', '--database', place);
    const url = await urlOf(service);
    // The service is there before its database where that is slow, and has other words for it then.
    await waitFor(async () => (await healthOf(url)).status === 'ok', { what: 'the database to be in use' });
    await proxy.close();
    await waitFor(() => service.stderr.includes('NPC switch and budgets cannot be used'), {
      timeoutMs: 30_000,
      what: 'the line of the log',
    });
    expect(service.stderr).toContain('"level":"ERROR"');
    expect(service.stderr).not.toContain('stack');
  });

  it('finishes the answers in the making when it is told to stop', async () => {
    const service = run('--port', '0', '--test-endpoints');
    const url = await urlOf(service);
    const slow = fetch(`${url}/api/v1/test/delay/700`);
    // An answer that came after the slow call was sent shows that the service has that one in hand.
    await fetch(`${url}/api/v1/test/delay/100`);
    service.signal('SIGTERM');
    expect(await (await slow).json()).toEqual({ delayed_ms: 700 });
    expect(await service.ended).toMatchObject({ exitCode: 0 });
  });

  async function untilClosed(url: string): Promise<void> {
    const isClosed = () =>
      fetch(`${url}/api/v1/health`).then(
        () => false,
        () => true,
      );
    await waitFor(isClosed, { timeoutMs: 5_000, what: 'the first signal to be taken' });
  }

  it('finishes them also when its terminal closes, which sends SIGHUP twice', async () => {
    const service = run('--port', '0', '--test-endpoints');
    const url = await urlOf(service);
    const slow = fetch(`${url}/api/v1/test/delay/2000`);
    await fetch(`${url}/api/v1/test/delay/100`);
    service.signal('SIGHUP');
    await untilClosed(url);
    service.signal('SIGHUP');
    expect(await (await slow).json()).toEqual({ delayed_ms: 2000 });
    expect(await service.ended).toMatchObject({ exitCode: 0 });
  });

  it('ends at once on a second signal', async () => {
    const service = run('--port', '0', '--test-endpoints');
    const url = await urlOf(service);
    const slow = fetch(`${url}/api/v1/test/delay/60000`).catch((error: unknown) => error);
    await fetch(`${url}/api/v1/test/delay/100`);
    service.signal('SIGTERM');
    await untilClosed(url);
    service.signal('SIGTERM');
    expect(await service.ended).toMatchObject({ exitCode: 'SIGTERM' });
    expect(await slow).toBeInstanceOf(Error);
  });

  it('refuses a port that is in use, and tells what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const service = run('--port', port);
    expect(await service.ended).toMatchObject({ exitCode: 1 });
    expect(service.stderr).toMatch(
      new RegExp(`ERROR port_in_use: Port ${port} on 127.0.0.1 is in use.*--port`),
    );
    expect(service.stdout).not.toContain('listens');
    other.close();
  });

  it.each(['65536', '-1', 'http', '80.5', ''])('refuses the port %j', async (port) => {
    const service = run(`--port=${port}`);
    expect(await service.ended).toMatchObject({ exitCode: 2 });
    expect(service.stderr).toContain('from 0 (any free port) to 65535');
  });

  it('warns when others than this machine can reach it', async () => {
    const service = run('--port', '0', '--host', '0.0.0.0');
    await urlOf(service);
    await waitFor(() => service.stderr.includes('asks nobody for a key'), {
      timeoutMs: 5_000,
      what: 'the warning',
    });
  });

  it('warns of nothing when it asks for a key', async () => {
    const service = runWith({ AI_SERVICE_KEY: 'open sesame' }, '--port', '0', '--host', '0.0.0.0');
    const url = (await urlOf(service)).replace('0.0.0.0', '127.0.0.1');
    expect((await fetch(`${url}/api/v1/health`)).status).toBe(200);
    expect((await fetch(`${url}/api/v1/npc/emotion`, posting('{}'))).status).toBe(401);
    expect(service.stderr).not.toContain('WARN');
  });

  it('remembers in the database that its first line names', async () => {
    const file = join(newFolder(), 'queue.sqlite');
    const service = run('--port', '0', '--database', `sqlite:${file}`);
    const url = await urlOf(service);
    expect(service.stdout).toMatch(/^Database: SQLite .*queue\.sqlite\n/);
    await fetch(
      `${url}/api/v1/npc/dialogue`,
      posting('{"npc_id": "Sage of Prontera", "player_id": 7, "message": "Hello"}'),
    );
    service.signal('SIGTERM');
    expect(await service.ended).toMatchObject({ exitCode: 0 });
    expect(querySqlite(file, 'SELECT npc_id, player_id, said FROM ai_npc_memory')).toEqual([
      { npc_id: 'sage-of-prontera', player_id: '7', said: 'Hello' },
    ]);
  });

  it('answers without a database that can be reached, and says so', async () => {
    const service = runWith({ DB_HOST: '127.0.0.1', DB_PORT: '1', DB_PASSWORD: '' }, '--port', '0');
    const url = await urlOf(service);
    const answered = await fetch(
      `${url}/api/v1/npc/dialogue`,
      posting('{"player_id": 7, "message": "Hello"}'),
    );
    expect(answered.status).toBe(200);
    expect(await (await fetch(`${url}/api/v1/health`)).json()).toMatchObject({ status: 'degraded' });
    const isTold = () => service.stderr.includes('NPCs remember nothing');
    await waitFor(isTold, { what: 'the line of the log' });
  });

  it.each([
    [{ AI_MODEL: 'm' }, 'AI_MODEL names a model, and no server is set'],
    [{ AI_FALLBACK: 'maybe' }, 'AI_FALLBACK is "maybe"'],
    [{ AI_PROFANITY_FILE: 'missing.txt' }, 'Mend AI_PROFANITY_FILE'],
  ])('does not start with %j', async (env, message) => {
    const service = runWith(env, '--port', '0');
    expect(await service.ended).toMatchObject({ exitCode: 78 });
    expect(service.stderr).toMatch(/^ERROR bad_settings: /m);
    expect(service.stderr).toContain(message);
  });

  it('names the file and the key of a persona that cannot be used', async () => {
    const folder = newFolder();
    await writeFile(join(folder, 'guard.yaml'), 'name: Guard\nrole: guard\n');
    const service = run('--port', '0', '--personas', folder);
    expect(await service.ended).toMatchObject({ exitCode: 78 });
    expect(service.stderr).toContain(`ERROR persona_invalid: The persona file ${join(folder, 'guard.yaml')}`);
    expect(service.stderr).toMatch(/^ {2}place: /m);
  });
});
