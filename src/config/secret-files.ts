import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodeText } from '../base/decode-text.ts';
import { messageOf } from '../base/errors.ts';
import { unitsHint } from './ca-file.ts';
import type { Variables } from './env-file.ts';

/** A key of the largest kind has 4 KB. */
const MOST_BYTES = 65_536;
/** Nothing there, a file in place of the folder, or a folder that is closed to us. */
const NOT_THERE: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EACCES']);
/** Where systemd puts what a unit has in LoadCredential=. */
const CREDENTIALS = 'CREDENTIALS_DIRECTORY';

/** Variables with those that files give them. */
export interface WithSecrets {
  readonly variables: Variables;
  /** Of those that a file gave: where they are from, for people. */
  readonly givenBy: ReadonlyMap<string, string>;
  /** Those of which no value is known, for all that one was given: a problem tells why. */
  readonly unknown: ReadonlySet<string>;
  /** Full paths, but of those that systemd guards. */
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

export interface SecretsOptions {
  /** Where the variables stand, for people: environment or .env. */
  readonly source: string;
  /** The variables that hold secrets. */
  readonly names: readonly string[];
  readonly cwd: string;
}

/** The variable with the path of a file in place of the secret itself. */
export function fileVariable(name: string): string {
  return `${name}_FILE`;
}

/**
 * A secret may stand in a file, which no other process sees as it sees an environment: NAME_FILE names it, and systemd puts
 * credentials with the name of the variable into a folder.
 */
export function withSecretFiles(variables: Variables, { source, names, cwd }: SecretsOptions): WithSecrets {
  const filled: Record<string, string | undefined> = { ...variables };
  const givenBy = new Map<string, string>();
  const unknown = new Set<string>();
  const files: string[] = [];
  const problems: string[] = [];
  for (const name of names) {
    const ways = waysOf(name, variables, cwd);
    const [way] = ways;
    if (way === undefined) continue;
    const read = readOne(name, ways, variables[name] !== undefined);
    givenBy.set(name, `${source}, ${way.by}`);
    if ('problem' in read) {
      problems.push(`${source}: ${read.problem}`);
      unknown.add(name);
    } else if (!way.isGuarded) files.push(way.path);
    filled[name] = 'secret' in read ? read.secret : '';
  }
  return { variables: filled, givenBy, unknown, files, problems };
}

type Read = { readonly secret: string } | { readonly problem: string };

function readOne(name: string, ways: readonly Way[], isSetItself: boolean): Read {
  const all = [...(isSetItself ? [name] : []), ...ways.map(({ by }) => by)];
  if (all.length > 1) return { problem: `${all.join(' and ')} are both set. Leave one of them out.` };
  const [way] = ways;
  const read = readSecret(way?.path ?? '', name);
  return 'problem' in read ? { problem: `${way?.by}: ${read.problem}` } : read;
}

interface Way {
  /** For people. */
  readonly by: string;
  readonly path: string;
  readonly isGuarded: boolean;
}

function waysOf(name: string, variables: Variables, cwd: string): Way[] {
  const file = variables[fileVariable(name)];
  const folder = variables[CREDENTIALS];
  const credential = folder === undefined || folder === '' ? undefined : join(folder, name);
  return [
    ...(file === undefined
      ? []
      : [{ by: fileVariable(name), path: file === '' ? '' : resolve(cwd, file), isGuarded: false }]),
    ...(credential === undefined || !isThere(credential)
      ? []
      : [{ by: `the credential ${name}`, path: credential, isGuarded: true }]),
  ];
}

/** Nothing of the content is told: it may be the secret. */
function readSecret(path: string, name: string): Read {
  if (path === '') return { problem: `it names no file. Give a path, or leave ${fileVariable(name)} out.` };
  try {
    const stat = statSync(path);
    const { size } = stat;
    // A pipe would be waited for without an end.
    if (!stat.isFile()) return { problem: `${path} is no file. Give the path of a file with the secret.` };
    if (size > MOST_BYTES)
      return { problem: `${path} has ${size} bytes; a secret has ${MOST_BYTES} at most.` };
    const decoded = decodeText(readFileSync(path), path);
    if (decoded.kind === 'problem') return decoded;
    // Editors and `echo` end a file with a line end, which belongs to no secret.
    const secret = decoded.text.replace(/\r?\n$/, '');
    if (secret === '') return { problem: `${path} is empty. For an empty value, set ${name}= in its place.` };
    return { secret };
  } catch (error) {
    return { problem: `${path} cannot be read (${messageOf(error)}).${unitsHint(path)}` };
  }
}

/** What systemd put there may still be unreadable: that is told when it is read. */
function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    // A folder of another user, which a shell of his has passed on, has no credentials of ours.
    return !NOT_THERE.has((error as NodeJS.ErrnoException).code);
  }
}
