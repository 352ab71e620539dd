import { statfs } from 'node:fs/promises';
import { messageOf } from '../base/errors.ts';
import { broken, type Finding, ok, sizeOf, unseen, warning } from './finding.ts';

interface DiskFacts {
  readonly folder: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Below both of these, an admin wants to be told: a large disk has room at 5 %, a small one is watched anyway. */
const LOW_PART = 0.1;
const LOW_BYTES = 5 * 1024 ** 3;
/** InnoDB's logs and a busy hour need that much. */
const LEAST_BYTES = 256 * 1024 ** 2;

/** The disk of this folder; what is free there for others than root. Throws what the system says. */
async function lookAtDisk(folder: string): Promise<DiskFacts> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { folder, freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

export async function diskFindings(folder: string | undefined, look = lookAtDisk): Promise<Finding[]> {
  if (folder === undefined)
    return [unseen('disk', 'The database is on another machine: look at its disk there (df -h).')];
  try {
    return [diskFinding(await look(folder))];
  } catch (error) {
    return [unseen('disk', `The disk of ${folder} cannot be looked at (${messageOf(error)}): df -h tells.`)];
  }
}

function diskFinding({ folder, freeBytes, totalBytes }: DiskFacts): Finding {
  const figures = `${sizeOf(freeBytes)} of ${sizeOf(totalBytes)} are free on the disk of ${folder}`;
  if (freeBytes < LEAST_BYTES)
    return broken('disk', {
      reason: `${figures}: requests and answers are about to be refused.`,
      remedy: `Make room: df -h ${folder}; ai-ipc cleanup 86400 deletes what ended more than a day ago.`,
      symptom: 'No requests being processed',
    });
  if (freeBytes < LOW_BYTES && freeBytes < LOW_PART * totalBytes)
    return warning('disk', {
      reason: `${figures}.`,
      remedy: `Make room: df -h ${folder}; keep less with RETENTION_DAYS.`,
    });
  return ok('disk', `${figures}.`);
}
