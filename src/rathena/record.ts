import { AiIpcError } from '../base/errors.ts';
import { newOf } from './changes.ts';
import { locate, readIfThere } from './tree.ts';

/**
 * Where the tree keeps what an installation did. rAthena's git ignores files of others in src/custom; and this folder is
 * always there, so that the record can be on the disk before the first folder is made.
 */
export const RECORD_FILE = 'src/custom/ai_ipc_installed.json';

/** Relative, with slashes, and never upwards: what is deleted is found by it. */
const PATH = /^(?!.*\.\.)[\w.-]+(?:\/[\w.-]+)*$/;

/** What an installation did, and what uninstall needs to put the tree back. */
export interface InstallationRecord {
  readonly version: string;
  /** Fingerprints of what was installed, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Those of the version before, where they differ: a killed upgrade leaves some of them, and they are ours too. */
  readonly previous: Readonly<Record<string, string>>;
  /** Folders that were made. */
  readonly folders: readonly string[];
  /** Files of rAthena that had no line end before our line was added. */
  readonly endedWithoutNewline: readonly string[];
  /** Files that stood where ours belong before the first installation, and where they were put. */
  readonly putAside: Readonly<Record<string, string>>;
  /** Files just like ours, and files of rAthena with our line in them, from before the first installation. */
  readonly alreadyThere: readonly string[];
}

/**
 * The record of the installation in a tree; undefined when there is none.
 *
 * @throws AiIpcError rathena_conflict when it cannot be understood.
 */
export function readRecord(root: string): InstallationRecord | undefined {
  const path = locate(root, RECORD_FILE);
  const bytes = readIfThere(path);
  if (bytes === undefined) return recordOfKilledRun(path);
  const record = parse(bytes);
  if (record !== undefined) return record;
  throw new AiIpcError(
    'rathena_conflict',
    `${path}, the record of the installation, cannot be understood. Nothing was changed. Delete it and run \`ai-ipc rathena install\`, which makes a new one.`,
  );
}

/** A first installation that was killed has made folders, and its record has not yet its name. */
function recordOfKilledRun(path: string): InstallationRecord | undefined {
  const bytes = readIfThere(newOf(path));
  return bytes === undefined ? undefined : parse(bytes);
}

function parse(bytes: Buffer): InstallationRecord | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    // Half written, edited or of another program: what is in it does not matter then.
    return undefined;
  }
}

/** By hand: loading a library of schemas for it took a quarter of the time of these commands. */
function isRecord(value: unknown): value is InstallationRecord {
  if (!isTable(value)) return false;
  const { version, files, previous, folders, endedWithoutNewline, putAside, alreadyThere } = value;
  return (
    typeof version === 'string' &&
    [files, previous].every((table) => isTable(table) && isByPath(table, isText)) &&
    isTable(putAside) &&
    isByPath(putAside, isPath) &&
    [folders, endedWithoutNewline, alreadyThere].every((list) => Array.isArray(list) && list.every(isPath))
  );
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isByPath(table: Record<string, unknown>, isIt: (value: unknown) => boolean): boolean {
  return Object.entries(table).every(([path, value]) => isPath(path) && isIt(value));
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && PATH.test(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

export function recordBytes(record: InstallationRecord): Buffer {
  return Buffer.from(`${JSON.stringify(record, null, 1)}\n`);
}

/** True for content that an installation wrote, also one of the version before. */
export function isRecorded(record: InstallationRecord | undefined, path: string, print: string): boolean {
  return record?.files[path] === print || record?.previous[path] === print;
}
