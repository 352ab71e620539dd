import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger, descriptor } from '../../src/base/logger.ts';
import { createService } from '../../src/service/server.ts';
import {
  newFolder,
  newFolderWithAiIpc,
  ROOT,
  runProgram,
  serving,
  startCli,
  urlOf,
  useCli,
} from '../support/cli-process.ts';
import { createTestDatabase } from '../support/test-database.ts';

const EXAMPLES = join(ROOT, 'examples');
const files = readdirSync(EXAMPLES).filter((file) => file.endsWith('.ts'));
const page = readFileSync(join(ROOT, 'docs/clients.md'), 'utf8');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

const service = createService({
  port: 0,
  logger: createLogger({ level: 'error', format: 'json', to: descriptor(2) }),
});
let serviceUrl = '';

beforeAll(async () => {
  ({ url: serviceUrl } = await service.start());
});
afterAll(() => service.stop());
useCli();

/** What an example prints, with or without a worker on its queue. */
async function outputOf(file: string, { hasWorker }: { hasWorker: boolean }): Promise<string> {
  const cwd = newFolder();
  const env = { AI_SERVICE_BASE_URL: serviceUrl };
  if (hasWorker) await serving(startCli(['worker'], { cwd, env }));
  const args = ['--import', join(ROOT, 'node_modules/tsx/dist/loader.mjs'), join(EXAMPLES, file)];
  const { exitCode, stdout, stderr } = await runProgram(process.execPath, args, { cwd });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

const EXPECTED: Readonly<Record<string, { readonly hasWorker: boolean; readonly output: RegExp }>> = {
  'ask.ts': { hasWorker: true, output: /^The sage says: .+\nrequest 1: completed\n$/ },
  'give-up.ts': { hasWorker: false, output: /^The wait was aborted; the request is cancelled\.\n$/ },
  'request-and-read.ts': { hasWorker: true, output: /^\{.+\}\n$/ },
  'request-many.ts': { hasWorker: false, output: /^3 requests, from 1 to 3\n$/ },
  'cancel.ts': { hasWorker: false, output: /^true true\n$/ },
  'cleanup.ts': { hasWorker: false, output: /^0 requests deleted\n$/ },
  'refused.ts': { hasWorker: false, output: /^bad_endpoint The endpoint "http:\/\/example\.com\/" / },
  'transaction.ts': { hasWorker: false, output: /^0\n$/ },
};

it.each(Object.entries(EXPECTED))('examples/%s does what it says', async (file, { hasWorker, output }) => {
  expect(await outputOf(file, { hasWorker })).toMatch(output);
});

it('every example is run above and stands in docs/clients.md as it is', () => {
  expect(files.sort()).toEqual(Object.keys(EXPECTED).sort());
  for (const file of files)
    expect(page).toContain(`\`\`\`ts\n${readFileSync(join(EXAMPLES, file), 'utf8')}\`\`\``);
});

it('the examples fit the types of the package', async () => {
  const { exitCode, stdout } = await runProgram(process.execPath, [TSC, '-p', EXAMPLES]);

  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
});

it('every function of the client is in docs/clients.md', async () => {
  const { AiIpc } = await import('../../src/client/index.ts');
  const functions = Object.getOwnPropertyNames(AiIpc.prototype).filter((name) => name !== 'constructor');

  for (const name of ['open', ...functions])
    expect(page, name).toMatch(new RegExp(`\\b(ai|AiIpc)\\.${name}\\(`));
});

it('it is installed in another project as docs/clients.md says', async () => {
  const [, script = ''] = /```bash\n(npm install [^`]+)```/.exec(page) ?? [];
  const cwd = newFolder();
  writeFileSync(join(cwd, 'package.json'), '{"type":"module"}');
  const { exitCode, stdout, stderr } = await runProgram(
    'bash',
    ['-euc', `${script.replace('../ai-ipc', ROOT)}node --eval "await import('ai-ipc')" --input-type=module`],
    { cwd },
  );

  expect(exitCode, stderr).toBe(0);
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^\d+\.\d+\.\d+/);
});

it('the shell commands of docs/clients.md work, one after the other', async () => {
  const cwd = newFolderWithAiIpc();
  const env = { AI_SERVICE_BASE_URL: serviceUrl };
  await serving(startCli(['worker'], { cwd, env }));
  const [, script = ''] = /```bash\n(ai-ipc ask[^`]+)```/.exec(page) ?? [];
  const { exitCode, stdout, stderr } = await runProgram('bash', ['-euo', 'pipefail', '-c', script], {
    cwd,
    env: { PATH: `${join(cwd, 'node_modules/.bin')}:${process.env['PATH']}` },
  });

  expect(exitCode, stderr).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(7);
  expect(lines.at(-1)).toBe('0');
});

it('service, worker and example of docs/clients.md fit together beside an .env that names MariaDB', async () => {
  const [, service = '', worker = '', example = ''] =
    /```bash\n(ai-ipc service .+)\n```\n```bash\n(ai-ipc worker .+)\n```\n```bash\n(npx tsx .+)\n```/.exec(
      page,
    ) ?? [];
  const cwd = newFolderWithAiIpc();
  writeFileSync(join(cwd, '.env'), readFileSync(join(ROOT, '.env.example')));
  symlinkSync(EXAMPLES, join(cwd, 'examples'));
  const wordsOf = (line: string) => line.replace(/ +#.*/, '').split(' ').slice(1);
  const listening = startCli([...wordsOf(service), '--port', '0'], { cwd });
  const env = { AI_SERVICE_BASE_URL: await urlOf(listening) };
  await serving(startCli(wordsOf(worker), { cwd, env }));

  const { exitCode, stdout, stderr } = await runProgram('bash', ['-ec', example], { cwd });

  expect(exitCode, stderr).toBe(0);
  expect(stdout).toMatch(EXPECTED['ask.ts']!.output);
});

it('the SQL of docs/clients.md works on MariaDB', async () => {
  const database = await createTestDatabase();
  await database.loadSqlFile(join(ROOT, 'sql-files/ai_ipc_tables.sql'));
  const blocks = [...page.matchAll(/```sql\n([^`]+)```/g)].map(([, block = '']) => block);
  expect(blocks).toHaveLength(2);

  const output = await database.runClient(blocks.join('\n'));

  expect(output).toContain('LAST_INSERT_ID()\n1\n');
  expect(output).toContain('pending\tNULL\tNULL\tNULL\tNULL');
  expect(await database.query('SELECT id, status FROM ai_requests')).toEqual([
    { id: 1, status: 'cancelled' },
  ]);
  await database.drop();
});
