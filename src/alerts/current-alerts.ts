import { statfs } from 'node:fs/promises';
import { within } from '../base/within.ts';
import type { AlertSettings } from '../config/settings.ts';
import type { AlertStore } from '../queue/alert-store.ts';
import { type Alert, judgeAlerts, raisedIn, type Seen } from './alert.ts';

/**
 * The alerts that hold now, the gravest first; none where all is well. It reads a few figures of the database and the free
 * space of its disk, writes nothing, and never rejects: what cannot be seen raises no alert.
 */
export async function currentAlerts(
  store: Pick<AlertStore, 'look'>,
  settings: AlertSettings,
): Promise<readonly Alert[]> {
  return raisedIn(judgeAlerts(await seeAll(store), settings));
}

/** The figures of the database, and the disk's beside them. */
export async function seeAll(store: Pick<AlertStore, 'look'>): Promise<Seen> {
  const facts = await store.look();
  return { ...facts, diskFreeBytes: facts.folder === null ? null : await freeBytesOf(facts.folder) };
}

/** A network disk that hangs must not hold up who asks. */
const DISK_LIMIT_MS = 2_000;

/** Free for others than root; null where this user may not look there, or a container keeps the folder elsewhere. */
async function freeBytesOf(folder: string): Promise<number | null> {
  const look = statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
  return await within(look, { ms: DISK_LIMIT_MS, late: () => null });
}
