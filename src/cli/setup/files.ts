import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** undefined where there is no such file. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whole or not at all: whoever reads it meanwhile reads the one before. */
export function writeWhole(path: string, text: string, mode: number): void {
  const aside = `${path}.${process.pid}.new`;
  mkdirSync(dirname(path), { recursive: true });
  rmSync(aside, { force: true });
  writeFileSync(aside, text, { mode, flag: 'wx' });
  renameSync(aside, path);
}

/** Whether there is a link at `path` that leads to `target`. */
export function isLinkTo(path: string, target: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isSymbolicLink() === true && readlinkSync(path) === target;
}

/** In place of whatever link is there; a file of another kind is an error. */
export function makeLink(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) rmSync(path);
  symlinkSync(target, path);
}

/** A file, and no link to one. */
export function isPlainFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
