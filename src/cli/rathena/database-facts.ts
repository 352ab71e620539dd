import { messageOf } from '../../base/errors.ts';
import { AiIpc } from '../../client/ai-ipc.ts';
import { type DatabaseSettings, loadSettings } from '../../config/load.ts';
import type { QueueStore } from '../../queue/queue-store.ts';
import type { DatabaseFacts } from '../../rathena/game-facts.ts';
import type { MapDatabase } from '../../rathena/map-settings.ts';
import { databaseName, openStore } from '../../store/open-store.ts';
import { settingsFrom } from '../base/settings-options.ts';

/** A worker beats every 2 s: one that missed two beats may be dead. */
const LIVING_MS = 5_000;
/** Longer than one attempt at an AI service that is slow, shorter than patience. */
const LIFE_SECONDS = 10;
/** Stands in source_npc, for whoever meets the request. */
const MARK = 'ai-ipc rathena check';

/** What the map server's own user finds in its database. */
export async function lookAtDatabase(map: MapDatabase, sendsRequest: boolean): Promise<DatabaseFacts> {
  const settings = settingsOf(map);
  const name = databaseName(settings);
  try {
    if (settings.kind !== 'mariadb') return { name, trouble: 'it is no MariaDB and no MySQL.' };
    // The driver is loaded for those alone who look into the database.
    const { lookAtGameSide } = await import('../../store/game-side.ts');
    const side = await lookAtGameSide(settings);
    return {
      name,
      trouble: undefined,
      ...side,
      otherDatabase: otherThan(settings),
      ...(await way(settings, { ...side, sendsRequest })),
    };
  } catch (error) {
    return { name, trouble: messageOf(error) };
  }
}

/** TLS and its kind are those of this process; place and user are the map server's. */
function settingsOf({ host, port, user, password, database }: MapDatabase): DatabaseSettings {
  const env = {
    ...process.env,
    // Its password is in no file.
    ...{ DB_PASSWORD_FILE: undefined, CREDENTIALS_DIRECTORY: undefined },
    ...{ DB_HOST: host, DB_PORT: String(port), DB_USER: user, DB_PASSWORD: password, DB_NAME: database },
  };
  return loadSettings({ env, cwd: process.cwd(), database: 'mariadb' }).database;
}

/** Where the worker's settings here lead, if it is elsewhere. */
function otherThan(map: Extract<DatabaseSettings, { kind: 'mariadb' }>): string | undefined {
  const own = settingsFrom({}).database;
  if (own.kind !== 'mariadb') return databaseName(own);
  const isThere = [own, ...(own.otherHosts ?? [])].some(
    ({ host, port }) => port === map.port && plainHost(host) === plainHost(map.host),
  );
  return own.database === map.database && isThere ? undefined : databaseName(own);
}

function plainHost(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}

type Way = Pick<Extract<DatabaseFacts, { trouble: undefined }>, 'livingWorkers' | 'way'>;

/** A store needs rights: without them it is known already what to mend. */
async function way(
  settings: DatabaseSettings,
  {
    missingRights,
    sendsRequest,
  }: { readonly missingRights: readonly string[]; readonly sendsRequest: boolean },
): Promise<Way> {
  if (missingRights.length > 0) return { livingWorkers: 0, way: undefined };
  const store = await openStore(settings);
  const ai = new AiIpc(store);
  try {
    const livingWorkers = await countLiving(store);
    return { livingWorkers, way: livingWorkers === 0 || !sendsRequest ? undefined : await thereAndBack(ai) };
  } finally {
    await ai.close();
  }
}

async function countLiving(store: QueueStore): Promise<number> {
  const workers = await store.sightings();
  return workers.filter(({ heartbeatAgeMs }) => heartbeatAgeMs !== null && heartbeatAgeMs <= LIVING_MS)
    .length;
}

async function thereAndBack(ai: AiIpc): Promise<NonNullable<Way['way']>> {
  const startMs = performance.now();
  const { error } = await ai.ask('health_check', '/api/v1/health', undefined, {
    timeoutSeconds: LIFE_SECONDS,
    sourceNpc: MARK,
  });
  const ms = Math.round(performance.now() - startMs);
  return { ms, trouble: error === null ? undefined : `${error.code}: ${error.message}` };
}
