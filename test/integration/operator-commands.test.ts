import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueueStore } from '../../src/queue/queue-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { COMPLETED, FAILED, RETRY, settled, WORKER } from '../conformance/arrange.ts';
import {
  mariadbEnv,
  mariadbOption,
  newFolder,
  runCli,
  startOnTerminal,
  useCli,
} from '../support/cli-process.ts';
import { newRequest } from '../support/new-request.ts';
import type { ProgramResult } from '../support/program-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

useCli();

/** What a hostile NPC's name would do to a terminal. */
const HOSTILE = 'Evil\u001b[2J\u001b]0;owned\u0007 NPC';

let mariadb: TestDatabase;
let sqliteFile: string;

beforeAll(async () => {
  mariadb = await createTestDatabase();
  await runCli(['migrate', ...mariadbOption(mariadb)], { env: mariadbEnv(mariadb) });
  sqliteFile = join(newFolder('file'), 'queue.sqlite');
});
afterAll(() => mariadb.drop());

const PLACES = {
  MariaDB: {
    args: () => mariadbOption(mariadb),
    env: () => mariadbEnv(mariadb),
    open: () =>
      openStore({
        kind: 'mariadb',
        ...mariadb.settings,
        socketPath: null,
        sslCaFile: null,
        minPoolSize: 0,
        maxPoolSize: 3,
      }),
  },
  SQLite: {
    args: () => ['--database', `sqlite:${sqliteFile}`],
    env: () => ({}),
    open: () => openStore({ kind: 'sqlite', file: sqliteFile }),
  },
} as const;

describe.each(Object.keys(PLACES) as (keyof typeof PLACES)[])('on %s', (kind) => {
  const place = PLACES[kind];
  const ids = { healed: 0, failed: 0, pending: 0 };
  const run = (...args: string[]): Promise<ProgramResult> =>
    runCli([...args, ...place.args()], { env: { ...place.env(), USER: 'tester' } });

  beforeAll(async () => {
    const store = await place.open();
    try {
      await seed(store, ids);
    } finally {
      await store.close();
    }
  });

  it('requests lists what the filters mean, and never what moves the cursor', async () => {
    const { exitCode, stdout } = await run('requests', '--status', 'failed', 'pending', '--since', '1h');
    expect(exitCode).toBe(0);
    const [titles, ...lines] = stdout.trimEnd().split('\n');
    expect(titles).toMatch(/^ *ID {2}MADE .*STATUS .*NPC .*ERROR$/);
    expect(lines.map((line) => line.trim().split(/\s+/)[0])).toEqual([
      String(ids.pending),
      String(ids.failed),
    ]);
    expect(lines[1]).toContain('Evil NPC');
    expect(lines[1]).toMatch(/ai_client_error$/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may come through.
    expect(stdout).not.toMatch(/[\u001b\u0007]/);
  });

  it('requests gives ids for other commands, a count, and pages as JSON', async () => {
    expect((await run('requests', '--ids', '--status', 'failed')).stdout).toBe(`${ids.failed}\n`);
    expect((await run('requests', '--count', '--search', 'sword')).stdout).toBe('1\n');
    const first = await run('requests', '--json', '--limit', '2');
    const page = JSON.parse(first.stdout) as { requests: { id: number }[]; next: number };
    expect(page.requests.map(({ id }) => id)).toEqual([ids.pending, ids.failed]);
    const second = await run('requests', '--limit', '2', '--before', String(page.next));
    expect(second.stdout).toContain(` ${ids.healed} `.trim());
    expect(second.stdout.trimEnd().split('\n')).toHaveLength(2);
    const more = await run('requests', '--limit', '1');
    expect(more.stderr).toContain(`There are more than these 1: go on with --before ${ids.pending}`);
  });

  it('show tells where the time of a request went, and what mended it', async () => {
    const { exitCode, stdout } = await run('show', String(ids.healed));
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      `Request ${ids.healed}: completed at attempt 2: what went wrong before has healed by itself`,
    );
    expect(stdout).toMatch(
      /waited .*\n {2}AI, attempt 1 .*\n {2}settle .*\n {2}waited .*\n {2}AI, attempt 2 .*\n {2}settle .*\n {2}in all/,
    );
    expect(stdout).toMatch(/retried +attempt 1 +7 ms +ai_server_error/);
    expect(stdout).toContain('  "message": "Hello AI",');
    expect(stdout).toContain('    "text": "Welcome to Prontera."');
    const json = JSON.parse((await run('show', '--json', String(ids.failed))).stdout) as Record<
      string,
      unknown
    >;
    expect(json).toMatchObject({
      verdict: 'failed',
      request: { errorCode: 'ai_client_error' },
      stretches: [{ kind: 'waited' }, { kind: 'ai' }, { kind: 'settle' }],
    });
  });

  it('show of a request that is not there says so', async () => {
    const { exitCode, stderr } = await run('show', '987654');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('ERROR bad_id: There is no request 987654.');
  });

  it('stats answers the queries of the document, all or one', async () => {
    const { stdout } = await run('stats');
    expect(stdout).toMatch(
      /^Queue depth +1 pending, the oldest for .*; 0 processing +now\nWorkers +none lives: nothing is served/,
    );
    expect(stdout).toMatch(
      /Request rate +3 requests, .*\nRequest throughput +1 answers, .*\nSuccess rate +33\.3 %; 1 failed, 0 timed out, 0 cancelled/,
    );
    expect((await run('stats', 'pending')).stdout).toBe('1\n');
    expect(JSON.parse((await run('stats', '--json')).stdout)).toMatchObject({
      pending: 1,
      total: 3,
      completed: 1,
      failed: 1,
      avg_ms: 24.5,
      workers: 0,
    });
  });

  it('top --once prints one picture, and its JSON', async () => {
    const { exitCode, stdout } = await run('top', '--once', '--window', '1h');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Pending +1, the oldest for .*: no worker lives\n +by priority {2}5: 1/);
    expect(stdout).toMatch(/The last hour\nRequests +3, /);
    expect(stdout).toMatch(/Last errors\n.*request \d+ {2}failed {2}ai_client_error/);
    const json = JSON.parse((await run('top', '--once', '--json')).stdout) as Record<string, unknown>;
    expect(json).toMatchObject({
      window: '15m',
      pending: { requests: 1 },
      traffic: { requests: 3, healed: 1 },
    });
  });

  it('retry asks a failed request again as a new one, and says who did it', async () => {
    const { exitCode, stdout, stderr } = await run('retry', String(ids.failed), String(ids.pending));
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^\d+\n$/);
    const copy = stdout.trim();
    expect(stderr).toContain(
      `Request ${ids.failed} is asked again as ${copy}.\nRequest ${ids.pending} is not asked again: it is pending yet.`,
    );
    const shown = await run('show', String(ids.failed));
    expect(shown.stdout).toMatch(new RegExp(`resent +by \\S+ {2}as request ${copy}`));
    expect((await run('status', copy)).stdout).toBe('1\n');
    const json = JSON.parse((await run('retry', '--json', '--timeout', '60', String(ids.failed))).stdout) as {
      done: { as: number }[];
    };
    expect(json).toEqual({ done: [{ id: ids.failed, as: expect.any(Number) as number }], refused: [] });
  });
});

async function seed(
  store: QueueStore,
  ids: { healed: number; failed: number; pending: number },
): Promise<void> {
  const insert = async (changes: Parameters<typeof newRequest>[0]) =>
    (await store.insert([newRequest(changes)]))[0]!;
  const claimOne = async () => (await store.claim(WORKER, 1))[0]!;
  ids.healed = await insert({ sourceNpc: 'Sage' });
  await store.settle(WORKER, [settled(await claimOne(), { ...RETRY, delayMs: 0 }, 7)]);
  await store.settle(WORKER, [settled(await claimOne(), COMPLETED, 42)]);
  ids.failed = await insert({ sourceNpc: HOSTILE, data: '{"message":"The lost Sword"}' });
  await store.settle(WORKER, [settled(await claimOne(), FAILED, 7)]);
  ids.pending = await insert({ timeoutSeconds: 600 });
}

describe('what is not there, or wrong', () => {
  it('a SQLite file that nobody made is refused, and not made', async () => {
    const { exitCode, stderr } = await runCli(['top', '--once', '--database', 'sqlite:nowhere.sqlite']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/ERROR storage_failed: The SQLite file .*nowhere\.sqlite is not there/);
  });

  it.each([
    [
      ['requests', '--since', 'yesterday'],
      'bad_argument: --since "yesterday" is no time. Write an age such as 15m',
    ],
    [['requests', '--limit', '0'], 'bad_argument: --limit 0 is not from 1 to 10,000.'],
    [['requests', '--status', 'lost'], "argument 'lost' is invalid. Allowed choices are pending, "],
    [['top', '--every', '0'], 'It is a number of seconds, from 0.5 to 3600.'],
    [['stats', 'depth'], 'Allowed choices are pending, '],
    [['retry', 'seven'], 'bad_id: The id "seven" is not a whole number.'],
  ])('%j', async (args, message) => {
    const { exitCode, stderr } = await runCli([...args, ...PLACES.SQLite.args()]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(message);
  });
});

describe('top on a terminal', () => {
  const start = () => startOnTerminal(['top', '--every', '0.5', ...PLACES.SQLite.args()]);

  it('is drawn over itself, shows what comes in, and gives the terminal back at q', async () => {
    const top = start();
    await top.waitForOutput(/Pending.*Last errors/s);
    const store = await PLACES.SQLite.open();
    await store.insert([newRequest({ priority: 9 }), newRequest({ priority: 9 })]);
    await store.close();
    await top.waitForOutput(/by priority .*9: 2/);
    top.type('w');
    await top.waitForOutput(/The last hour/);
    top.type('q');
    const { exitCode, stdout } = await top.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('\u001b[?1049h\u001b[?25l');
    expect(stdout.trimEnd().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    // Never cleared in between: that is what flickers.
    expect(stdout).not.toContain('\u001b[2J');
  });

  it('is ended by Ctrl-C as by q', async () => {
    const top = start();
    await top.waitForOutput(/Last errors/);
    top.type('\u0003');
    const { exitCode, stdout } = await top.ended;
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
  });
});

describe('completion', () => {
  it('of bash offers commands, subcommands, options and the values of options', async () => {
    const { stdout } = await runCli(['completion', 'bash']);
    const folder = newFolder();
    writeFileSync(join(folder, 'ai-ipc'), stdout);
    const script = `source "$1/ai-ipc"
      try() { COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMPREPLY=(); _ai_ipc; echo "\${COMPREPLY[*]}"; }
      try ai-ipc re; try ai-ipc rathena inst; try ai-ipc requests --status t; try ai-ipc requests --npc t; try ai-ipc top --on
      try ai-ipc completion ''; try ai-ipc --config x requests --se; complete -p ai-ipc`;
    const lines = execFileSync('bash', ['--norc', '-c', script, 'bash', folder], { encoding: 'utf8' }).split(
      '\n',
    );
    expect(lines.slice(0, 7)).toEqual([
      'requests retry request response',
      'install',
      'timeout',
      '',
      '--once',
      '--help bash zsh fish',
      '--search',
    ]);
    expect(lines[7]).toContain('_ai_ipc ai-ipc');
  });

  it.each(['zsh', 'fish'])('of %s has each command with what it is for', async (shell) => {
    const { stdout } = await runCli(['completion', shell]);
    const { stdout: help } = await runCli(['--help']);
    const commands = [...help.matchAll(/^ {2}([a-z]+) {2,}/gm)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'help');
    expect(commands.length).toBeGreaterThan(20);
    for (const name of commands)
      expect(stdout).toMatch(new RegExp(shell === 'zsh' ? `'${name}:` : `-a ${name} -d '`));
    expect(stdout).toContain('list requests');
    expect(stdout).toContain('pending');
  });
});

describe('progress', () => {
  it('is drawn on a terminal, and taken away in the end', async () => {
    const folder = newFolder();
    const args = ['export', join(folder, 'queue.ndjson'), ...PLACES.SQLite.args()];
    const { exitCode, stdout } = await startOnTerminal(args).ended;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\rExporting {2}[█░]+ +\d+ % {2}[\d,]+ of [\d,]+ rows/);
    expect(stdout).toContain('rows\u001b[K\r\u001b[Kai_requests: ');
  });

  it('is never in a log', async () => {
    const { exitCode, stderr } = await runCli(['export', '-', ...PLACES.SQLite.args()]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/ai_requests: \d+ rows/);
    expect(stderr).not.toMatch(/\r|Exporting/);
  });
});
