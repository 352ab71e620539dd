import { readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { applyChanges, type Change } from './changes.ts';
import { findInclude, removeLine } from './include-line.ts';
import { type PackageFiles, SCRIPT_SOURCE } from './package-files.ts';
import { type InstallationRecord, RECORD_FILE, readRecord } from './record.ts';
import {
  type FileState,
  type SurveyedFile,
  type SurveyedInclude,
  surveyFiles,
  surveyIncludes,
  sweep,
  touches,
} from './survey.ts';
import { locate, openTree, readIfThere } from './tree.ts';

export interface UninstallReport {
  readonly root: string;
  readonly hasChanged: boolean;
  /** Paths of our files that went. */
  readonly removed: readonly string[];
  /** Files that had been put aside and are in their place again. */
  readonly restored: readonly string[];
  /** Paths of old content that could not be deleted yet, because a program holds it. */
  readonly heldFast: readonly string[];
  /** What the admin has changed or added, and must know of: a sentence each. */
  readonly stays: readonly string[];
}

/**
 * Takes our files and lines out of a tree, which is then byte for byte what it was before the installation, but for what
 * was changed since by others: that stays. It also takes out files and lines that were copied by hand.
 *
 * @throws AiIpcError rathena_unknown or rathena_conflict, before anything is changed; storage_failed, after everything
 * was taken back.
 */
export function uninstall({
  dir,
  files,
}: {
  readonly dir: string;
  readonly files: PackageFiles;
}): UninstallReport {
  const root = openTree(dir);
  const record = readRecord(root);
  const found = surveyFiles(root, files, record);
  const stays = new Set(record?.alreadyThere);
  const ours = found.filter(({ path, state }) => isOurs(state) && !stays.has(path));
  const includes = surveyIncludes(root).filter(({ path, file }) => {
    return !(stays.has(path) && stays.has(`src/custom/${file}`));
  });
  const restored = filesToRestore(root, record, found);
  const changes = changesOf({ record, ours, includes, restored });
  if (changes.length > 0) changes.push(...touches(root, [SCRIPT_SOURCE]));
  applyChanges(changes);
  const heldFast = sweep(root, found);
  return {
    root,
    hasChanged: changes.length > 0 || record !== undefined,
    removed: ours.map(({ path }) => path),
    restored: restored.map(({ path }) => path),
    heldFast,
    stays: [
      ...found.filter(({ state }) => state === 'edited').map(({ path }) => `${path} is edited, and stays.`),
      ...found
        .filter(({ path, state }) => isOurs(state) && stays.has(path))
        .map(
          ({ path }) => `${path} was there before the installation, and stays. Uninstall again takes it out.`,
        ),
      ...includesThatStay(root),
      ...removeRecord(root, record),
    ],
  };
}

function isOurs(state: FileState): boolean {
  return state === 'current' || state === 'older';
}

interface RestoredFile {
  readonly path: string;
  readonly place: string;
  readonly aside: string;
  readonly bytes: Buffer;
}

/** What stood in the place of a file of ours before the first installation. */
function filesToRestore(
  root: string,
  record: InstallationRecord | undefined,
  found: readonly SurveyedFile[],
): RestoredFile[] {
  return Object.entries(record?.putAside ?? {}).flatMap(([path, name]) => {
    const aside = locate(root, name);
    const bytes = readIfThere(aside);
    const isFree = found.some((file) => file.path === path && file.state !== 'edited');
    return bytes !== undefined && isFree ? [{ path, place: locate(root, path), aside, bytes }] : [];
  });
}

interface Parts {
  readonly record: InstallationRecord | undefined;
  readonly ours: readonly SurveyedFile[];
  readonly includes: readonly SurveyedInclude[];
  readonly restored: readonly RestoredFile[];
}

/** The lines first, so that a killed run leaves a tree that compiles. */
function changesOf({ record, ours, includes, restored }: Parts): Change[] {
  const lines = includes.flatMap(({ path, place, text, line }): Change[] => {
    const without = removeLine(text, line, record?.endedWithoutNewline.includes(path) ?? false);
    return without === text ? [] : [{ kind: 'write', path: place, bytes: Buffer.from(without, 'latin1') }];
  });
  const isRestored = (path: string) => restored.some((file) => file.path === path);
  return [
    ...lines,
    ...ours
      .filter(({ path }) => !isRestored(path))
      .map(({ place }): Change => ({ kind: 'remove', path: place })),
    ...restored.map(({ place, bytes }): Change => ({ kind: 'write', path: place, bytes })),
    ...restored.map(({ aside }): Change => ({ kind: 'remove', path: aside })),
  ];
}

/** Last of all: a killed run can be finished as long as it is there. */
function removeRecord(root: string, record: InstallationRecord | undefined): string[] {
  const stays = removeFolders(root, record?.folders ?? []);
  rmSync(locate(root, RECORD_FILE), { force: true });
  return stays;
}

/** A line that somebody wrote in another form: without our files, make stops there. */
function includesThatStay(root: string): string[] {
  return surveyIncludes(root).flatMap(({ path, file, text }) => {
    const line = findInclude(text, file);
    if (line === 0 || readIfThere(locate(root, `src/custom/${file}`)) !== undefined) return [];
    return [
      `${path}, line ${line}, still includes ${file}, which is gone: delete that line, or make stops there.`,
    ];
  });
}

/** Those that the installation made, the deepest first, where nothing else is in them. */
function removeFolders(root: string, folders: readonly string[]): string[] {
  return folders.toReversed().flatMap((path) => {
    const place = join(root, path);
    if (!statSync(place, { throwIfNoEntry: false })?.isDirectory()) return [];
    const [name] = readdirSync(place);
    if (name !== undefined) return [`${path}/ is not empty (${name}), and stays.`];
    return removeFolder(path, place);
  });
}

/** Everything else is done by now: a folder that stays is told, and no reason to take it back. */
function removeFolder(path: string, place: string): string[] {
  try {
    rmdirSync(place);
    return [];
  } catch (error) {
    return [`${path}/ is empty and cannot be removed (${messageOf(error)}).`];
  }
}
