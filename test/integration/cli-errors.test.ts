import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder, querySqlite, runCli, runCliWithin, useCli } from '../support/cli-process.ts';

useCli();

const COMMANDS = [
  'demo',
  'worker',
  'service',
  'migrate',
  'config',
  'selftest',
  'bench',
  'rathena',
  'npcs',
  'memory',
  'persona',
  'talk',
  'request',
  'response',
  'status',
  'cancel',
  'cleanup',
  'ask',
];

describe('bad input to a client command: -1 on stdout, the reason on stderr, and nothing is stored', () => {
  it.each([
    ['an endpoint with a scheme', 'bad_endpoint', ['request', 't', 'http://evil.example/x']],
    ['an endpoint with //', 'bad_endpoint', ['request', 't', '//evil.example/x']],
    ['an endpoint with ..', 'bad_endpoint', ['request', 't', '/a/../b']],
    ['an endpoint with #', 'bad_endpoint', ['request', 't', '/a#b']],
    ['an endpoint with a backslash', 'bad_endpoint', ['request', 't', '/a\\b']],
    ['an endpoint with %2e', 'bad_endpoint', ['request', 't', '/a/%2E%2e/b']],
    ['an endpoint with %2f', 'bad_endpoint', ['request', 't', '/a%2Fb']],
    ['an endpoint with %5c', 'bad_endpoint', ['request', 't', '/a%5cb']],
    ['an endpoint with a control byte', 'bad_endpoint', ['request', 't', '/a\tb']],
    ['an endpoint over 255 bytes', 'bad_endpoint', ['request', 't', `/${'a'.repeat(255)}`]],
    ['a type over 50 bytes', 'bad_type', ['request', 'é'.repeat(26), '/a']],
    ['an empty type', 'bad_type', ['request', '', '/a']],
    ['data that is not JSON', 'bad_json', ['request', 't', '/a', '{"message": "un"escaped"}']],
    ['data over 65,535 bytes', 'data_too_large', ['request', 't', '/a', `"${'x'.repeat(65_534)}"`]],
    ['an id that is a word', 'bad_id', ['status', 'seven']],
    ['an id above 2^53', 'id_too_large', ['response', '9007199254740993']],
  ])('%s: %s', async (_, code, args) => {
    const file = join(newFolder(), 'queue.sqlite');

    const { exitCode, stdout, stderr } = await runCli([...args, '--database', `sqlite:${file}`]);

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '-1\n' });
    expect(stderr).toMatch(new RegExp(`^ERROR ${code}: [A-Z].+\\.$`, 'm'));
    expect(querySqlite(file, 'SELECT id FROM ai_requests')).toEqual([]);
  });

  it('a number that is none is a mistake in the call: exit code 2', async () => {
    for (const args of [
      ['request', 't', '/a', '{}', 'high'],
      ['request', 't', '/a', '{}', '5', '10s'],
      ['cleanup', '1h'],
      ['ask', 'Hello', '--timeout', 'long'],
    ]) {
      const { exitCode, stdout, stderr } = await runCli(args);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '-1\n' });
      expect(stderr).toContain('is not a whole number');
    }
  });

  it('--json tells code and message', async () => {
    const { exitCode, stdout } = await runCli(['request', 't', 'a', '--json']);

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'bad_endpoint', message: expect.stringContaining('does not begin with /') },
    });
  });

  it('exactly 65,535 bytes of data and 255 of endpoint are taken', async () => {
    const data = `"${'x'.repeat(65_533)}"`;

    expect(await runCli(['request', 't', `/${'a'.repeat(254)}`, data])).toMatchObject({ stdout: '1\n' });
  });
});

describe('a database that cannot be used', () => {
  it('a folder that nobody may write to', async () => {
    const { exitCode, stdout, stderr } = await runCli([
      'status',
      '1',
      '--database',
      'sqlite:/sys/kernel/q.sqlite',
    ]);

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '-1\n' });
    expect(stderr).toMatch(/^ERROR storage_failed: .*\/sys\/kernel.*can be written/m);
  });

  it('a file that is no database is told, and left as it is', async () => {
    const file = join(newFolder(), 'notes.txt');
    writeFileSync(file, 'Dear diary, '.repeat(500));

    const { exitCode, stderr } = await runCli(['status', '1', '--database', `sqlite:${file}`]);

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR storage_failed: .*notes\.txt.*not a database/m);
    expect(statSync(file).size).toBe(6_000);
  });

  it('a disk that is full refuses the request and loses none of those before', async () => {
    const file = join(newFolder(), 'queue.sqlite');
    const where = ['--database', `sqlite:${file}`];
    await runCli(['request', 'first', '/a', ...where]);

    const data = `"${'x'.repeat(65_000)}"`;
    const failed = await runCliWithin(40, ['request', 'second', '/a', data, ...where]);
    expect(failed).toMatchObject({ exitCode: 1, stdout: '-1\n' });
    expect(failed.stderr).toMatch(/^ERROR storage_failed: .*has room/m);

    expect(await runCli(['request', 'third', '/a', ...where])).toMatchObject({ exitCode: 0 });
    expect(querySqlite(file, 'SELECT request_type FROM ai_requests ORDER BY id')).toEqual([
      { request_type: 'first' },
      { request_type: 'third' },
    ]);
  });

  it('MariaDB without a password set says where to set it: exit code 78', async () => {
    const { exitCode, stdout, stderr } = await runCli(['status', '1', '--database', 'mariadb']);

    expect({ exitCode, stdout }).toEqual({ exitCode: 78, stdout: '-1\n' });
    expect(stderr).toMatch(/^ERROR bad_settings: .*DB_PASSWORD/m);
  });
});

describe('mistakes on the command line: exit code 2', () => {
  it.each([
    [['stattus', '1'], /^ERROR unknown command 'stattus'\n\(Did you mean status\?\)/],
    [
      ['request', 't', '/a', '--databse', 'x'],
      /^ERROR unknown option '--databse'\n\(Did you mean --database\?\)/,
    ],
    [['service', '--prot', '1'], /^ERROR unknown option '--prot'\n\(Did you mean --port\?\)/],
    [['config', 'chekc'], /^ERROR unknown command 'chekc'\n\(Did you mean check\?\)/],
    [['status'], /^ERROR missing required argument 'id'/],
    [['status', '1', '2'], /^ERROR too many arguments for 'status'/],
    [['status', '1', '--config'], /^ERROR option '--config <FILE>' argument missing/],
  ])('%j', async (args, message) => {
    const { exitCode, stdout, stderr } = await runCli(args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('no command at all: the help', async () => {
    const { exitCode, stdout, stderr } = await runCli([]);

    expect(exitCode).toBe(2);
    expect(stdout + stderr).toContain('Usage: ai-ipc');
    for (const name of COMMANDS) expect(stdout + stderr).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
  });
});

describe('help', () => {
  it.each(COMMANDS)('ai-ipc %s --help', async (name) => {
    const { exitCode, stdout, stderr } = await runCli([name, '--help']);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: ai-ipc ${name}`));
    expect(stdout.replace(/\s+/g, ' ')).toContain(HELP_WORDS[name]!);
    // No line runs out of a terminal of 120 columns.
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it('ai-ipc --help lists every command; --version tells the version of the package', async () => {
    const help = await runCli(['--help']);
    expect(help.exitCode).toBe(0);
    for (const name of COMMANDS) expect(help.stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
    expect(await runCli(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});

/** What somebody who looks into a command's help must find there. */
const HELP_WORDS: Record<string, string> = {
  demo: 'npm start -- --database mariadb://ragnarok@127.0.0.1/ragnarok',
  worker: 'SIGUSR2 writes the Statistics line now',
  service: '--test-endpoints',
  migrate: '--yes',
  config: 'check',
  selftest: 'Timeout handling, Cleanup operations',
  bench: 'Your own tables and requests are not touched',
  rathena: 'install, check, uninstall',
  npcs: 'silence all NPCs',
  memory: 'what NPCs remember of players',
  persona: 'check',
  talk: 'without the queue',
  request: `ai-ipc request dialogue /api/v1/npc/dialogue '{"message":"Hello"}' 3 20`,
  response: 'an empty line while there is none',
  status: '0 not found, 1 pending, 2 processing, 3 completed, 4 failed, 5 timeout, 6 cancelled',
  cancel: 'print 1, or 0 when it had ended or never was',
  cleanup: '60 to 2592000, clamped',
  ask: 'a worker must be running',
};
