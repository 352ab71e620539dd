import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ALL_SETTINGS } from './schema.ts';
import { readTextFile } from './text-file.ts';

/** Variables by name, from the environment or from .env. */
export type Variables = Readonly<Record<string, string | undefined>>;

export interface EnvFile {
  readonly path: string;
  readonly isFound: boolean;
  readonly variables: Variables;
  readonly problems: readonly string[];
}

const ENV_FILE = '.env';

/** Reads .env in `cwd`; a missing one is an empty one. The environment of the process is not touched. */
export function readEnvFile(cwd: string): EnvFile {
  const path = join(cwd, ENV_FILE);
  const file = readTextFile(path, ENV_FILE);
  if (file.kind === 'missing') return { path, isFound: false, variables: {}, problems: [] };
  if (file.kind === 'problem') return { path, isFound: true, variables: {}, problems: [file.problem] };
  const variables = parseEnv(file.text);
  return { path, isFound: true, variables, problems: problemsOf(file.text, variables) };
}

/**
 * What parseEnv passes over in silence: a line without "=" takes the next line's setting with it, and a # ends a value
 * that has no quotes (systemd's EnvironmentFile= keeps it), so that half a password would be used.
 */
function problemsOf(text: string, variables: Variables): string[] {
  const isInside = insideOfValues(variables);
  const problems: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const problem = isInside(line) ? undefined : problemOfLine(line);
    if (problem !== undefined) problems.push(`${ENV_FILE}, line ${index + 1}: ${problem}`);
  }
  return problems;
}

/** Whether a line belongs to a quoted value over several lines, of which only the first has a name and "=". */
function insideOfValues(variables: Variables): (line: string) => boolean {
  const middles = new Set<string>();
  const ends: string[] = [];
  for (const value of Object.values(variables)) {
    const [, ...rest] = (value ?? '').split(/\r?\n/);
    const last = rest.pop();
    for (const line of rest) middles.add(line);
    if (last !== undefined) ends.push(`${last}"`, `${last}'`, `${last}\``);
  }
  return (line) => middles.has(line) || ends.some((end) => line.startsWith(end));
}

function problemOfLine(line: string): string | undefined {
  if (/^\s*(#|$)/.test(line)) return undefined;
  const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*)$/.exec(line) ?? [];
  // The line itself may hold a password: its number has to do.
  if (name === undefined) return 'this is not NAME=value. A comment begins with #.';
  if (!OWN_VARIABLES.has(name) || !/^[^"'`\s].*\S#|^#/.test(value)) return undefined;
  return `${name} has a # that would cut its value short. Put the value in quotes: ${name}="…".`;
}

const OWN_VARIABLES: ReadonlySet<string> = new Set(ALL_SETTINGS.map((setting) => setting.variable));
