import { type Filled, fillVariables } from './fill-variables.ts';
import type { WithSecrets } from './secret-files.ts';
import type { Setting } from './setting.ts';
import type { Sources } from './sources.ts';

/** A value and where it came from. */
export interface Resolved<T> {
  readonly value: T;
  /** For a table: environment, .env, the file with its line, --database or default. */
  readonly source: string;
  /** For the beginning of a sentence, such as "environment: DB_PORT". */
  readonly subject: string;
}

/** The strongest value of a setting. Weaker ones are checked too: one run reports all that is wrong. */
export function resolveSetting<T>(setting: Setting<T>, sources: Sources, problems: string[]): Resolved<T> {
  let strongest: Resolved<T> | undefined;
  for (const [index, candidate] of candidatesOf(setting, sources).entries()) {
    if (candidate.isUnknown) continue;
    const isOverruled = index > 0;
    // A stronger value makes it unimportant whether a weaker one can be filled in.
    if (isOverruled && candidate.unset.length > 0) continue;
    const checked = check(setting, candidate, sources);
    if ('problem' in checked) problems.push(checked.problem);
    else strongest ??= { value: checked.value, source: candidate.source, subject: candidate.subject };
  }
  return strongest ?? { value: setting.default, source: 'default', subject: `default: ${setting.key}` };
}

/** Whether anything gives this setting a value, be it a wrong one. */
export function isGiven(setting: Setting<unknown>, sources: Sources): boolean {
  return candidatesOf(setting, sources).length > 0;
}

/** Checks what the file says of a database that is not in use: there a `${VAR}` need not be set. */
export function checkUnused(setting: Setting<unknown>, sources: Sources, problems: string[]): void {
  const candidate = candidateOfFile(setting, sources);
  if (candidate === undefined || candidate.unset.length > 0) return;
  const checked = check(setting, candidate, sources);
  if ('problem' in checked) problems.push(checked.problem);
}

/** One of the values that a setting is given, ready for its schema. */
interface Candidate {
  readonly value: unknown;
  readonly source: string;
  readonly subject: string;
  readonly unset: readonly string[];
  readonly isMalformed: boolean;
  /** It stands in a file that cannot be read, which is told elsewhere. */
  readonly isUnknown: boolean;
}

function candidatesOf(setting: Setting<unknown>, sources: Sources): Candidate[] {
  const { choice, env, envFile, secrets } = sources;
  const { key, variable, allowed } = setting;
  const fromVariable = (place: string, text: string | undefined, { givenBy, unknown }: WithSecrets) => ({
    ...{ source: givenBy.get(variable) ?? place, text, name: variable },
    isUnknown: unknown.has(variable),
  });
  const texts = [
    { source: '--database', text: choice.parts.get(key), name: key, isUnknown: false },
    fromVariable('environment', env[variable], secrets.env),
    fromVariable('.env', envFile.variables[variable], secrets.envFile),
  ];
  const candidates: Candidate[] = [];
  for (const { source, text, name, isUnknown } of texts) {
    if (text === undefined) continue;
    const value = allowed.fromText(text);
    const subject = `${source}: ${name}`;
    candidates.push({ value, source, subject, unset: [], isMalformed: false, isUnknown });
  }
  const ofFile = candidateOfFile(setting, sources);
  return ofFile === undefined ? candidates : [...candidates, ofFile];
}

function candidateOfFile(
  { key, allowed, hasOwnSettings }: Setting<unknown>,
  sources: Sources,
): Candidate | undefined {
  const { configFile, env, envFile } = sources;
  const entry = configFile.entries.get(key);
  if (entry === undefined) return undefined;
  const lookUp = (name: string) => env[name] ?? envFile.variables[name];
  const filled = hasOwnSettings ? unfilled(entry.value) : fillVariables(entry.value, lookUp);
  // A number can only be filled in as text; a number that was written as text is a mistake.
  const isText = filled.hasVariable && typeof filled.value === 'string';
  const value = isText ? allowed.fromText(String(filled.value)) : filled.value;
  const source = entry.line === null ? configFile.name : `${configFile.name}, line ${entry.line}`;
  return {
    value,
    source,
    subject: `${source}: ${key}`,
    unset: filled.unset,
    isMalformed: filled.isMalformed,
    isUnknown: false,
  };
}

function unfilled(value: unknown): Filled {
  return { value, hasVariable: false, unset: [], isMalformed: false };
}

type ToldChecked<T> = { readonly value: T } | { readonly problem: string };

function check<T>(setting: Setting<T>, candidate: Candidate, sources: Sources): ToldChecked<T> {
  const { subject, unset, isMalformed, value } = candidate;
  if (isMalformed) return { problem: `${subject} ${MALFORMED}` };
  if (unset.length > 0) return { problem: `${subject} ${needs(unset)}${whyMariadb(setting.key, sources)}` };
  const { allowed } = setting;
  const checked = allowed.check(value);
  if ('value' in checked) return checked;
  const reason = checked.reason || (value === '' ? 'it is empty; leave it out for the default' : '');
  const colon = reason === '' ? '' : `: ${reason}`;
  return { problem: `${subject} is ${allowed.showRefused(value)}${colon}. Allowed: ${allowed.words}.` };
}

function needs(unset: readonly string[]): string {
  const names = [...new Set(unset)];
  const placeholders = names.map((name) => `\${${name}}`).join(' and ');
  const verb = names.length === 1 ? 'which is' : 'which are';
  return (
    `needs ${placeholders}, ${verb} set neither in the environment nor in .env. ` +
    `Set ${names.join(' and ')}, or write the value into the file.`
  );
}

/** MariaDB may be in use because of a variable that was never meant for it. */
export function whyMariadb(key: string, { choice }: Sources): string {
  if (!key.startsWith('database.mariadb.') || choice.reason === undefined) return '';
  return ` MariaDB is in use because of ${choice.reason}.`;
}

const MALFORMED = `has a \${ } that does not hold the name of a variable. Allowed: \${NAME}; for the characters themselves, write $\${ }.`;
