import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';

/** A file as the rules see it; the path is from the project's root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Who may import whom, besides itself and base: a row for each folder below src that holds source. A row names only
 * folders that stand in rows above it, so that nothing runs back up.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  network: [],
  ai: ['network'],
  queue: [],
  config: [],
  'game-text': [],
  database: ['config'],
  observability: [],
  providers: ['network'],
  rathena: [],
  'rathena/lint/script': [],
  'rathena/lint/flow': ['rathena/lint/script'],
  'rathena/lint/rules': ['config', 'rathena/lint/script', 'rathena/lint/flow'],
  'rathena/lint': ['rathena/lint/script', 'rathena/lint/flow', 'rathena/lint/rules'],
  reading: [],
  store: ['queue', 'config', 'database'],
  transfer: ['config', 'database'],
  operator: ['queue', 'config', 'database', 'store'],
  worker: ['queue', 'ai', 'config'],
  alerts: ['queue', 'config', 'network'],
  client: ['queue', 'store'],
  doctor: ['ai', 'alerts', 'config', 'database', 'store', 'client'],
  'mind/language': ['config'],
  'mind/answer': ['mind/language', 'reading'],
  'mind/persona': ['config', 'mind/language', 'mind/answer'],
  'mind/talk': ['mind/language', 'mind/persona', 'providers'],
  'mind/brain': ['mind/language', 'mind/answer', 'mind/persona', 'mind/talk', 'providers'],
  'mind/memory': ['mind/language', 'mind/talk', 'mind/brain'],
  'mind/model': [
    ...[
      'mind/language',
      'mind/answer',
      'mind/persona',
      'mind/talk',
      'mind/memory',
      'providers',
      'reading',
      'network',
    ],
  ],
  mind: ['config', 'mind/persona', 'mind/talk', 'mind/brain', 'mind/model', 'providers'],
  'service/base': ['config', 'database', 'mind/language', 'mind/talk', 'providers'],
  'service/memory': ['database', 'mind/language', 'mind/talk', 'mind/memory', 'service/base'],
  'service/limits': ['database', 'mind/talk', 'providers', 'service/base'],
  'service/dialogue': [
    ...['game-text', 'mind/answer', 'mind/persona', 'mind/talk', 'mind/memory', 'providers'],
    ...['service/base', 'service/memory', 'service/limits'],
  ],
  'service/http': [
    ...['mind/persona', 'mind/talk', 'providers', 'service/base', 'service/memory', 'service/dialogue'],
  ],
  service: [
    ...['config', 'game-text', 'mind', 'mind/answer', 'mind/persona', 'mind/talk', 'providers', 'reading'],
    ...[
      'service/base',
      'service/memory',
      'service/limits',
      'service/dialogue',
      'service/http',
      'observability',
    ],
  ],
  'dashboard/frame': [],
  'dashboard/minds': [
    ...['config', 'mind', 'mind/memory', 'mind/persona', 'mind/talk', 'reading'],
    ...['service/base', 'service/dialogue', 'service/limits', 'service/memory'],
  ],
  'dashboard/pages/overview': ['doctor', 'operator', 'dashboard/frame'],
  'dashboard/pages/requests': ['operator', 'queue', 'dashboard/frame'],
  'dashboard/pages': [
    ...['config', 'doctor', 'mind/talk', 'operator', 'reading'],
    ...['dashboard/frame', 'dashboard/minds', 'dashboard/pages/overview', 'dashboard/pages/requests'],
  ],
  dashboard: [
    ...['config', 'doctor', 'operator'],
    ...[
      'dashboard/frame',
      'dashboard/minds',
      'dashboard/pages',
      'dashboard/pages/overview',
      'dashboard/pages/requests',
    ],
  ],
};
/** The one room that puts all others together. */
const KNOWS_ALL = 'cli';
/** Of the database it knows this alone: what else needs one goes through the store or what the service keeps. */
const KNOWN_OF_DATABASE = ['src/database/migrate.ts'];
/** Where SQL may stand. */
const HOLDS_SQL = [
  'database',
  'store',
  'operator',
  'transfer',
  'service/base',
  'service/memory',
  'service/limits',
];
/** The one room that loads a driver. */
const LOADS_DRIVERS = 'database';
/** No room of src holds more than this part of it. */
const LARGEST_ROOM = 0.25;

const FORBIDDEN_NAMES = ['utils', 'util', 'helpers', 'helper', 'lib', 'common', 'types', 'misc'];
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_LINES = 400;

/** Statements begin a line (the formatter sees to that); a multi-line import has no quote before its `from`. */
const IMPORT_FORMS = [
  /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]/g,
  /\bimport\.meta\.resolve\(\s*['"]([^'"]+)['"]/g,
];
/** A file that a package does not give out is named by two texts: `new URL('lib/a.js', import.meta.resolve('package'))`. */
const COMPUTED_IMPORT =
  /\bimport\((?!\s*['"]|\s*new URL\('[^']+', import\.meta\.resolve\('[^']+'\)\)\.href\s*\))/;
const COMMENTS = /^\s*\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const SQL =
  /\b(?:SELECT|INSERT(?: IGNORE)? INTO|REPLACE INTO|DELETE FROM|PRAGMA)\s+\S+|\bUPDATE\s+\S+\s+SET\b|\b(?:CREATE|ALTER|DROP|TRUNCATE) TABLE\b/g;
const DRIVER = /^(?:mariadb|mysql2|@photostructure\/sqlite|node:sqlite)(?:\/|$)/;
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
/** A listener on the engine's events. */
const EVENT_LISTENERS = /\bevents\.(?:on|once|addListener|prependListener|prependOnceListener)\(/;

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
  return cyclesOf(graph);
}

function cyclesOf(graph: ReadonlyMap<string, Iterable<string>>): string[] {
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (node: string, trail: readonly string[]): void => {
    const start = trail.indexOf(node);
    if (start >= 0) cycles.push([...trail.slice(start), node].join(' → '));
    if (start >= 0 || finished.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...trail, node]);
    finished.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return cycles;
}

/** Rows that let an import run back up: a folder that stands in a later row, or in none. */
export function findUpwardRows(rows: Readonly<Record<string, readonly string[]>>): string[] {
  const order = Object.keys(rows);
  return Object.entries(rows).flatMap(([from, allowed]) =>
    allowed
      .filter((to) => !order.includes(to) || order.indexOf(to) >= order.indexOf(from))
      .map((to) => `${from} may import ${to}, which is not above it`),
  );
}

/** Rows for a folder that holds no source. */
export function findEmptyRows(
  rows: Readonly<Record<string, readonly string[]>>,
  files: readonly SourceFile[],
): string[] {
  const folders = new Set(files.map(({ path }) => folderOf(path)));
  return Object.keys(rows).filter((folder) => !folders.has(folder));
}

/** Circles between folders, as their files import each other; each as `a → b → a`. Tests may look up. */
export function findFolderCycles(files: readonly SourceFile[]): string[] {
  const graph = new Map<string, Set<string>>();
  for (const file of files.filter(({ path }) => !isTest(path))) {
    const from = folderOf(file.path);
    if (from === undefined) continue;
    const targets = graph.get(from) ?? new Set();
    for (const target of relativeImportsOf(file)) {
      const to = folderOf(target);
      if (to !== undefined && to !== from) targets.add(to);
    }
    graph.set(from, targets);
  }
  return cyclesOf(graph);
}

/** Rooms of src that hold more than a quarter of its lines, tests not counted. */
export function findLargeRooms(files: readonly SourceFile[]): string[] {
  const lines = new Map<string, number>();
  for (const { path, text } of files.filter((file) => !isTest(file.path))) {
    const [, room = ''] = path.split('/');
    lines.set(room, (lines.get(room) ?? 0) + text.split('\n').length);
  }
  const all = [...lines.values()].reduce((sum, count) => sum + count, 0);
  return [...lines]
    .filter(([, count]) => count > LARGEST_ROOM * all)
    .map(([room, count]) => `${room} has ${count} of ${all} lines`);
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

/** SQL outside the rooms that may hold it. Tests may. */
export function findStraySql(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !isTest(path) && !HOLDS_SQL.includes(folderOf(path) ?? ''))
    .flatMap(({ path, text }) =>
      [...withoutComments(text).matchAll(SQL)].map(([sql]) => `${path}: ${sql.replace(/\s+/g, ' ')}`),
    );
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

/**
 * Lines that listen to the engine's events outside what shows them: src/observability and src/cli. What one part wants
 * of another it calls, or the log could not be changed without the engine.
 */
export function findEventListeners(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !isTest(path) && !/^src\/(?:observability|cli)\//.test(path))
    .flatMap(({ path, text }) => {
      const lines = withoutComments(text).split('\n');
      return lines.filter((line) => EVENT_LISTENERS.test(line)).map((line) => `${path}: ${line.trim()}`);
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
  const from = folderOf(path);
  const to = folderOf(target);
  if (from === undefined || !isKnown(from)) return `${path} is in a folder without a row`;
  const isAllowed = isTest(path) ? mayTest : mayImport;
  if (isOfAll(from) && to === 'database' && !isTest(path) && !KNOWN_OF_DATABASE.includes(target))
    return `${path} imports ${target}: ${KNOWS_ALL} may know ${KNOWN_OF_DATABASE.join(', ')} of it`;
  if (to !== undefined && isAllowed(from, to)) return undefined;
  return `${path} imports ${target}: ${from} may not import ${to ?? 'what is outside src'}`;
}

function isKnown(folder: string): boolean {
  return isOfAll(folder) || MAY_IMPORT[folder] !== undefined;
}

function mayImport(from: string, to: string): boolean {
  if (from === to || to === 'base' || isOfAll(from)) return true;
  return MAY_IMPORT[from]?.includes(to) ?? false;
}

/** A test may look at every floor of the rooms that its own room knows. */
function mayTest(from: string, to: string): boolean {
  const folders = Object.keys(MAY_IMPORT);
  const inRoomOf = (folder: string) => folders.filter((one) => roomOf(one) === roomOf(folder));
  if (roomOf(from) === roomOf(to)) return true;
  return [from, ...inRoomOf(from)].some((one) =>
    [to, ...inRoomOf(to)].some((other) => mayImport(one, other)),
  );
}

function roomOf(folder: string): string {
  return folder.split('/', 1)[0] ?? folder;
}

function isOfAll(folder: string): boolean {
  return folder === KNOWS_ALL || folder.startsWith(`${KNOWS_ALL}/`);
}

/** Through our own package's name every border could be walked around, and past the store with a driver. */
function packageBreakOf(path: string, specifier: string): string | undefined {
  if (/^(?:ai-ipc(?:\/|$)|#|\/|file:)/.test(specifier))
    return `${path} imports ${specifier} instead of a relative path`;
  if (DRIVER.test(specifier) && folderOf(path) !== LOADS_DRIVERS && !isTest(path))
    return `${path} imports ${specifier}: only ${LOADS_DRIVERS} loads drivers`;
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

/** src/worker/poller.ts → worker, src/mind/brain/tone.ts → mind/brain; undefined outside the folders of src. */
function folderOf(path: string): string | undefined {
  return /^src\/(.+)\/[^/]+$/.exec(path)?.[1];
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}

function withoutComments(text: string): string {
  return text.replace(COMMENTS, '');
}
