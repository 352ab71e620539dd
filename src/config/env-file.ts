import { join } from 'node:path';
import { parse } from 'dotenv';
import { type Fault, faultInside, faultOf, STRAY_LINE, type Uses } from './env-faults.ts';
import { type Assignment, type EnvPart, splitEnv } from './env-lines.ts';
import { readTextFile } from './text-file.ts';

/** Variables by name, from the environment or from .env. */
export type Variables = Readonly<Record<string, string | undefined>>;

export interface EnvFile extends EnvText {
  readonly path: string;
  readonly isFound: boolean;
}

interface EnvText {
  readonly variables: Variables;
  readonly problems: readonly string[];
  /** What is likely right, of secrets: nobody sees them, so that nobody sees what became of them. */
  readonly warnings: readonly string[];
}

const ENV_FILE = '.env';
const NOTHING: EnvText = { variables: {}, problems: [], warnings: [] };

/** Reads .env in `cwd`; a missing one is an empty one. The environment of the process is not touched. */
export function readEnvFile(cwd: string, uses: Uses): EnvFile {
  const path = join(cwd, ENV_FILE);
  const file = readTextFile(path, ENV_FILE);
  if (file.kind === 'missing') return { path, isFound: false, ...NOTHING };
  if (file.kind === 'problem') return { path, isFound: true, ...NOTHING, problems: [file.problem] };
  return { path, isFound: true, ...readEnvText(file.text, uses) };
}

/** Not by Node's own reader, which changes with its patch releases: 20.19.2 keeps the # of a last line without an end. */
export function readEnvText(text: string, uses: Uses): EnvText {
  const parts = splitEnv(text);
  // The last line of a name is the one that holds.
  const inForce = new Map(
    parts.filter((part) => part.kind === 'assignment').map((part) => [part.name, part]),
  );
  const variables = Object.fromEntries([...inForce].map(([name, part]) => [name, readValue(part)]));
  const faultAt = (part: EnvPart): Fault | undefined => {
    if (part.kind === 'stray') return STRAY_LINE;
    const value = inForce.get(part.name) === part ? variables[part.name] : undefined;
    return faultInside(part, uses) ?? (value === undefined ? undefined : faultOf(part, value, uses));
  };
  const faults = parts.flatMap((part) => {
    const fault = faultAt(part);
    return fault === undefined ? [] : [{ ...fault, words: `${ENV_FILE}, line ${part.line}: ${fault.words}` }];
  });
  return { variables, problems: wordsOf(faults, 'problem'), warnings: wordsOf(faults, 'warning') };
}

/** Each setting is read by itself: no quote of one reaches into the next. */
function readValue({ name, text }: Assignment): string {
  const value = Object.entries(parse(text)).find(([read]) => read === name)?.[1];
  return value ?? ''; // The reader has no room for a name like __proto__.
}

function wordsOf(faults: readonly Fault[], kind: Fault['kind']): string[] {
  return faults.filter((fault) => fault.kind === kind).map(({ words }) => words);
}
