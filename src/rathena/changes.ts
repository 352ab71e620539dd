import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { AiIpcError, messageOf } from '../base/errors.ts';
import { fileAdviceFor, isInUse, withPatience } from './file-advice.ts';

/** One change of a tree; paths are absolute. */
export type Change =
  | { readonly kind: 'write'; readonly path: string; readonly bytes: Buffer }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'touch'; readonly path: string };

type Undo = () => void;

/**
 * Makes all changes, or none. What needs room on the disk (new content, in files beside the old ones) is written first;
 * then everything is put in place by renaming, which needs none, and can be taken back the same way.
 *
 * @throws AiIpcError storage_failed when the file system refuses; everything is as it was then.
 */
export function applyChanges(changes: readonly Change[]): void {
  const undo: Undo[] = [];
  let at = '';
  try {
    for (const change of changes) {
      at = change.path;
      prepare(change, undo);
    }
    for (const change of changes) {
      at = change.path;
      commit(change, undo);
    }
  } catch (error) {
    throw failed(at, error, takeBack(undo));
  }
  for (const { path } of changes) removeLeftovers(path);
}

/**
 * Removes what a run, or one that was killed, has left beside a file. Gives the paths of those that a program holds: they
 * do no harm, and the next run removes them.
 */
export function removeLeftovers(path: string): string[] {
  return [newOf(path), oldOf(path)].filter((leftover) => !isRemoved(leftover));
}

function isRemoved(path: string): boolean {
  try {
    withPatience(() => rmSync(path, { force: true }));
    return true;
  } catch (error) {
    if (isInUse(error)) return false;
    throw error;
  }
}

/** Where new content is written before it gets its name. */
export function newOf(path: string): string {
  return `${path}.ai-ipc-new`;
}

function oldOf(path: string): string {
  return `${path}.ai-ipc-old`;
}

function prepare(change: Change, undo: Undo[]): void {
  if (change.kind !== 'write') return;
  const { path, bytes } = change;
  makeFolders(dirname(path), undo);
  removeLeftovers(path);
  undo.push(() => removeLeftovers(path));
  writeSafely(newOf(path), bytes);
  const old = statSync(path, { throwIfNoEntry: false });
  if (old) keepOld(path);
  takeOwnerOf(newOf(path), old ?? statSync(dirname(path)));
  if (old) chmodSync(newOf(path), old.mode);
}

function makeFolders(folder: string, undo: Undo[]): void {
  if (statSync(folder, { throwIfNoEntry: false })) return;
  makeFolders(dirname(folder), undo);
  mkdirSync(folder);
  undo.push(() => rmdirSync(folder));
  takeOwnerOf(folder, statSync(dirname(folder)));
}

/** On the disk before it is renamed: a power cut must not leave an empty script.inc. */
function writeSafely(path: string, bytes: Buffer): void {
  // Never through a link that somebody put there.
  const file = openSync(path, 'wx');
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A second name for the old content, where the file system can; else a copy. */
function keepOld(path: string): void {
  try {
    linkSync(path, oldOf(path));
  } catch {
    // FAT and some network drives have no hard links. If a copy cannot be made either, that error is told.
    copyFileSync(path, oldOf(path));
  }
}

/** An installation by root must not take the tree from the user whom it belongs to. */
function takeOwnerOf(path: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  const own = statSync(path);
  if (own.uid === uid && own.gid === gid) return;
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    // Only root may give files away; another user's are his own.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error;
  }
}

function commit({ kind, path }: Change, undo: Undo[]): void {
  if (kind === 'touch') touch(path, undo);
  else if (kind === 'write') replace(path, undo);
  else remove(path, undo);
}

/** Out of the way; it is deleted when nothing can fail any more. */
function remove(path: string, undo: Undo[]): void {
  withPatience(() => renameSync(path, oldOf(path)));
  undo.push(() => renameSync(oldOf(path), path));
}

function replace(path: string, undo: Undo[]): void {
  const hasOld = statSync(oldOf(path), { throwIfNoEntry: false }) !== undefined;
  withPatience(() => renameSync(newOf(path), path));
  undo.push(() => (hasOld ? renameSync(oldOf(path), path) : rmSync(path)));
}

function touch(path: string, undo: Undo[]): void {
  const { atime, mtime } = statSync(path);
  const now = new Date();
  utimesSync(path, now, now);
  undo.push(() => utimesSync(path, atime, mtime));
}

/** The reasons why something could not be taken back: none, as a rule. */
function takeBack(undo: Undo[]): string[] {
  return undo.reverse().flatMap((step) => {
    try {
      step();
      return [];
    } catch (error) {
      return [messageOf(error)];
    }
  });
}

function failed(path: string, cause: unknown, notTakenBack: readonly string[]): AiIpcError {
  const end =
    notTakenBack.length === 0
      ? 'Everything is as it was before.'
      : `This could not be taken back: ${notTakenBack.join('; ')}. Mend it and run the same command again.`;
  return new AiIpcError(
    'storage_failed',
    `${path} cannot be changed (${messageOf(cause)}). ${fileAdviceFor(cause)} ${end}`,
    { cause },
  );
}
