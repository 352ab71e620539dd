import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const pages = ['.', 'docs', 'deploy'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

/** In a folder that has it not, npx asks the registry for a package of a name that nobody owns, and runs it. */
it.each(pages)('%s has no npx before ai-ipc, unless with --no', (path) => {
  const calls = read(path).match(/\bnpx (?:-\S+ )*ai-ipc\b/g) ?? [];
  expect(calls.filter((call) => call !== 'npx --no ai-ipc')).toEqual([]);
});

it('README.md puts ai-ipc on the PATH, and SECURITY.md says why it is not npx', () => {
  expect(read('README.md')).toContain('sudo ln -sf /opt/ai-ipc/bin/ai-ipc.js /usr/local/bin/ai-ipc');
  expect(read('SECURITY.md')).toMatch(/`npx --no`/);
});

/** A command without subcommands, by all its words. */
function leavesOf(command: Command, words = command.name()): [string, Command][] {
  if (command.commands.length === 0) return [[words, command]];
  return command.commands.flatMap((child) => leavesOf(child, `${words} ${child.name()}`));
}

it('the commands without --config and --database are those that docs/settings.md names', async () => {
  const loaded = read('src/cli/main.ts').matchAll(/^ {2}(\w+): async \(\) => \(await import\('(\S+)'\)/gm);
  const without: string[] = [];
  for (const [, name, path] of loaded) {
    const module = (await import(join(ROOT, 'src/cli', path!))) as Record<string, () => Command>;
    for (const [words, command] of leavesOf(module[`${name}Command`]!()))
      if (!['--config', '--database'].every((long) => command.options.some((option) => option.long === long)))
        without.push(words);
  }

  expect(new Set(without.map((words) => words.split(' ')[0]))).toEqual(
    new Set(['rathena', 'talk', 'persona', 'completion', 'service', 'setup']),
  );
  expect(read('docs/settings.md').replace(/\s+/g, ' ')).toContain(
    'Each command takes `--config FILE` and `--database WHERE`, but for `talk` (which reads the settings, too), `persona`, `rathena`, `completion`, `setup` and `service stop`.',
  );
});
