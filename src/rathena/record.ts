import { z } from 'zod';
import { AiIpcError } from '../base/errors.ts';
import { newOf } from './changes.ts';
import { locate, readIfThere } from './tree.ts';

/**
 * Where the tree keeps what an installation did. rAthena's git ignores files of others in src/custom; and this folder is
 * always there, so that the record can be on the disk before the first folder is made.
 */
export const RECORD_FILE = 'src/custom/ai_ipc_installed.json';

/** Relative, with slashes, and never upwards: what is deleted is found by it. */
const PATH = z.string().regex(/^(?!.*\.\.)[\w.-]+(?:\/[\w.-]+)*$/);

const RECORD = z.object({
  version: z.string(),
  /** Fingerprints of what was installed. */
  files: z.record(PATH, z.string()),
  /** Those of the version before, where they differ: a killed upgrade leaves some of them, and they are ours too. */
  previous: z.record(PATH, z.string()),
  /** Folders that were made. */
  folders: z.array(PATH),
  /** Files of rAthena that had no line end before our line was added. */
  endedWithoutNewline: z.array(PATH),
  /** Files that stood where ours belong before the first installation, and where they were put. */
  putAside: z.record(PATH, PATH),
  /** Files just like ours, and files of rAthena with our line in them, from before the first installation. */
  alreadyThere: z.array(PATH),
});

/** What an installation did, and what uninstall needs to put the tree back. */
export type InstallationRecord = z.infer<typeof RECORD>;

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
    return RECORD.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    // Half written, edited or of another program: what is in it does not matter then.
    return undefined;
  }
}

export function recordBytes(record: InstallationRecord): Buffer {
  return Buffer.from(`${JSON.stringify(record, null, 1)}\n`);
}

/** True for content that an installation wrote, also one of the version before. */
export function isRecorded(record: InstallationRecord | undefined, path: string, print: string): boolean {
  return record?.files[path] === print || record?.previous[path] === print;
}
