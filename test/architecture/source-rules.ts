import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';

/** A file as the rules see it; the path is from the project's root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Who may import whom, besides itself. cli alone knows all. */
const BASE_ONLY = ['base'];
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  ai: BASE_ONLY,
  queue: BASE_ONLY,
  config: BASE_ONLY,
  database: BASE_ONLY,
  observability: BASE_ONLY,
  rathena: BASE_ONLY,
  store: ['base', 'queue', 'database'],
  worker: ['base', 'queue', 'ai'],
  service: ['base', 'config', 'database'],
  client: ['base', 'queue', 'store'],
  dashboard: ['base', 'queue', 'observability'],
  cli: [
    'base',
    'ai',
    'queue',
    'config',
    'database',
    'observability',
    'rathena',
    'store',
    'worker',
    'service',
    'client',
    'dashboard',
  ],
};

const FORBIDDEN_NAMES = ['utils', 'util', 'helpers', 'helper', 'lib', 'common', 'types', 'misc'];
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_LINES = 400;

/** Statements begin a line (the formatter sees to that); a multi-line import has no quote before its `from`. */
const IMPORT_FORMS = [
  /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]/g,
];
const COMPUTED_IMPORT = /\bimport\((?!\s*['"])/;
const COMMENTS = /^\s*\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
/** What belongs to the process as a whole, in each way of reaching it. */
const PROCESS_USES = [
  /\bprocess\.(?:argv|env|exit|exitCode|on|once|addListener)\b/,
  /\bprocess\[/,
  /\b(?:globalThis|global)\.process\b/,
  /\{[^}]*\}\s*=\s*process\b/,
  /['"](?:node:)?process['"]/,
];

const ENV_READER = 'src/config/env-file.ts';
const ENV_READING = /\b(?:parse|load)Env(?:File)?\b|--env-file\b|['"]dotenv(?:\/|['"])/;

/** Every .ts and .js file below these folders of the project. */
export function readSources(root: string, folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[jt]s$/.test(name))
      .map((name) => join(folder, name))
      .map((path) => ({ path: path.split(sep).join('/'), text: readFileSync(join(root, path), 'utf8') })),
  );
}

/** What a file imports, as it stands there. */
export function importsOf(file: SourceFile): string[] {
  const code = withoutComments(file.text);
  return IMPORT_FORMS.flatMap((form) => [...code.matchAll(form)].map((match) => match[1]!));
}

/** Imports that cross a border the layers do not allow, each as one sentence. */
export function findLayerBreaks(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const computed = COMPUTED_IMPORT.test(withoutComments(file.text))
      ? [`${file.path} imports something whose name is not written there`]
      : [];
    const breaks = importsOf(file).flatMap((specifier) => breakOf(file.path, specifier) ?? []);
    return [...computed, ...breaks];
  });
}

/** Circles of imports, type imports counted in; each as `a → b → a`. */
export function findImportCycles(files: readonly SourceFile[]): string[] {
  const graph = new Map(files.map((file) => [file.path, relativeImportsOf(file)]));
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || finished.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    finished.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

/** Lines outside src/cli that touch arguments, environment, signals or the end of the process. Tests may. */
export function findProcessUses(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !isTest(path) && !path.startsWith('src/cli/'))
    .flatMap(({ path, text }) => {
      const lines = withoutComments(text).split('\n');
      return lines
        .filter((line) => PROCESS_USES.some((use) => use.test(line)))
        .map((line) => `${path}: ${line.trim()}`);
    });
}

/** Readers of .env beside the one of src/config: Node's own one differs from one patch release to the next. */
export function findEnvReaders(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => path !== ENV_READER)
    .flatMap(({ path, text }) => {
      const lines = withoutComments(text).split('\n');
      return lines.filter((line) => ENV_READING.test(line)).map((line) => `${path}: ${line.trim()}`);
    });
}

/** Files and folders that are not kebab-case, or are named for nothing in particular. */
export function findBadNames(files: readonly SourceFile[]): string[] {
  return files
    .map(({ path }) => path)
    .filter((path) => {
      const names = path.replace(/(?:\.test)?\.[jt]s$/, '').split('/');
      return names.some((name) => !KEBAB_CASE.test(name) || FORBIDDEN_NAMES.includes(name));
    });
}

/** Files of more than 400 lines; blank ones are not counted, as in the linter's rule. */
export function findLongFiles(files: readonly SourceFile[]): string[] {
  return files
    .map(({ path, text }) => ({ path, lines: text.split('\n').filter((line) => line.trim() !== '').length }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path} has ${lines} lines; the most is ${MAX_LINES}`);
}

function breakOf(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return packageBreakOf(path, specifier);
  const target = resolve(path, specifier);
  if (isTest(path) && target.startsWith('test/support/')) return undefined;
  if (isTest(target)) return `${path} imports the test ${target}`;
  const from = layerOf(path);
  const to = layerOf(target);
  if (from === undefined || MAY_IMPORT[from] === undefined) return `${path} is in no layer`;
  if (to === from || (to !== undefined && MAY_IMPORT[from].includes(to))) return undefined;
  return `${path} imports ${target}: ${from} may not import ${to ?? 'what is outside src'}`;
}

/** Through our own package's name every border could be walked around. */
function packageBreakOf(path: string, specifier: string): string | undefined {
  if (/^(?:ai-ipc(?:\/|$)|#|\/|file:)/.test(specifier))
    return `${path} imports ${specifier} instead of a relative path`;
  return undefined;
}

function relativeImportsOf(file: SourceFile): string[] {
  return importsOf(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => resolve(file.path, specifier));
}

function resolve(path: string, specifier: string): string {
  return posix.normalize(posix.join(dirname(path), specifier));
}

/** src/worker/poller.ts → worker; undefined outside the folders of src. */
function layerOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}

function withoutComments(text: string): string {
  return text.replace(COMMENTS, '');
}
