import type { Connection } from 'mariadb';
import { AiIpcError } from '../base/errors.ts';
import { type HostAndPort, hostListText } from '../base/host-list.ts';
import type { MariadbSettings } from '../config/settings.ts';
import type { Row } from './database.ts';
import { toDatabaseError } from './database-errors.ts';
import { mariadbName } from './database-name.ts';
import { READ_ONLY } from './error-advice.ts';
import type { ConnectSettings, OpenConnection } from './line.ts';
import { isOn } from './pool-member.ts';

/**
 * A host that has not let us in after so long gets company: the next one is tried, too, and whichever is first is used. With
 * the 1.5 s after which a silent statement asks where its server is (mariadb-pool.ts), a host that stands still is left
 * after 3.5 s.
 */
const HEAD_START_MS = 2_000;

/** Such as super_read_only of MySQL, a replica, and what an admin has switched. */
const IS_READ_ONLY = 'SELECT @@GLOBAL.read_only AS server, @@GLOBAL.innodb_read_only AS innodb';
/** Whether it is a node of Galera: each MariaDB has a wsrep_ready, which is OFF elsewhere. */
const IS_NODE = "SHOW GLOBAL VARIABLES WHERE Variable_name = 'wsrep_on'";
/** OFF at one that is cut off, or is joining. It refuses a SELECT by itself (1047), unless wsrep_dirty_reads is on. */
const IS_READY = "SHOW GLOBAL STATUS WHERE Variable_name = 'wsrep_ready'";

/** Which host of a list served last, and why not one before it: all pools of a process go to the same one. */
const lastServed = new Map<string, Served>();

interface Served {
  readonly place: HostAndPort;
  readonly passedOver: string;
}

/** Connections lead to another host. */
export interface HostChange {
  readonly from: string;
  readonly to: string;
  /** Why the one before does not serve; '' when a host that stands before it serves again. */
  readonly reason: string;
}

type Places = Pick<MariadbSettings, 'host' | 'port' | 'otherHosts'>;

/** In the order of DB_HOST. */
export function hostsOf({ host, port, otherHosts = [] }: Places): readonly [HostAndPort, ...HostAndPort[]] {
  return [{ host, port }, ...otherHosts];
}

export function hasSeveralHosts({ otherHosts = [] }: Places): boolean {
  return otherHosts.length > 0;
}

/** The same settings with this host alone. */
export function atHost<S extends ConnectSettings>(settings: S, { host, port }: HostAndPort): S {
  return { ...settings, host, port, otherHosts: [] };
}

type ConnectToHost = (place: HostAndPort) => Promise<OpenConnection>;

/**
 * A connection to the host that served last, or to the next one that serves. `first`: the one to begin with. Throws AiIpcError
 * (database_unavailable), which names all of them, where none serves; another error where an admin has to act first.
 */
export async function openAnywhere(
  settings: ConnectSettings,
  connect: ConnectToHost,
  first?: HostAndPort,
): Promise<OpenConnection> {
  const hosts = hostsOf(settings);
  const list = hostListText(hosts);
  const last = lastServed.get(list);
  const start = first ?? last?.place ?? hosts[0];
  const order = [start, ...hosts.filter((one) => !isSame(one, start))];
  const opened = await openInTurn(order, connect, settings);
  if (isSame(opened.place, start))
    // Who began there knows more than a list that has moved on meanwhile.
    return first === undefined ? { ...opened, passedOver: last?.passedOver ?? '' } : opened;
  noteServing(settings, opened.place, opened.passedOver);
  return opened;
}

/** A connection to a host that stands before this one; undefined where none of them serves. */
export async function openBefore(
  settings: ConnectSettings,
  connect: ConnectToHost,
  place: HostAndPort,
): Promise<OpenConnection | undefined> {
  const hosts = hostsOf(settings);
  const before = hosts.slice(
    0,
    hosts.findIndex((one) => isSame(one, place)),
  );
  if (before.length === 0) return undefined;
  // Whatever is the matter with them, there is one that serves; the doctor tells it.
  return await openInTurn(before, connect, settings).catch(() => undefined);
}

/** From now on all begin there. */
export function noteServing(settings: Places, place: HostAndPort, passedOver: string): void {
  lastServed.set(hostListText(hostsOf(settings)), { place, passedOver });
}

/** Throws where nobody can write there: another host may serve. */
export async function checkServes(connection: Connection, name: string): Promise<void> {
  const [state] = await connection.query<Row[]>(IS_READ_ONLY);
  if (isOn(state?.['server']) || isOn(state?.['innodb']))
    throw new AiIpcError('database_unavailable', `${name}: ${READ_ONLY}`);
  const [node] = await connection.query<Row[]>(IS_NODE);
  if (node?.['Value'] !== 'ON') return;
  const [ready] = await connection.query<Row[]>(IS_READY);
  if (ready?.['Value'] !== 'ON')
    throw new AiIpcError(
      'database_unavailable',
      `${name}: this node is cut off from its Galera cluster, or is joining: SHOW STATUS LIKE 'wsrep%'.`,
    );
}

export function isSame(one: HostAndPort, other: HostAndPort): boolean {
  return one.host === other.host && one.port === other.port;
}

interface Try {
  readonly place: HostAndPort;
  readonly opening: Promise<OpenConnection>;
  trouble: AiIpcError | undefined;
}

/** Each gets a head start; the first that opens is used, and the others are closed. */
async function openInTurn(
  order: readonly HostAndPort[],
  connect: ConnectToHost,
  settings: ConnectSettings,
): Promise<OpenConnection> {
  const tries: Try[] = [];
  for (const place of order) {
    const one = begin(place, connect, settings);
    tries.push(one);
    const opened = await firstOf(tries, one);
    if (opened !== undefined) return keep(opened, tries, settings);
    // With one that would refuse us again, as for a wrong password, the others are no remedy.
    if (tries.length === 1 && one.trouble !== undefined && one.trouble.code !== 'database_unavailable')
      throw one.trouble;
  }
  const opened = await anyOf(tries).catch(() => undefined);
  if (opened !== undefined) return keep(opened, tries, settings);
  const words = tries.flatMap(({ trouble }) => trouble?.message ?? []).join(' ');
  throw new AiIpcError(
    'database_unavailable',
    `${mariadbName(settings)}: none of these hosts serves. ${words}`,
  );
}

function begin(place: HostAndPort, connect: ConnectToHost, settings: ConnectSettings): Try {
  const opening = connect(place).catch((error: unknown) => {
    one.trouble = toDatabaseError(error, mariadbName(atHost(settings, place)));
    throw one.trouble;
  });
  const one: Try = { place, opening, trouble: undefined };
  return one;
}

function anyOf(tries: readonly Try[]): Promise<OpenConnection> {
  return Promise.any(tries.map(({ opening }) => opening));
}

/** undefined where the last one has failed, or has had its head start. */
async function firstOf(tries: readonly Try[], last: Try): Promise<OpenConnection | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), HEAD_START_MS);
  });
  // Its trouble is noted with it.
  const ended = last.opening.catch(() => undefined);
  try {
    return await Promise.race([anyOf(tries).catch(() => undefined), ended, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Those that open later are closed; why each before it was passed over goes with it. */
function keep(opened: OpenConnection, tries: readonly Try[], settings: ConnectSettings): OpenConnection {
  const others = tries.filter(({ place }) => !isSame(place, opened.place));
  for (const { opening } of others)
    opening.then(
      (late) => late.cut(),
      // It is told with the others.
      () => undefined,
    );
  const words = others.map(({ place, trouble }) => trouble?.message ?? silence(settings, place));
  return { ...opened, passedOver: words.join(' ') };
}

function silence(settings: ConnectSettings, place: HostAndPort): string {
  return `${mariadbName(atHost(settings, place))}: it did not let us in within ${HEAD_START_MS / 1000} s.`;
}
