import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder, runCli, serving, startCli, useCli } from '../support/cli-process.ts';

const NOT_CHOSEN = /No DB_HOST, DB_NAME, DB_USER or DB_PASSWORD is set .*For MariaDB set these four/;

useCli();

/** What a worker that runs says until it serves. */
async function startOfWorker(args: string[], options: Parameters<typeof startCli>[1] = {}): Promise<string> {
  const worker = startCli(['worker', ...args], options);
  await serving(worker);
  return (await worker.stop('SIGTERM')).stdout;
}

function warningsIn(stdout: string): unknown[] {
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return lines.filter(({ level }) => level === 'WARN').map(({ warning }) => warning);
}

describe('where nothing chose the database', () => {
  it('a worker warns once that it serves the embedded one, with the place of .env and how to name MariaDB', async () => {
    const cwd = newFolder();

    const warnings = warningsIn(await startOfWorker([], { cwd }));

    expect(warnings).toEqual([expect.stringMatching(NOT_CHOSEN)]);
    expect(warnings[0]).toContain(`${join(cwd, '.env')}, which is not there`);
  });

  it('migrate says the same', async () => {
    const { exitCode, stdout } = await runCli(['migrate']);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Database: SQLite .*\nWARNING No DB_HOST/);
    expect(stdout).toMatch(NOT_CHOSEN);
  });
});

describe('where the embedded database was chosen, nobody is warned', () => {
  it.each([
    ['by --database', ['--database', 'sqlite'], {}, ''],
    ['by SQLITE_FILE', [], { SQLITE_FILE: 'queue.sqlite' }, ''],
    ['in the file', [], {}, 'database: {sqlite: {file: ./queue.sqlite}}'],
  ])('%s', async (_, args, env: Record<string, string>, yaml) => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'inference_config.yaml'), yaml);

    expect(warningsIn(await startOfWorker(args, { cwd, env }))).toEqual([]);
    expect((await runCli(['migrate', ...args], { cwd, env })).stdout).not.toContain('WARNING');
  });

  it('nor by the demo, which has a database of its own', async () => {
    const { exitCode, stdout, stderr } = await runCli(['demo']);

    expect(exitCode).toBe(0);
    expect(stdout + stderr).not.toMatch(/WARN|DB_HOST/);
  });
});

describe('a misspelt name in .env and a secret that a # may cut, but not other programs’ names,', () => {
  async function expectWarnings(
    command: string,
    isReady: RegExp,
    stream: 'stdout' | 'stderr',
  ): Promise<void> {
    const cwd = newFolder();
    writeFileSync(
      join(cwd, '.env'),
      'POLL_INTERVALL_MS=50\nHOME_TOWN=Prontera\nAI_SERVICE_KEY=open #sesame\n',
    );
    const port = command === 'service' ? ['--port', '0'] : [];

    const running = startCli([command, '--database', 'sqlite', ...port], { cwd });
    await running.waitForOutput(isReady);
    const said = (await running.stop('SIGTERM'))[stream];

    expect(warningsIn(said)).toEqual([
      expect.stringContaining('line 3: AI_SERVICE_KEY has a # after a space'),
      expect.stringContaining(
        'POLL_INTERVALL_MS is no setting and does nothing here. Did you mean POLL_INTERVAL_MS?',
      ),
    ]);
    expect(said).not.toContain('sesame');
  }

  it('are told by a worker', () => expectWarnings('worker', /Worker started/, 'stdout'));
  it('are told by an AI service', () => expectWarnings('service', /AI service listens/, 'stderr'));
});
