import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { ALL_SETTINGS, SECRETS } from '../../src/config/schema.ts';
import { fileVariable } from '../../src/config/secret-files.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const pages = ['.', 'docs', 'deploy'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
const commands = [...read('src/cli/main.ts').matchAll(/^ {2}(\w+): async \(\) => \(await import/gm)].map(
  ([, name]) => name,
);
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);

it('the pages are found', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/design.md', 'deploy/README.md']));
  expect(commands).toContain('worker');
});

it.each(pages)('%s links only to what is there', (path) => {
  const targets = [...read(path).matchAll(/\]\((?!https?:)([^)#\s]+)[^)]*\)/g)].map(
    ([, target]) => target ?? '',
  );
  expect(targets.filter((target) => !existsSync(join(ROOT, dirname(path), target)))).toEqual([]);
});

it.each(pages)('%s names only commands, scripts and files that there are', (path) => {
  const text = read(path);
  const named = [...text.matchAll(/(?:^|`|npx |\$\()ai-ipc ([a-z]+)/gm)].map(([, name]) => name ?? '');
  expect(named.filter((name) => !commands.includes(name))).toEqual([]);

  const run = [...text.matchAll(/npm run (\w+)/g)].map(([, name]) => name ?? '');
  expect(run.filter((name) => !scripts.includes(name))).toEqual([]);

  const files = [...text.matchAll(/`((?:src|test|docs|deploy|bench|bin|sql-files)\/[\w./-]+)`/g)].map(
    ([, file]) => file ?? '',
  );
  const laterOrExample = /NNNN_what|src\/custom/;
  expect(files.filter((file) => !laterOrExample.test(file) && !existsSync(join(ROOT, file)))).toEqual([]);
});

it('the messages that docs/operations.md explains are those of the log', () => {
  const source = ['observability/log-subscriber', 'observability/service-outage', 'cli/worker']
    .map((file) => read(`src/${file}.ts`))
    .join('');
  const messages = [...read('docs/operations.md').matchAll(/^\| (?:INFO|WARN|ERROR) \| `(.+?)` \|/gm)].map(
    ([, message]) => message ?? '',
  );
  expect(messages.length).toBeGreaterThan(10);
  expect(messages.filter((message) => !source.includes(`'${message}'`))).toEqual([]);
});

it('the variables that the pages name are settings', () => {
  const files = SECRETS.map(({ variable }) => fileVariable(variable));
  // The last one is of `ai-ipc setup` alone.
  const known: readonly string[] = [
    ...ALL_SETTINGS.map((setting) => setting.variable),
    ...files,
    'DB_ADMIN_PASSWORD_FILE',
  ];
  const pattern =
    /`(?:DB|AI_SERVICE|POLL|BATCH|CLEANUP|RETENTION|TIMEOUT|MAX|CONCURRENCY|DOORBELL|LOG|SQLITE)(?:_[A-Z]+)*`/g;
  const named = pages.flatMap((path) =>
    [...read(path).matchAll(pattern)].map(([name]) => `${path}: ${name}`),
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((name) => !known.some((variable) => name.endsWith(`\`${variable}\``)))).toEqual([]);
});
