import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ALL_SETTINGS, SECRETS } from './schema.ts';
import { readTextFile } from './text-file.ts';

/** Variables by name, from the environment or from .env. */
export type Variables = Readonly<Record<string, string | undefined>>;

export interface EnvFile {
  readonly path: string;
  readonly isFound: boolean;
  readonly variables: Variables;
  readonly problems: readonly string[];
  /** Secrets that a comment follows, which may be the rest of the secret. */
  readonly warnings: readonly string[];
}

const ENV_FILE = '.env';

/** Reads .env in `cwd`; a missing one is an empty one. The environment of the process is not touched. */
export function readEnvFile(cwd: string): EnvFile {
  const path = join(cwd, ENV_FILE);
  const file = readTextFile(path, ENV_FILE);
  if (file.kind === 'missing') return { path, isFound: false, ...NOTHING };
  if (file.kind === 'problem') return { path, isFound: true, ...NOTHING, problems: [file.problem] };
  const variables = parseEnv(file.text);
  return { path, isFound: true, variables, ...faultsOf(file.text, variables) };
}

const NOTHING = { variables: {}, problems: [], warnings: [] } as const;

/**
 * What parseEnv passes over in silence: a line without "=" takes the next line's setting with it, and a # ends a value
 * that has no quotes (systemd's EnvironmentFile= keeps it), so that half a password would be used.
 */
function faultsOf(text: string, variables: Variables): Pick<EnvFile, 'problems' | 'warnings'> {
  const isInside = insideOfValues(variables);
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const fault = isInside(line) ? undefined : faultOfLine(line, variables);
    if (fault === undefined) continue;
    const list = fault.isLikelyComment ? warnings : problems;
    list.push(`${ENV_FILE}, line ${index + 1}: ${fault.words}`);
  }
  return { problems, warnings };
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

interface Fault {
  readonly words: string;
  /** A # behind a space mostly begins a comment. */
  readonly isLikelyComment: boolean;
}

function faultOfLine(line: string, variables: Variables): Fault | undefined {
  if (/^\s*(#|$)/.test(line)) return undefined;
  const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*)$/.exec(line) ?? [];
  // The line itself may hold a password: its number has to do.
  if (name === undefined)
    return { words: 'this is not NAME=value. A comment begins with #.', isLikelyComment: false };
  if (!OWN_VARIABLES.has(name) || !isCut(name, line, variables)) return undefined;
  if (!/^[^#]*\s#/.test(value))
    return { words: `${name} has a # that ${CUTS}${name}="…".`, isLikelyComment: false };
  if (!SECRET_VARIABLES.has(name)) return undefined;
  return { words: `${name} has a # after a space, which ${CUTS}${name}="…".`, isLikelyComment: true };
}

const CUTS = 'would cut its value short. Put the value in quotes: ';

/** Asks the reader itself: with another character in the place of each #, a value that was cut is longer. */
function isCut(name: string, line: string, variables: Variables): boolean {
  const value = parseEnv(line)[name];
  const whole = parseEnv(line.replaceAll('#', '+'))[name];
  // In the whole file it is another one where its quotes end on a later line, or where it is set again.
  return value !== undefined && variables[name] === value && value.length < (whole ?? '').length;
}

const OWN_VARIABLES: ReadonlySet<string> = new Set(ALL_SETTINGS.map((setting) => setting.variable));
const SECRET_VARIABLES: ReadonlySet<string> = new Set(SECRETS.map((setting) => setting.variable));
