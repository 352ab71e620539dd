import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newFolder, querySqlite, runCli, startCli, useCli } from '../support/cli-process.ts';
import { waitFor } from '../support/wait-for.ts';

useCli();

const LOGS = { LOG_FOLDER: 'logs' };
/** 2026-11-29 19:54:41.719 */
const TIME = String.raw`\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\]`;

it('worker and service each write a file with lines for people, say which, and print no lines', async () => {
  const cwd = newFolder();
  const database = ['--database', 'sqlite:queue.sqlite'];
  const worker = startCli(['worker', ...database], { cwd, env: LOGS });
  const service = startCli(['service', '--port', '0', ...database], { cwd, env: LOGS });
  const textOf = (name: string) => readFileSync(join(cwd, 'logs', name), 'utf8');
  await waitFor(() => /Worker started/.test(textOf('ai-ipc-worker.log')), { what: 'the line of the worker' });
  await service.waitForOutput(/listens on/);
  for (const program of [worker, service]) program.signal('SIGTERM');

  const [ofWorker, ofService] = [await worker.ended, await service.ended];
  expect(ofWorker).toMatchObject({ exitCode: 0, stdout: '' });
  expect(ofWorker.stderr).toBe(`Log file: ${join(cwd, 'logs', 'ai-ipc-worker.log')}\n`);
  expect(textOf('ai-ipc-worker.log')).toMatch(new RegExp(`^${TIME} INFO: Worker stopped$`, 'm'));
  expect(ofService.stderr).toBe(`Log file: ${join(cwd, 'logs', 'ai-ipc-service.log')}\n`);
  expect(ofService.exitCode).toBe(0);
});

it('the error that ends a worker is in its file, too', async () => {
  const cwd = newFolder();
  const ended = await runCli(['worker', '--database', 'sqlite:no/such/folder/queue.sqlite'], {
    cwd,
    env: LOGS,
  });
  const [, reason = ''] = /^ERROR \w+: (.+)$/m.exec(ended.stderr) ?? [];
  expect(reason).toContain('Cannot make the folder');
  const text = readFileSync(join(cwd, 'logs', 'ai-ipc-worker.log'), 'utf8');
  expect(text).toMatch(new RegExp(`^${TIME} ERROR: Ended by an error$`, 'm'));
  expect(text).toContain(JSON.stringify(reason));
});

it('a log folder that cannot be made ends the start with 78 and the setting', async () => {
  const cwd = newFolder();
  writeFileSync(join(cwd, 'logs'), 'a file');
  const ended = await runCli(['worker', '--database', 'sqlite:queue.sqlite'], { cwd, env: LOGS });
  expect(ended).toMatchObject({ exitCode: 78, stdout: '' });
  expect(ended.stderr).toMatch(
    /^ERROR bad_settings: The log file .*ai-ipc-worker\.log cannot be written .*LOG_FOLDER/,
  );
});

it('request takes its data from a file or from standard input, as editors and shells write them', async () => {
  const cwd = newFolder();
  const data = { message: 'ที่ไหน?' };
  mkdirSync(join(cwd, 'data'));
  writeFileSync(join(cwd, 'data', 'bom.json'), `\ufeff${JSON.stringify(data)}\r\n`);
  writeFileSync(
    join(cwd, 'data', 'powershell.json'),
    Buffer.from(`\ufeff${JSON.stringify(data)}`, 'utf16le'),
  );
  writeFileSync(join(cwd, 'data', 'ansi.json'), Buffer.from('{"message":"S\xe1bio"}', 'latin1'));
  const database = ['--database', 'sqlite:queue.sqlite'];
  const ask = (given: string) => ['request', 'dialogue', '/api/v1/npc/dialogue', given, ...database];

  expect(await runCli(ask('@data/bom.json'), { cwd })).toMatchObject({ exitCode: 0, stdout: '1\n' });
  expect(await runCli(ask('@data/powershell.json'), { cwd })).toMatchObject({ exitCode: 0, stdout: '2\n' });
  const piped = startCli(ask('-'), { cwd });
  piped.type(JSON.stringify(data));
  piped.endInput();
  expect(await piped.ended).toMatchObject({ exitCode: 0, stdout: '3\n' });

  const stored = querySqlite(join(cwd, 'queue.sqlite'), 'SELECT request_data FROM ai_requests ORDER BY id');
  expect(stored.map((row) => JSON.parse(String(row['request_data'])))).toEqual([data, data, data]);

  const refusals: readonly (readonly [string, number, RegExp])[] = [
    ['@data/ansi.json', 2, /bad_argument: data\/ansi\.json, line 1: this is not UTF-8 text/],
    ['@data/none.json', 2, /bad_argument: data\/none\.json cannot be read \(ENOENT/],
    ['@', 2, /bad_argument: @ is followed by no name/],
    ['{message:Hello}', 1, /bad_json: .*@FILE, or - for standard input/],
  ];
  for (const [given, exitCode, words] of refusals) {
    const refused = await runCli(ask(given), { cwd });
    expect(refused).toMatchObject({ exitCode, stdout: '-1\n' });
    expect(refused.stderr).toMatch(words);
  }
});
