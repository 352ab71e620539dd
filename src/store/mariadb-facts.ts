import { AiIpcError } from '../base/errors.ts';
import type { MariadbSettings } from '../config/settings.ts';
import { checkServer, type Query, readSchema } from '../database/check-schema.ts';
import { type ConnectNeeds, connectTo, type OpenConnection } from '../database/connect.ts';
import type { Row } from '../database/database.ts';
import { toDatabaseError } from '../database/database-errors.ts';
import { mariadbName } from '../database/database-name.ts';
import { atHost, hasSeveralHosts } from '../database/hosts.ts';
import { describeEncryption, probeServer } from '../database/probe.ts';
import { findLostKeys } from '../database/schema-keys.ts';
import { findServerFaults } from '../database/server-checks.ts';
import { poolSession } from '../database/session.ts';
import { findHeldIds, readTransactions } from './held-requests.ts';
import { lookAtHosts } from './host-facts.ts';
import { lookAtQueue, number, text } from './look-at-queue.ts';
import { FIND_DUE, type LockBy, wayOf } from './mariadb-locks.ts';
import { partOf } from './part.ts';
import { mariadbFactStatements } from './queue-fact-statements.ts';
import type { ConnectionFacts, EventFacts, GaleraFacts, ServerFacts } from './server-facts.ts';
import { isOnThisMachine } from './this-machine.ts';
import { findMissingRights } from './worker-rights.ts';

/** Of one host of several, while all are looked at. */
const HOST_LIMIT_MS = 2_000;
/** A statement, or a wait for a lock, that takes longer has something to tell. */
const STATEMENT_SECONDS = 1;

const VARIABLES = `
  SHOW GLOBAL VARIABLES WHERE Variable_name IN
    ('time_zone', 'system_time_zone', 'tx_isolation', 'transaction_isolation', 'binlog_format', 'log_bin', 'datadir',
     'event_scheduler', 'max_connections', 'wsrep_on', 'read_only', 'innodb_read_only')`;
const ACCOUNT_CONNECTIONS = 'SELECT @@SESSION.max_user_connections AS most';
const OPEN_CONNECTIONS = "SHOW GLOBAL STATUS WHERE Variable_name = 'Threads_connected'";
const ROW_FORMATS = `
  SELECT TABLE_NAME AS name, ROW_FORMAT AS format
    FROM information_schema.TABLES
   WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ai_requests'`;
/** The plan as rows: MySQL draws a tree by default, and MariaDB passes the comment by. */
const EXPLAIN = 'EXPLAIN /*!80018 FORMAT=TRADITIONAL */';
const EVENT = "SHOW EVENTS WHERE Name = 'evt_ai_cleanup_old_requests'";
const HISTORY = "SHOW GLOBAL STATUS WHERE Variable_name = 'Innodb_history_list_length'";
const HISTORY_METRIC =
  "SELECT `COUNT` AS Value FROM information_schema.INNODB_METRICS WHERE NAME = 'trx_rseg_history_len'";
const GALERA = `
  SHOW GLOBAL STATUS WHERE Variable_name IN
    ('wsrep_cluster_status', 'wsrep_local_state_comment', 'wsrep_ready', 'wsrep_cluster_size')`;

/**
 * Everything that a server tells of itself and of the queue, over one connection; a second one tries SKIP LOCKED. Throws
 * AiIpcError where nobody can connect; all else that cannot be seen is told in its place. Nothing is changed.
 */
export async function lookAtServer(settings: MariadbSettings, limitMs: number): Promise<ServerFacts> {
  const name = mariadbName(settings);
  const deadline = new Deadline(limitMs, name);
  try {
    const opened = await deadline.within(open(settings, limitMs).then((one) => deadline.cutting(one)));
    const query: Query = (sql) =>
      deadline.within(opened.connection.query<Row[]>(sql)).catch((error: unknown) => {
        throw toDatabaseError(error, name);
      });
    const encryption = await deadline.within(describeEncryption(opened));
    const hosts = partOf(async () =>
      hasSeveralHosts(settings)
        ? await lookAtHosts(settings, opened.place, { needs: needsOf(limitMs), limitMs: HOST_LIMIT_MS })
        : [],
    );
    const serving = hasSeveralHosts(settings) ? atHost(settings, opened.place) : settings;
    const facts = { ...(await gather(serving, query, deadline)), encryption, hosts: await hosts };
    // A goodbye that fails changes nothing of what was seen.
    await deadline.within(opened.connection.end()).catch(() => undefined);
    return facts;
  } catch (error) {
    throw toDatabaseError(error, name);
  } finally {
    deadline.end();
  }
}

function open(settings: MariadbSettings, limitMs: number): Promise<OpenConnection> {
  return connectTo(settings, needsOf(limitMs));
}

function needsOf(limitMs: number): ConnectNeeds {
  return {
    session: {
      ...poolSession('+00:00'),
      lockWaitSeconds: STATEMENT_SECONDS,
      statementSeconds: STATEMENT_SECONDS,
    },
    hasManyStatements: false,
    // After our own limit, which says more.
    socketTimeoutMs: 2 * limitMs,
  };
}

async function gather(
  settings: MariadbSettings,
  query: Query,
  deadline: Deadline,
): Promise<Omit<ServerFacts, 'encryption' | 'hosts'>> {
  const [version] = await query('SELECT VERSION() AS version, CURRENT_USER() AS account');
  const { isMariadb } = await checkServer(query);
  const variables = await namesAndValues(query, VARIABLES);
  return {
    version: text(version, 'version'),
    isMariadb,
    account: text(version, 'account').replace(/^(.*)@([^@]*)$/, "'$1'@'$2'"),
    server: await partOf(async () => [
      ...(await findServerFaults(query, 'serve')),
      ...(await findServerFaults(query, 'migrate')),
    ]),
    settings: await partOf(async () => variables),
    schema: await partOf(() => readSchema(query)),
    rowFormats: await partOf(async () => {
      const rows = await query(ROW_FORMATS);
      return new Map(rows.map((row) => [text(row, 'name'), text(row, 'format')]));
    }),
    lostKeys: await partOf(() => findLostKeys(query)),
    planFault: await partOf(() => readPlanFault(query)),
    lockBy: await partOf(() => readLockBy(settings, deadline, isMariadb)),
    missingRights: await partOf(() => findMissingRights(query)),
    connections: await partOf(() => readConnections(query, variables)),
    event: await partOf(() => readEvent(query)),
    historyLength: await partOf(() => readHistory(query)),
    heldIds: await partOf(() => findHeldIds(query, isMariadb)),
    // After it: who holds something, and for how long.
    transactions: await partOf(() => readTransactions(query)),
    galera: await partOf(() => readGalera(query, variables)),
    folder: isOnThisMachine(settings) ? variables['datadir'] : undefined,
    queue: await lookAtQueue(query, mariadbFactStatements),
  };
}

async function namesAndValues(query: Query, sql: string): Promise<Readonly<Record<string, string>>> {
  const rows = await query(sql);
  return Object.fromEntries(rows.map((row) => [text(row, 'Variable_name'), text(row, 'Value')]));
}

/** The way in which src/store/mariadb-store.ts has its claims go. */
async function readLockBy(
  settings: MariadbSettings,
  deadline: Deadline,
  isMariadb: boolean,
): Promise<LockBy> {
  const { skipsLocked } = await deadline.within(probeServer(settings));
  return wayOf({ isMariadb, skipsLocked });
}

async function readPlanFault(query: Query): Promise<string | undefined> {
  const plan = await query(`${EXPLAIN} ${FIND_DUE.replace('?', '10')}`);
  const [row] = plan;
  const way = text(row, 'type');
  // An empty table is answered without one.
  if (row?.['table'] === null || ['ref', 'range', 'eq_ref', 'const'].includes(way)) return undefined;
  return `${text(row, 'table')} is read by ${way} and the key ${text(row, 'key') || 'none'}, some ${number(row, 'rows')} rows`;
}

async function readConnections(
  query: Query,
  variables: Readonly<Record<string, string>>,
): Promise<ConnectionFacts> {
  const [account] = await query(ACCOUNT_CONNECTIONS);
  const open = await namesAndValues(query, OPEN_CONNECTIONS);
  return {
    mostOfAccount: number(account, 'most'),
    mostOfServer: Number(variables['max_connections'] ?? 0),
    open: Number(open['Threads_connected'] ?? 0),
  };
}

/** Refused without the right EVENT, where a look into information_schema would say that there is none. */
async function readEvent(query: Query): Promise<EventFacts> {
  const [event] = await query(EVENT);
  return { status: event === undefined ? undefined : text(event, 'Status') };
}

/** MariaDB from 10.5 on tells it to everybody, others to whoever has the right PROCESS. */
async function readHistory(query: Query): Promise<number> {
  const [status] = await query(HISTORY);
  if (status !== undefined) return number(status, 'Value');
  const [metric] = await query(HISTORY_METRIC);
  return number(metric, 'Value');
}

async function readGalera(
  query: Query,
  variables: Readonly<Record<string, string>>,
): Promise<GaleraFacts | undefined> {
  if (variables['wsrep_on'] !== 'ON') return undefined;
  const status = await namesAndValues(query, GALERA);
  return {
    clusterStatus: status['wsrep_cluster_status'] ?? 'unknown',
    state: status['wsrep_local_state_comment'] ?? 'unknown',
    isReady: status['wsrep_ready'] === 'ON',
    size: Number(status['wsrep_cluster_size'] ?? 0),
  };
}

/** The end of all waiting: what is under way then is cut, and everything later fails at once. */
class Deadline {
  readonly #name: string;
  readonly #limitMs: number;
  readonly #over: Promise<never>;
  readonly #timer: NodeJS.Timeout;
  #opened: OpenConnection | undefined;
  #isOver = false;

  constructor(limitMs: number, name: string) {
    this.#name = name;
    this.#limitMs = limitMs;
    let giveUp: (reason: AiIpcError) => void = () => undefined;
    this.#over = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#opened?.cut();
      giveUp(this.#error());
    }, limitMs);
    // It is heard by whoever waits; where nobody does, it is no news.
    this.#over.catch(() => undefined);
  }

  within<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    return Promise.race([this.#over, work]);
  }

  /** What was opened is cut with all else; at once where the end has come before it. */
  cutting(opened: OpenConnection): OpenConnection {
    this.#opened = opened;
    if (this.#isOver) opened.cut();
    return opened;
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#opened?.cut();
  }

  #error(): AiIpcError {
    const message = `${this.#name}: it did not answer within ${this.#limitMs / 1000} s. Look at its load, and at what SHOW PROCESSLIST names.`;
    return new AiIpcError('database_unavailable', message);
  }
}
