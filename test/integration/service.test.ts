import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newFolder, querySqlite, useCli } from '../support/cli-process.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';
import { SCHEMA } from './support/service-under-test.ts';

const COMMAND = fileURLToPath(new URL('../../bin/ai-ipc.js', import.meta.url));

interface Run {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
  out(): string;
  err(): string;
}

const runs: Run[] = [];

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.loadSqlFile(SCHEMA);
});
afterAll(() => database.drop());

useCli();

/** In an empty folder of its own, with nothing of the developer's own settings. */
function run(...words: string[]): Run {
  return runWith({}, ...words);
}

function runWith(env: Record<string, string>, ...words: string[]): Run {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const child = spawn(process.execPath, [COMMAND, 'service', ...words], {
    cwd: newFolder(),
    env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const started = { child, exited: once(child, 'close'), out: () => out, err: () => err };
  runs.push(started);
  return started;
}

async function urlOf(started: Run): Promise<string> {
  const line = /^Database: .*\nAI service listens on (?<url>http:\S+)\n/;
  const isReady = () => line.test(started.out()) || started.child.exitCode !== null;
  await waitFor(isReady, { timeoutMs: 60_000, what: 'the line with its address' });
  const url = line.exec(started.out())?.groups?.['url'];
  if (url === undefined) throw new Error(`The service did not start: ${started.err()}`);
  return url;
}

afterEach(async () => {
  for (const { child, exited } of runs.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  }
});

describe('ai-ipc service', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'prints its address, answers, and ends with 0 on %s',
    async (signal) => {
      const service = run('--port', '0');
      const url = await urlOf(service);
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      const answered = await fetch(`${url}/api/v1/npc/dialogue`, {
        method: 'POST',
        body: '{"message":"Hello AI"}',
      });
      expect(answered.status).toBe(200);
      expect((await fetch(`${url}/api/v1/test/status/200`)).status).toBe(404);
      service.child.kill(signal);
      expect(await service.exited).toEqual([0, null]);
      expect(service.out().trim().split('\n')).toHaveLength(2);
    },
  );

  it('logs at its start who answers and from which folder', async () => {
    const offline = run('--port', '0');
    await urlOf(offline);
    expect(offline.err()).toMatch(
      /"brain":"offline","personas":7,"folder":"\S+personas\/","msg":"AI service starts"/,
    );
    const env = { AI_PROVIDER_URL: 'http://127.0.0.1:2/v1', AI_MODEL: 'big' };
    const withModel = runWith(env, '--port', '0');
    await urlOf(withModel);
    expect(withModel.err()).toContain('"brain":"model","model":"big","model_server":"http://127.0.0.1:2/v1"');
  });

  it('tells once of an NPC that no persona answers to', async () => {
    const service = run('--port', '0');
    const url = await urlOf(service);
    const body = JSON.stringify({ npc_id: 'sgae-of-prontera', message: 'Hello' });
    for (let talk = 0; talk < 3; talk++) await fetch(`${url}/api/v1/npc/dialogue`, { method: 'POST', body });
    service.child.kill('SIGTERM');
    await service.exited;
    const lines = service
      .err()
      .split('\n')
      .filter((line) => line.includes('sgae-of-prontera'));
    expect(lines).toEqual([expect.stringContaining('No persona answers to this NPC')]);
  });

  it('tells in one sentence each that its database is gone', async () => {
    const proxy = await TcpProxy.start(database.settings);
    const { user, password, database: name } = database.settings;
    const place = `mariadb://${user}@${proxy.host}:${proxy.port}/${name}`;
    const service = runWith({ DB_PASSWORD: password }, '--port', '0', '--database', place);
    await urlOf(service);
    await proxy.close();
    await waitFor(() => service.err().includes('NPC switch and budgets cannot be used'), {
      timeoutMs: 30_000,
      what: 'the line of the log',
    });
    expect(service.err()).toContain('"level":"ERROR"');
    expect(service.err()).not.toContain('stack');
  });

  it('finishes the answers in the making when it is told to stop', async () => {
    const service = run('--port', '0', '--test-endpoints');
    const url = await urlOf(service);
    const slow = fetch(`${url}/api/v1/test/delay/700`);
    // An answer that came after the slow call was sent shows that the service has that one in hand.
    await fetch(`${url}/api/v1/test/delay/100`);
    service.child.kill('SIGTERM');
    expect(await (await slow).json()).toEqual({ delayed_ms: 700 });
    expect(await service.exited).toEqual([0, null]);
  });

  it('ends at once on a second signal', async () => {
    const service = run('--port', '0', '--test-endpoints');
    const url = await urlOf(service);
    const slow = fetch(`${url}/api/v1/test/delay/60000`).catch((error: unknown) => error);
    await fetch(`${url}/api/v1/test/delay/100`);
    service.child.kill('SIGTERM');
    await waitFor(
      () =>
        fetch(`${url}/api/v1/health`).then(
          () => false,
          () => true,
        ),
      {
        timeoutMs: 5_000,
        what: 'the first signal to be taken',
      },
    );
    service.child.kill('SIGTERM');
    expect(await service.exited).toEqual([null, 'SIGTERM']);
    expect(await slow).toBeInstanceOf(Error);
  });

  it('refuses a port that is in use, and tells what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const service = run('--port', port);
    expect(await service.exited).toEqual([1, null]);
    expect(service.err()).toMatch(
      new RegExp(`ERROR port_in_use: Port ${port} on 127.0.0.1 is in use.*--port`),
    );
    expect(service.out()).not.toContain('listens');
    other.close();
  });

  it.each(['65536', '-1', 'http', '80.5', ''])('refuses the port %j', async (port) => {
    const service = run(`--port=${port}`);
    expect(await service.exited).toEqual([2, null]);
    expect(service.err()).toContain('from 0 (any free port) to 65535');
  });

  it('warns when others than this machine can reach it', async () => {
    const service = run('--port', '0', '--host', '0.0.0.0');
    await urlOf(service);
    await waitFor(() => service.err().includes('asks nobody for a key'), {
      timeoutMs: 5_000,
      what: 'the warning',
    });
  });

  it('warns of nothing when it asks for a key', async () => {
    const service = runWith({ AI_SERVICE_KEY: 'open sesame' }, '--port', '0', '--host', '0.0.0.0');
    const url = (await urlOf(service)).replace('0.0.0.0', '127.0.0.1');
    expect((await fetch(`${url}/api/v1/health`)).status).toBe(200);
    expect((await fetch(`${url}/api/v1/npc/emotion`, { method: 'POST', body: '{}' })).status).toBe(401);
    expect(service.err()).not.toContain('WARN');
  });

  it('remembers in the database that its first line names', async () => {
    const file = join(newFolder(), 'queue.sqlite');
    const service = run('--port', '0', '--database', `sqlite:${file}`);
    const url = await urlOf(service);
    expect(service.out()).toMatch(/^Database: SQLite .*queue\.sqlite\n/);
    await fetch(`${url}/api/v1/npc/dialogue`, {
      method: 'POST',
      body: '{"npc_id": "Sage of Prontera", "player_id": 7, "message": "Hello"}',
    });
    service.child.kill('SIGTERM');
    expect(await service.exited).toEqual([0, null]);
    expect(querySqlite(file, 'SELECT npc_id, player_id, said FROM ai_npc_memory')).toEqual([
      { npc_id: 'sage-of-prontera', player_id: '7', said: 'Hello' },
    ]);
  });

  it('answers without a database that can be reached, and says so', async () => {
    const service = runWith({ DB_HOST: '127.0.0.1', DB_PORT: '1', DB_PASSWORD: '' }, '--port', '0');
    const url = await urlOf(service);
    const answered = await fetch(`${url}/api/v1/npc/dialogue`, {
      method: 'POST',
      body: '{"player_id": 7, "message": "Hello"}',
    });
    expect(answered.status).toBe(200);
    expect(await (await fetch(`${url}/api/v1/health`)).json()).toMatchObject({ status: 'degraded' });
    expect(service.err()).toContain('NPCs remember nothing');
  });

  it.each([
    [{ AI_MODEL: 'm' }, 'AI_MODEL names a model, and no server is set'],
    [{ AI_FALLBACK: 'maybe' }, 'AI_FALLBACK is "maybe"'],
    [{ AI_PROFANITY_FILE: 'missing.txt' }, 'Mend AI_PROFANITY_FILE'],
  ])('does not start with %j', async (env, message) => {
    const service = runWith(env, '--port', '0');
    expect(await service.exited).toEqual([78, null]);
    expect(service.err()).toMatch(/^ERROR bad_settings: /m);
    expect(service.err()).toContain(message);
  });

  it('names the file and the key of a persona that cannot be used', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'personas-'));
    try {
      await writeFile(join(folder, 'guard.yaml'), 'name: Guard\nrole: guard\n');
      const service = run('--port', '0', '--personas', folder);
      expect(await service.exited).toEqual([78, null]);
      expect(service.err()).toContain(
        `ERROR persona_invalid: The persona file ${join(folder, 'guard.yaml')}`,
      );
      expect(service.err()).toMatch(/^ {2}place: /m);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
