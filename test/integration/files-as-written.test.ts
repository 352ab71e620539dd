import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { OWN_PERSONAS, personaPaths, readPersona } from '../../src/mind/persona/persona-book.ts';
import { newFolder, runCli, runCliAsMereUser, startCli, urlOf, useCli } from '../support/cli-process.ts';
import { posting } from '../support/json-body.ts';

useCli();

/** What Notepad, Excel and PowerShell of Windows make of a text. */
const UTF8 = (text: string) => Buffer.from(text);
const WITH_MARK = (text: string) => Buffer.from(`\uFEFF${text}`);
const CRLF = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'));
const UTF16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');
const ANSI = (text: string) => Buffer.from(text, 'latin1');
const NBSP = (text: string) => Buffer.from(text.replace('=', '=\u00a0'));

const ENV = 'DB_NAME=jogo_são\nDB_USER=u\nDB_PASSWORD=s\n';
const YAML = 'ipc_worker:\n  batch_size: 7\n# são\n';
const PERSONA = readFileSync(join(OWN_PERSONAS, 'neutral.yaml'), 'utf8').replace(
  /^name: .*$/m,
  'name: Sábio',
);

function folderWith(files: Readonly<Record<string, Buffer>>): string {
  const folder = newFolder();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

describe('.env', () => {
  it.each([
    ['UTF-8', UTF8],
    ['a byte order mark', WITH_MARK],
    ['CRLF', CRLF],
    ['UTF-16', UTF16],
  ] as const)('with %s is read right', (_, encode) => {
    const { database } = loadSettings({ env: {}, cwd: folderWith({ '.env': encode(ENV) }) });
    expect(database).toMatchObject({ kind: 'mariadb', database: 'jogo_são', user: 'u', password: 's' });
  });

  it.each([
    ['in ANSI', { '.env': ANSI(ENV) }, /\.env, line 1: this is not UTF-8 text/],
    ['with a blank of the web', { '.env': NBSP(ENV) }, /\.env, line 1: DB_NAME begins or ends with a blank/],
    ['as .env.txt', { '.env.txt': UTF8(ENV) }, /\.env is not there, but \.env\.txt is\. Take \.txt off/],
  ] as const)('%s is refused', (_, files, words) => {
    expect(() => loadSettings({ env: {}, cwd: folderWith(files) })).toThrow(words);
  });

  it('that this user may not read is told with sudo', async () => {
    const cwd = folderWith({ '.env': UTF8(ENV) });
    chmodSync(join(cwd, '.env'), 0);
    const refused = await runCliAsMereUser(['config', 'check'], { cwd });
    expect(refused).toMatchObject({ exitCode: 78 });
    expect(refused.stderr).toMatch(/cannot be read \(EACCES.*put sudo in front .*sudo chown/);
  });
});

describe('inference_config.yaml', () => {
  it.each([
    ['a byte order mark', WITH_MARK],
    ['CRLF', CRLF],
    ['UTF-16', UTF16],
  ] as const)('with %s is read right', (_, encode) => {
    const cwd = folderWith({ 'inference_config.yaml': encode(YAML) });
    expect(loadSettings({ env: {}, cwd }).worker.batchSize).toBe(7);
  });

  it.each([
    ['in ANSI', { 'inference_config.yaml': ANSI(YAML) }, /inference_config\.yaml, line 3: this is not UTF-8/],
    ['as .yaml.txt', { 'inference_config.yaml.txt': UTF8(YAML) }, /Take \.txt off its name/],
  ] as const)('%s is refused', (_, files, words) => {
    expect(() => loadSettings({ env: {}, cwd: folderWith(files) })).toThrow(words);
  });
});

describe('a persona', () => {
  it.each([
    ['a byte order mark', WITH_MARK],
    ['CRLF', CRLF],
    ['UTF-16', UTF16],
  ] as const)('with %s is read right', async (_, encode) => {
    const [path] = await personaPaths(folderWith({ 'Sage.YAML': encode(PERSONA) }));
    expect(await readPersona(path!)).toMatchObject({ id: 'Sage', name: 'Sábio' });
  });

  it('in ANSI is refused', async () => {
    const [path] = await personaPaths(folderWith({ 'sage.yaml': ANSI(PERSONA) }));
    await expect(readPersona(path!)).rejects.toThrow(/sage\.yaml, line \d+: this is not UTF-8/);
  });

  it('as sage.yaml.txt is refused, not passed by', async () => {
    await expect(personaPaths(folderWith({ 'sage.yaml.txt': UTF8(PERSONA) }))).rejects.toMatchObject({
      code: 'persona_invalid',
      message: expect.stringMatching(/sage\.yaml\.txt ends in \.txt/),
    });
  });
});

describe('a list of words', () => {
  const start = (bytes: Buffer) => {
    const cwd = folderWith({ 'words.txt': bytes });
    return { cwd, env: { AI_PROFANITY_FILE: join(cwd, 'words.txt') } };
  };

  it('in UTF-16 with CRLF hides its words', async () => {
    const service = startCli(['service', '--port', '0'], start(UTF16('palavrão\r\nfeio\r\n')));
    const url = await urlOf(service);
    const body = JSON.stringify({ npc_id: 'x', message: 'my name is Feio' });
    const answer = await fetch(`${url}/api/v1/npc/dialogue`, posting(body));
    expect(await answer.text()).not.toMatch(/feio/i);
  });

  it('in ANSI is refused', async () => {
    const refused = await runCli(['service', '--port', '0'], start(ANSI('feio\npalavr\u00e3o\n')));
    expect(refused).toMatchObject({ exitCode: 78 });
    expect(refused.stderr).toMatch(/words\.txt, line 2: this is not UTF-8 text/);
  });
});

it('quotes and blanks that cmd makes part of a value are told', async () => {
  const { stdout, stderr } = await runCli(['config', 'check'], {
    env: { DB_PASSWORD: '"pw"', DB_USER: 'u ' },
  });
  expect(`${stdout}${stderr}`).toMatch(/DB_PASSWORD in the environment has quotes around it/);
  expect(`${stdout}${stderr}`).toMatch(/DB_USER in the environment has a blank at an end/);
  expect(`${stdout}${stderr}`).not.toContain('pw');
});
