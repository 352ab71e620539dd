import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type * as Yaml from 'yaml';
import type { Document, Pair, YAMLError, YAMLMap } from 'yaml';
import { quote } from './allowed.ts';
import { nearestName } from './nearest.ts';
import { ALL_SETTINGS } from './schema.ts';
import { MODELS } from './service-schema.ts';
import { readTextFile } from './text-file.ts';

const load = createRequire(import.meta.url);
/** Loaded for a file that is there: without one, every command does without its 50 ms of CPU. */
const yaml = (): typeof Yaml => load('yaml') as typeof Yaml;

/** A value as it stands in the file, `${…}` not filled in. */
interface FileEntry {
  readonly value: unknown;
  /** null where it stands in no file. */
  readonly line: number | null;
}

export interface ConfigFile {
  /** As people know it: the name that was given, or inference_config.yaml. */
  readonly name: string;
  readonly path: string;
  readonly isFound: boolean;
  /** By key with dots. */
  readonly entries: ReadonlyMap<string, FileEntry>;
  readonly problems: readonly string[];
}

const CONFIG_FILE = 'inference_config.yaml';

/** Reads inference_config.yaml in `cwd`, where none is fine, or the file that was asked for, which must be there. */
export function readConfigFile(cwd: string, configFile: string | undefined): ConfigFile {
  const name = configFile ?? CONFIG_FILE;
  const path = resolve(cwd, name);
  const nothing = { name, path, isFound: false, entries: new Map<string, FileEntry>(), problems: [] };
  const file = readTextFile(path, name);
  if (file.kind === 'problem') return { ...nothing, problems: [file.problem] };
  if (file.kind === 'text') return { ...parse(file.text, name), name, path, isFound: true };
  if (configFile === undefined) return nothing;
  return { ...nothing, problems: [`${name}, given with --config, is not a file (looked for ${path}).`] };
}

/** What a reader of the document needs at each step down. */
interface Walk {
  readonly document: Document;
  readonly entries: Map<string, FileEntry>;
  readonly report: (offset: number, problem: string) => void;
  readonly lineOf: (offset: number) => number;
}

function parse(text: string, name: string): Pick<ConfigFile, 'entries' | 'problems'> {
  const lineCounter = new (yaml().LineCounter)();
  const document = yaml().parseDocument(text, { lineCounter, prettyErrors: false });
  const entries = new Map<string, FileEntry>();
  const problems: string[] = [];
  const lineOf = (offset: number): number => lineCounter.linePos(offset).line;
  const report: Walk['report'] = (offset, problem) => {
    problems.push(`${name}, line ${lineOf(offset)}: ${problem}`);
  };

  for (const error of [...document.errors, ...document.warnings]) report(error.pos[0], explained(error));
  yaml().visit(document, { Alias: (_, alias) => report(alias.range?.[0] ?? 0, STARRED) });
  if (problems.length === 0) walkRoot({ document, entries, report, lineOf });
  return { entries, problems };
}

function walkRoot(walk: Walk): void {
  const root = walk.document.contents;
  if (yaml().isMap(root)) walkSection(walk, root, '');
  else if (root !== null && !isNull(root)) {
    walk.report(root.range?.[0] ?? 0, `there are no sections here. Allowed: ${sectionsIn('')}.`);
  }
}

function walkSection(walk: Walk, section: YAMLMap, prefix: string): void {
  for (const pair of section.items) {
    const { name, offset } = keyOf(pair);
    const key = prefix + name;
    if (SECTIONS.includes(key)) walkInner(walk, pair, key);
    else if (!KEYS.includes(key)) walk.report(offset, unknown(key, prefix));
    else if (isNull(pair.value)) walk.report(offset, `${key} ${WITHOUT_VALUE}`);
    else {
      note(walk, pair, key);
      if (key === MODELS.models.key) walkModels(walk, pair, key);
    }
  }
}

function note(walk: Walk, pair: Pair, key: string): void {
  const line = walk.lineOf(keyOf(pair).offset);
  walk.entries.set(key, { value: plainValue(walk.document, pair), line });
}

/** Names that an admin chose: what stands below each is noted with its own line. */
function walkModels(walk: Walk, { value }: Pair, key: string): void {
  for (const model of yaml().isMap(value) ? value.items : []) {
    const inner = `${key}.${keyOf(model).name}`;
    for (const pair of yaml().isMap(model.value) ? model.value.items : []) {
      const { name, offset } = keyOf(pair);
      if (isNull(pair.value)) walk.report(offset, `${inner}.${name} ${WITHOUT_VALUE}`);
      else note(walk, pair, `${inner}.${name}`);
    }
  }
}

function walkInner(walk: Walk, pair: Pair, key: string): void {
  if (yaml().isMap(pair.value)) walkSection(walk, pair.value, `${key}.`);
  // A section whose lines are all comments is an empty one.
  else if (!isNull(pair.value)) {
    walk.report(
      keyOf(pair).offset,
      `${key} is a section: its settings stand below it, indented. Allowed: ${sectionsIn(`${key}.`)}.`,
    );
  }
}

function keyOf(pair: Pair): { name: string; offset: number } {
  if (yaml().isScalar(pair.key)) return { name: String(pair.key.value), offset: pair.key.range?.[0] ?? 0 };
  return { name: '(a key of several parts)', offset: 0 };
}

function isNull(node: unknown): boolean {
  return node === null || node === undefined || (yaml().isScalar(node) && node.value === null);
}

function plainValue(document: Document, pair: Pair): unknown {
  return yaml().isScalar(pair.value)
    ? pair.value.value
    : yaml().isCollection(pair.value)
      ? pair.value.toJS(document)
      : [];
}

/** The value is left out: it may be a secret under a misspelt name. */
function unknown(key: string, prefix: string): string {
  const nearest = nearestName(key, [
    ...KEYS.filter((known) => known.startsWith(prefix)),
    ...KEYS,
    ...SECTIONS,
  ]);
  const hint = nearest === undefined ? `Allowed here: ${sectionsIn(prefix)}.` : `Did you mean ${nearest}?`;
  return `${quote(key)} is no setting. ${hint}`;
}

/** The names that may stand directly in a section. */
function sectionsIn(prefix: string): string {
  const names = KEYS.filter((key) => key.startsWith(prefix)).map(
    (key) => key.slice(prefix.length).split('.')[0],
  );
  return [...new Set(names)].join(', ');
}

const KEYS: readonly string[] = ALL_SETTINGS.map((setting) => setting.key);
const SECTIONS: readonly string[] = [
  ...new Set(
    KEYS.flatMap((key) => {
      const parts = key.split('.').slice(0, -1);
      return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
    }),
  ),
];

const WITHOUT_VALUE =
  'has no value. Write one, or leave the line out for the default. Text that begins with # or & needs quotes.';
const STARRED = 'text that begins with * needs quotes around it.';

/** The parser's own messages quote the file, where a password may stand: these do not. */
const EXPLANATIONS: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BAD_ALIAS: STARRED,
  BAD_DQ_ESCAPE: 'a backslash inside "…" begins an escape that YAML does not know. Use \'…\', or write \\\\.',
  BAD_INDENT: 'the indentation does not fit. The lines of one section begin in the same column.',
  BAD_SCALAR_START: 'text that begins with @, %, ` or another special character needs quotes around it.',
  BLOCK_AS_IMPLICIT_KEY:
    'there is a second colon, or the line is indented too far. Text with ": " in it needs quotes.',
  DUPLICATE_KEY: 'this key is there twice in its section. Leave one.',
  MISSING_CHAR: 'a quote, bracket, comma or colon is missing here or above.',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing, or the line is indented too far.',
  MULTIPLE_DOCS: 'a line of --- begins a second document. Leave one.',
  TAB_AS_INDENT: 'there is a tab in the indentation. Use spaces.',
  TAG_RESOLVE_FAILED: 'text that begins with ! needs quotes around it.',
};

function explained(error: YAMLError): string {
  return EXPLANATIONS[error.code] ?? `this is not YAML (${error.code}).`;
}
