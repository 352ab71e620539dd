import { AiIpcError } from '../../base/errors.ts';
import { readEnvText } from '../../config/env-file.ts';
import { splitEnv } from '../../config/env-lines.ts';

/** The settings of a .env file, by name, as they are read from it. */
export function readEnv(text: string): Readonly<Record<string, string>> {
  const { variables } = readEnvText(text, new Map());
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value ?? '']));
}

/** The same text with these values in place of those that are there; all else stays, comments too. */
export function writeEnv(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((so, [name, value]) => writeOne(so, name, value), text);
}

/** The names of settings whose values differ; one that `before` has not counts only where `isNewToo`. */
export function changedNames(before: string, after: string): string[] {
  const [old, present] = [readEnv(before), readEnv(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(present)])].filter(
    (name) => old[name] !== present[name],
  );
}

function writeOne(text: string, name: string, value: string): string {
  if (readEnv(text)[name] === value) return text;
  const assigned = splitEnv(text).findLast((part) => part.kind === 'assignment' && part.name === name);
  const line = `${name}=${written(name, value)}`;
  if (assigned?.kind !== 'assignment')
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
  const lines = text.split('\n');
  lines.splice(assigned.line - 1, 1 + assigned.innerLines.length, line);
  return lines.join('\n');
}

/** In a form that systemd's EnvironmentFile= and ai-ipc read alike. */
function written(name: string, value: string): string {
  if (/^[\w@%+=:,./~-]*$/.test(value)) return value;
  if (!/['\p{Cc}]/u.test(value)) return `'${value}'`;
  if (!/["\\$`\p{Cc}]/u.test(value)) return `"${value}"`;
  throw new AiIpcError(
    'bad_argument',
    `${name} has both a ' and one of " \\ $ \`, or a line end: systemd and ai-ipc read no such line alike. Choose another one.`,
  );
}
