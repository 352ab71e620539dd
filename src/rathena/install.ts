import { statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { AiIpcError } from '../base/errors.ts';
import { applyChanges, type Change } from './changes.ts';
import { addLine, definedCommands, endsALine, findInclude, hasDefine } from './include-line.ts';
import { fingerprint, INCLUDES, type PackageFiles, SCRIPT_SOURCE, SETTINGS_FILE } from './package-files.ts';
import { type InstallationRecord, RECORD_FILE, readRecord, recordBytes } from './record.ts';
import {
  requireIncludes,
  type SurveyedFile,
  type SurveyedInclude,
  surveyFiles,
  sweep,
  touches,
} from './survey.ts';
import { locate, openTree, readIfThere } from './tree.ts';

const SCRIPT_INC = 'src/custom/script.inc';

export interface InstallOptions {
  /** The tree to install into. */
  readonly dir: string;
  readonly files: PackageFiles;
  /** Edited files of ours are put aside instead of refused. */
  readonly isForced: boolean;
}

export interface InstallReport {
  readonly root: string;
  /** The version that was installed before. */
  readonly before: string | undefined;
  /** Paths of our files that were written. */
  readonly written: readonly string[];
  /** Paths of rAthena's files that got their line. */
  readonly included: readonly string[];
  /** Files of the older version that went. */
  readonly removed: readonly string[];
  /** Files of ours that the admin has edited, left as they are. */
  readonly kept: readonly string[];
  /** Where edited files are now, by the path they had. */
  readonly putAside: Readonly<Record<string, string>>;
  /** Paths of old content that could not be deleted yet, because a program holds it. */
  readonly heldFast: readonly string[];
  readonly hasChanged: boolean;
}

/** Everything that was found, and what follows from it. */
interface Plan {
  readonly root: string;
  readonly files: PackageFiles;
  readonly record: InstallationRecord | undefined;
  readonly found: readonly SurveyedFile[];
  readonly written: readonly SurveyedFile[];
  readonly dropped: readonly SurveyedFile[];
  readonly edited: readonly SurveyedFile[];
  readonly includes: readonly SurveyedInclude[];
  readonly putAside: Readonly<Record<string, string>>;
}

/**
 * Copies our files into a rAthena tree and adds the two lines that include them; done a second time, it changes nothing.
 *
 * @throws AiIpcError rathena_unknown or rathena_conflict, before anything is changed; storage_failed, after everything
 * was taken back.
 */
export function install(options: InstallOptions): InstallReport {
  const plan = planFor(options);
  const changes = changesOf(plan);
  applyChanges(changes);
  const heldFast = sweep(plan.root, plan.found);
  return {
    root: plan.root,
    before: plan.record?.version,
    written: plan.written.map(({ path }) => path),
    included: plan.includes.map(({ path }) => path),
    removed: plan.dropped.map(({ path }) => path),
    kept: plan.found.filter((file) => isKept(file, plan)).map(({ path }) => path),
    putAside: plan.putAside,
    heldFast,
    hasChanged: changes.length > 0,
  };
}

function planFor({ dir, files, isForced }: InstallOptions): Plan {
  const root = openTree(dir);
  const record = readRecord(root);
  const found = surveyFiles(root, files, record);
  const includes = requireIncludes(root);
  refuseOtherCommands(includes, files);
  const edited = found.filter(({ path, state, isInPackage }) => {
    return isInPackage && state === 'edited' && path !== SETTINGS_FILE;
  });
  if (!isForced) refuseEdited(edited);
  return {
    root,
    files,
    record,
    found,
    written: found.filter(
      (file) =>
        file.isInPackage && (file.state === 'missing' || file.state === 'older' || edited.includes(file)),
    ),
    dropped: found.filter(({ state, isInPackage }) => !isInPackage && state === 'older'),
    edited,
    includes: includes.filter(({ text, file }) => findInclude(text, file) === 0),
    putAside: Object.fromEntries(edited.map(({ path }) => [path, freeNameFor(root, path)])),
  };
}

function isKept(file: SurveyedFile, { edited }: Plan): boolean {
  return file.state === 'edited' && !edited.includes(file);
}

/** Two commands of one name do not compile, or one of them is never called. */
function refuseOtherCommands(includes: readonly SurveyedInclude[], { commands }: PackageFiles): void {
  const isOff = (word: string | undefined) =>
    word !== undefined && includes.some(({ text }) => hasDefine(text, word));
  const ours = new Map(
    commands.filter(({ unless }) => !isOff(unless)).map((command) => [command.name, command]),
  );
  const others = includes.flatMap(({ place, text }) =>
    definedCommands(text).flatMap(({ name, line }) => {
      const our = ours.get(name);
      const choice = our?.unless === undefined ? '' : ` (or keep it, with #define ${our.unless} above it)`;
      return our === undefined ? [] : [`${place}, line ${line}: ${name}${choice}`];
    }),
  );
  if (others.length === 0) return;
  throw new AiIpcError(
    'rathena_conflict',
    `There are commands of these names already:\n  ${others.join('\n  ')}\nNothing was changed. Take them out, with what belongs to them, and try again.`,
  );
}

function refuseEdited(edited: readonly SurveyedFile[]): void {
  if (edited.length === 0) return;
  const list = edited.map(({ place }) => `\n  ${place}`).join('');
  throw new AiIpcError(
    'rathena_conflict',
    `These files are not as AI IPC wrote them:${list}\nNothing was changed. Move what is yours to a name of its own; or use --force, which puts them aside (….yours) and installs ours.`,
  );
}

/** A name beside the file that nothing has. */
function freeNameFor(root: string, path: string): string {
  for (let number = 1; ; number += 1) {
    const name = `${path}.yours${number === 1 ? '' : number}`;
    if (statSync(join(root, name), { throwIfNoEntry: false }) === undefined) return name;
  }
}

/** In the order in which they are made: the record first, so that a killed run can be finished or undone. */
function changesOf(plan: Plan): Change[] {
  const changes: Change[] = [
    ...plan.edited.map(({ path, place }) => writeOf(asideOf(plan, path, place), readIfThere(place))),
    ...plan.written.map(({ path, place }) => writeOf(place, plan.files.files.get(path))),
    ...plan.dropped.map(({ place }): Change => ({ kind: 'remove', path: place })),
    ...plan.includes.map(({ place, text, line }) =>
      writeOf(place, Buffer.from(addLine(text, line), 'latin1')),
    ),
  ];
  return [...recordChange(plan), ...changes, ...touchChanges(plan)];
}

function writeOf(path: string, bytes: Buffer = Buffer.of()): Change {
  return { kind: 'write', path, bytes };
}

/** A link in the way to the file leads to its copy too. */
function asideOf({ putAside }: Plan, path: string, place: string): string {
  return place.slice(0, -posix.basename(path).length) + posix.basename(putAside[path] ?? path);
}

/** make looks at these two, and not at what they include. */
function touchChanges({ root, includes, written, dropped }: Plan): Change[] {
  const hasCode = [...written, ...dropped].some(({ path }) => path.startsWith('src/'));
  if (!hasCode && includes.length === 0) return [];
  const isWritten = includes.some(({ path }) => path === SCRIPT_INC);
  return touches(root, isWritten ? [SCRIPT_SOURCE] : [SCRIPT_INC, SCRIPT_SOURCE]);
}

function recordChange(plan: Plan): Change[] {
  const bytes = recordBytes(nextRecord(plan));
  const place = locate(plan.root, RECORD_FILE);
  return readIfThere(place)?.equals(bytes) ? [] : [writeOf(place, bytes)];
}

function nextRecord({ root, files: { version, files }, ...plan }: Plan): InstallationRecord {
  const prints = Object.fromEntries([...files].map(([path, bytes]) => [path, fingerprint(bytes)]));
  const { record } = plan;
  const outdated = Object.entries(record?.files ?? {}).filter(([path, print]) => prints[path] !== print);
  const endless = plan.includes.filter(({ text }) => !endsALine(text)).map(({ path }) => path);
  const foreign = Object.entries(plan.putAside).filter(([path]) => record?.files[path] === undefined);
  const written = plan.written.map(({ path }) => path);
  return {
    version,
    files: prints,
    previous: outdated.length > 0 ? Object.fromEntries(outdated) : (record?.previous ?? {}),
    folders: union(record?.folders, missingFolders(root, [...files.keys()])),
    endedWithoutNewline: union(record?.endedWithoutNewline, endless),
    putAside: { ...Object.fromEntries(foreign), ...record?.putAside },
    alreadyThere: (record?.alreadyThere ?? alreadyThere(plan)).filter((path) => !written.includes(path)),
  };
}

/** What was copied by hand, or is left of an installation whose record was deleted. */
function alreadyThere({ found, includes }: Pick<Plan, 'found' | 'includes'>): string[] {
  const files = found.filter(({ state }) => state === 'current').map(({ path }) => path);
  const added = includes.map(({ path }) => path);
  return [...files, ...INCLUDES.map(({ path }) => path).filter((path) => !added.includes(path))].sort();
}

function missingFolders(root: string, paths: readonly string[]): string[] {
  const folders = paths.flatMap((path) => {
    const names = path.split('/').slice(0, -1);
    return names.map((_, index) => names.slice(0, index + 1).join('/'));
  });
  return folders.filter((path) => statSync(join(root, path), { throwIfNoEntry: false }) === undefined);
}

function union(before: readonly string[] = [], added: readonly string[]): string[] {
  return [...new Set([...before, ...added])].sort();
}
