import { messageOf } from '../base/errors.ts';
import { type HostAndPort, hostListText } from '../base/host-list.ts';
import { within } from '../base/within.ts';
import type { MariadbSettings } from '../config/settings.ts';
import { type ConnectNeeds, connectToServing } from '../database/connect.ts';
import type { Row } from '../database/database.ts';
import { toDatabaseError } from '../database/database-errors.ts';
import { mariadbName } from '../database/database-name.ts';
import { atHost, hostsOf, isSame } from '../database/hosts.ts';

/** One of several hosts of DB_HOST. */
export interface HostFact {
  readonly name: string;
  /** Whether it is the one that serves now. */
  readonly isUsed: boolean;
  /** Why it could not take over; undefined where it could. */
  readonly trouble: string | undefined;
  /** Which queue it has: the same on all that have the same data. */
  readonly queueId: string | undefined;
}

const QUEUE_ID = "SELECT value FROM ai_ipc_meta WHERE name = 'queue_id'";

/** Looks at each of them, all at the same time. */
export function lookAtHosts(
  settings: MariadbSettings,
  used: HostAndPort,
  { needs, limitMs }: { readonly needs: ConnectNeeds; readonly limitMs: number },
): Promise<HostFact[]> {
  return Promise.all(
    hostsOf(settings).map(async (place) => ({
      name: hostListText([place]),
      isUsed: isSame(place, used),
      ...(await lookAt(atHost(settings, place), needs, limitMs)),
    })),
  );
}

async function lookAt(
  settings: MariadbSettings,
  needs: ConnectNeeds,
  limitMs: number,
): Promise<Pick<HostFact, 'trouble' | 'queueId'>> {
  const look = readQueueId(settings, needs).then(
    (queueId) => ({ trouble: undefined, queueId }),
    (error: unknown) => ({
      trouble: messageOf(toDatabaseError(error, mariadbName(settings))),
      queueId: undefined,
    }),
  );
  const silence = `${mariadbName(settings)}: it did not answer within ${limitMs / 1000} s.`;
  return await within(look, { ms: limitMs, late: () => ({ trouble: silence, queueId: undefined }) });
}

async function readQueueId(settings: MariadbSettings, needs: ConnectNeeds): Promise<string> {
  const { connection, cut } = await connectToServing(settings, needs)(settings);
  try {
    const [row] = await connection.query<Row[]>(QUEUE_ID);
    // A goodbye that fails changes nothing of what was seen.
    await connection.end().catch(() => undefined);
    return String(row?.['value']);
  } finally {
    cut();
  }
}
