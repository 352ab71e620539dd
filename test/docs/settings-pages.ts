import { ALL_SETTINGS } from '../../src/config/schema.ts';
import type { Setting } from '../../src/config/setting.ts';

/** The files that list settings: each gets its text with the lists made anew. All around them is written by hand. */
export const SETTINGS_PAGES: Readonly<Record<string, (text: string) => string>> = {
  'docs/settings.md': withTable,
  'inference_config.yaml': withSections,
  '.env.example': withValues,
};

const TABLE = `| in the file | in the environment | default | unit | allowed | meaning |
|---|---|---|---|---|---|
`;
/** Comments of the YAML file begin here, and its lines end there. */
const COMMENT_COLUMN = 48;
const LAST_COLUMN = 120;

/** The one table that begins like this. */
function withTable(text: string): string {
  const rows = ALL_SETTINGS.map(rowOf).join('');
  return replaceOnce(text, /^\| in the file \|.*\n(?:\|.*\n)+/m, `${TABLE}${rows}`);
}

function rowOf({ key, variable, unit, meaning, allowed, default: standard, isRequired }: Setting<unknown>) {
  const shown = allowed.show(standard);
  const told = isRequired ? 'none: it must be set' : shown === '(none)' ? 'none' : `\`${shown}\``;
  return `| \`${key}\` | \`${variable}\` | ${told} | ${unit} | ${allowed.words} | ${meaning} |\n`;
}

/** Each section down to the next blank line. */
function withSections(text: string): string {
  const sections = new Set(ALL_SETTINGS.map(({ key }) => key.split('.')[0] ?? ''));
  return [...sections].reduce(
    (page, name) => replaceOnce(page, new RegExp(`^${name}:\n(?:.+\n)*`, 'm'), sectionOf(name)),
    text,
  );
}

function sectionOf(section: string): string {
  const begun = new Set<string>();
  const lines: string[] = [];
  for (const setting of ALL_SETTINGS.filter(({ key }) => key.startsWith(`${section}.`))) {
    const names = setting.key.split('.');
    for (const [depth, name] of names.slice(0, -1).entries()) {
      const path = names.slice(0, depth + 1).join('.');
      if (!begun.has(path)) lines.push(`${'  '.repeat(depth)}${name}:`);
      begun.add(path);
    }
    lines.push(...linesOf(setting, names));
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** A setting of the document is in use; any other stands behind "# ". */
function linesOf(setting: Setting<unknown>, names: readonly string[]): string[] {
  const start = `${'  '.repeat(names.length - 1)}${setting.isInDocument ? '' : '# '}`;
  const value = valueInFile(setting);
  if (typeof value !== 'object' || value === null)
    return withComment(`${start}${names.at(-1)}: ${JSON.stringify(value)}`, commentOn(setting));
  const entries = Object.entries(value).map(([name, text]) => `${start}  ${name}: ${JSON.stringify(text)}`);
  return [...withComment(`${start}${names.at(-1)}:`, commentOn(setting)), ...entries];
}

function valueInFile({ variable, example, allowed, default: standard }: Setting<unknown>): unknown {
  return example ?? (allowed.isSecret ? `\${${variable}}` : standard);
}

function commentOn({ unit, meaning, allowed, default: standard, isRequired }: Setting<unknown>): string {
  // "ms: the longest wait", but "HTTP headers" stays.
  const words =
    unit === ''
      ? meaning
      : `${unit}: ${meaning.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase())}`;
  const isUnset = ['(none)', '(empty)'].includes(allowed.show(standard)) && !isRequired;
  return isUnset ? `${words} Not set by default.` : words;
}

function withComment(start: string, comment: string): string[] {
  const lines = [''];
  for (const word of comment.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (COMMENT_COLUMN + 1 + longer.length <= LAST_COLUMN) lines[lines.length - 1] = longer;
    else lines.push(` ${word}`);
  }
  return lines.map((line, index) => `${`${index === 0 ? start : ''} `.padEnd(COMMENT_COLUMN)}#${line}`);
}

/** Which variables are listed is chosen by hand; their values are the defaults. Of a secret, all is written by hand. */
function withValues(text: string): string {
  return text.replace(/^((?:# )?([A-Z][A-Z_]*)=).*$/gm, (line, start: string, variable: string) => {
    const setting = ALL_SETTINGS.find((known) => known.variable === variable);
    if (setting === undefined) throw new Error(`.env.example lists ${variable}, which is no setting.`);
    if (setting.allowed.isSecret) return line;
    return `${start}${setting.default ?? setting.example}`;
  });
}

function replaceOnce(text: string, place: RegExp, made: string): string {
  if (!place.test(text))
    throw new Error(`There is no place for the list of settings: nothing is like ${place}.`);
  return text.replace(place, () => made);
}
