import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { newFolder, ROOT, runProgram, useCli } from '../support/cli-process.ts';

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const PROGRAM = `import { AiIpc, AiIpcError, AI_REQ_PENDING, type AskResult, type DatabaseOptions } from 'ai-ipc';

const options: DatabaseOptions = { kind: 'sqlite', file: 'queue.sqlite' };
const ai = await AiIpc.open(options);
const id: number = await ai.request('dialogue', '/api/v1/npc/dialogue', { message: 'Hello' });
const status: number = await ai.status(id);
const cancelled: boolean = await ai.cancel(id);
const show = ({ text, error }: AskResult): string => error?.code ?? text;
try {
  await ai.request('dialogue', 'bad');
} catch (error) {
  if (!(error instanceof AiIpcError)) throw error;
  console.log(id, status === AI_REQ_PENDING, cancelled, error.code, typeof show);
}
await ai.close();
`;

let folder: string;

beforeEach(() => {
  folder = newFolder();
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
  symlinkSync(ROOT, join(folder, 'node_modules/ai-ipc'));
  symlinkSync(join(ROOT, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'));
});
useCli();

function node(...args: string[]) {
  return runProgram(process.execPath, args, { cwd: folder });
}

function compile(program: string) {
  writeFileSync(join(folder, 'program.ts'), program);
  const flags = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
  return node(TSC, ...flags, 'program.ts');
}

it('a program that imports the package compiles against its types and runs', async () => {
  expect(await compile(PROGRAM)).toMatchObject({ exitCode: 0, stdout: '' });

  expect(await node('program.js')).toMatchObject({
    exitCode: 0,
    stdout: '1 true true bad_endpoint function\n',
    stderr: '',
  });
});

it('an answer has the type that its asker names, and null where there is none', async () => {
  const program = `import { AiIpc } from 'ai-ipc';
interface Mood { readonly mood: string }
const ai = await AiIpc.open({ kind: 'sqlite', file: 'queue.sqlite' });
const { json } = await ai.ask<Mood>('mood', '/mood', {}, { timeoutSeconds: 1 });
const mood: string = json?.mood ?? 'none';
const later: Mood | null = (await ai.wait<Mood>(1, { timeoutSeconds: 1 })).json;
`;
  expect(await compile(program)).toMatchObject({ exitCode: 0, stdout: '' });
  expect((await compile(program.replace('json?.mood', 'json.mood'))).stdout).toContain(
    "'json' is possibly 'null'",
  );
});

it('source maps have their sources in them, since the package has no src', () => {
  const map = JSON.parse(readFileSync(join(ROOT, 'dist/client/ai-ipc.js.map'), 'utf8')) as {
    sourcesContent?: string[];
  };
  expect(map.sourcesContent?.[0]).toContain('export class AiIpc');
});

it('the types refuse what the commands would', async () => {
  const { exitCode, stdout } = await compile(PROGRAM.replace('const id: number', 'const id: string'));

  expect(exitCode).not.toBe(0);
  expect(stdout).toContain("Type 'number' is not assignable to type 'string'");
});

it('only what is meant for others can be imported', async () => {
  const { exitCode, stderr } = await node(
    '--input-type=module',
    '--eval',
    "import 'ai-ipc/dist/cli/main.js'",
  );

  expect(exitCode).toBe(1);
  expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
});
