import type { DatabaseSettings, MariadbSettings } from '../config/settings.ts';
import { checkSchema } from '../database/check-schema.ts';
import { openSqliteWithSchema } from '../database/sqlite-schema.ts';
import { mariadbStatements } from '../store/mariadb-statements.ts';
import { sqliteStatements } from '../store/sqlite-statements.ts';
import {
  type ActionOptions,
  type ActionResult,
  cancel,
  deleteEnded,
  note,
  type ResendOptions,
  resend,
} from './actions.ts';
import type { OperatorDatabase } from './database.ts';
import type { LoggedEvent } from './log-event.ts';
import {
  type KeptTraffic,
  lastEvents,
  type Overview,
  type OverviewOptions,
  readNowMs,
  readOverview,
} from './overview.ts';
import type { RequestFilter } from './request-filter.ts';
import {
  countRequests,
  type ListOptions,
  listRequests,
  type RequestCount,
  type RequestPage,
  type RequestTotals,
  totalRequests,
} from './request-list.ts';
import { Sampler } from './sample.ts';
import { mariadbOperatorStatements, sqliteOperatorStatements } from './statements.ts';
import { readStory, type Story } from './story.ts';
import { type NpcFigures, npcFiguresOf } from './traffic.ts';
import type { WindowName } from './window.ts';

/**
 * The queue as the person sees it who runs it. Nothing here reads a table from end to end, whatever its size, and nothing
 * locks a row but the actions. Methods reject with AiIpcError.
 */
export interface Operator {
  /** Which database this is, for people: never with a password. */
  readonly name: string;
  /** How deep the queue is, how it goes, who works, what went wrong last. */
  overview(window: WindowName, options?: OverviewOptions): Promise<Overview>;
  /** What each NPC asked within the window, the busiest first. */
  npcs(window: WindowName, limit?: number): Promise<NpcFigures[]>;
  list(filter: RequestFilter, options?: ListOptions): Promise<RequestPage>;
  count(filter: RequestFilter, options?: { readonly limitMs?: number | undefined }): Promise<RequestCount>;
  /** The same, with what has become of them; each is looked at. */
  totals(filter: RequestFilter, options?: { readonly limitMs?: number | undefined }): Promise<RequestTotals>;
  /** The moment by the database's clock, in milliseconds since 1970. */
  nowMs(): Promise<number>;
  /** Everything about one request; undefined when there is none. */
  story(id: number): Promise<Story | undefined>;
  /** The last things that operators did, the newest first. */
  actions(limit?: number): Promise<LoggedEvent[]>;
  /** Asks ended requests once more, each as a new one. */
  resend(ids: readonly number[], options: ResendOptions): Promise<ActionResult>;
  /** pending or processing → cancelled. */
  cancel(ids: readonly number[], options: ActionOptions): Promise<ActionResult>;
  /** Ended requests alone, with their responses. */
  delete(ids: readonly number[], options: ActionOptions): Promise<ActionResult>;
  /** Writes down what an operator did that belongs to no request, such as silencing all NPCs. */
  note(what: ActionOptions & { readonly action: string; readonly what?: string | undefined }): Promise<void>;
  close(): Promise<void>;
}

/** A page and an action beside it. */
const CONNECTIONS = 2;
const NPCS = 50;
const ACTIONS = 100;
/** `cancelled` is of clients too, who name nobody: so many of each kind are looked at. */
const LOOKED_AT = 500;

/** Over a database that is open already; closing the operator closes it. */
export function createOperator(db: OperatorDatabase): Operator {
  const sampler = new Sampler(db);
  const kept: KeptTraffic = new Map();
  return {
    name: db.database.name,
    overview: (window, options) => readOverview(db, { sampler, kept }, { ...options, window }),
    async npcs(window, limit = NPCS) {
      return npcFiguresOf(await sampler.sample(window, await readNowMs(db)), limit);
    },
    list: (filter, options) => listRequests(db, filter, options),
    count: (filter, options) => countRequests(db, filter, options),
    totals: (filter, options) => totalRequests(db, filter, options),
    nowMs: () => readNowMs(db),
    story: (id) => readStory(db, id),
    async actions(limit = ACTIONS) {
      const events = await lastEvents(db, ['resent', 'deleted', 'cancelled', 'operator'], LOOKED_AT);
      // Of a resend, the row of the old request tells all.
      return events.filter(({ by, of }) => by !== null && of === null).slice(0, limit);
    },
    resend: (ids, options) => resend(db, ids, options),
    cancel: (ids, options) => cancel(db, ids, options),
    delete: (ids, options) => deleteEnded(db, ids, options),
    note: (what) => note(db, what),
    close: () => db.database.close(),
  };
}

/**
 * Opens the queue for an operator. A SQLite file is made where it is not there. Throws AiIpcError as openStore does.
 */
export async function openOperator(settings: DatabaseSettings): Promise<Operator> {
  const db = settings.kind === 'mariadb' ? await openMariadb(settings) : await openSqlite(settings.file);
  return createOperator(db);
}

async function openSqlite(file: string): Promise<OperatorDatabase> {
  const database = await openSqliteWithSchema(file);
  return { database, statements: sqliteOperatorStatements, shared: sqliteStatements };
}

/** The driver is loaded here alone. Nothing rests: who looks seldom holds no connection of the game's meanwhile. */
async function openMariadb(settings: MariadbSettings): Promise<OperatorDatabase> {
  const { openMariadbPool } = await import('../database/mariadb-pool.ts');
  const { probeServer } = await import('../database/probe.ts');
  // Asked first, on connections of its own: it tells at once what a pool would only time out on.
  const { maxPacketBytes } = await probeServer(settings, { mayBeReadOnly: true });
  const database = openMariadbPool({ ...settings, minPoolSize: 0, maxPoolSize: CONNECTIONS, maxPacketBytes });
  try {
    await checkSchema((sql) => database.query(sql));
    return { database, statements: mariadbOperatorStatements, shared: mariadbStatements('wait') };
  } catch (error) {
    await database.close();
    throw error;
  }
}
