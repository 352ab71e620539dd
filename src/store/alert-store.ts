import { dirname } from 'node:path';
import type { DatabaseSettings, MariadbSettings } from '../config/settings.ts';
import type { Database } from '../database/database.ts';
import { numberOf, textOf } from '../database/row-fields.ts';
import type { AlertFacts, AlertStore, Notice, NoticeKind } from '../queue/alert-store.ts';
import { lookAtAlerts } from './look-at-queue.ts';
import { mariadbFactStatements, sqliteFactStatements } from './queue-fact-statements.ts';
import type { AlertParts } from './queue-facts.ts';
import { isOnThisMachine } from './this-machine.ts';

/** An alert that goes on is told again after this. */
const TOLD_FOR_SECONDS = 3_600;
/** As long as others wait before they take a worker for dead. */
const LIVING_MS = 10_000;

interface NoticeStatements {
  /** name → value, and now: seconds by the database's clock */
  readonly read: string;
  /** name, value: nothing where the name is there already */
  readonly insert: string;
  /** value, name, value as it was */
  readonly change: string;
}

/** A notice is a row of ai_ipc_meta: the change that finds its value as it was read wins, and nobody else's does. */
export const mariadbNoticeStatements: NoticeStatements = {
  read: `
    SELECT CAST(UNIX_TIMESTAMP() AS SIGNED) AS now, meta.value
      FROM (SELECT 1 AS one) one_row LEFT JOIN ai_ipc_meta meta ON meta.name = ?`,
  insert: 'INSERT IGNORE INTO ai_ipc_meta (name, value) VALUES (?, ?)',
  change: 'UPDATE ai_ipc_meta FORCE INDEX (PRIMARY) SET value = ? WHERE name = ? AND value = ?',
};

const sqliteNoticeStatements: NoticeStatements = {
  read: `
    SELECT unixepoch() AS now, meta.value
      FROM (SELECT 1 AS one) one_row LEFT JOIN ai_ipc_meta meta ON meta.name = ?`,
  insert: 'INSERT OR IGNORE INTO ai_ipc_meta (name, value) VALUES (?, ?)',
  change: 'UPDATE ai_ipc_meta SET value = ? WHERE name = ? AND value = ?',
};

export interface AlertStoreParts {
  readonly database: Database;
  readonly kind: 'mariadb' | 'sqlite';
  /** Finds the folder of its files; null where that is on another machine. Asked once. */
  readonly findFolder: () => Promise<string | null>;
}

/** What alerts need, over an open database. */
export function createAlertStore({ database, kind, findFolder }: AlertStoreParts): AlertStore {
  const facts = kind === 'mariadb' ? mariadbFactStatements : sqliteFactStatements;
  const notices = kind === 'mariadb' ? mariadbNoticeStatements : sqliteNoticeStatements;
  let folder: string | null | undefined;
  return {
    async look() {
      const parts = await lookAtAlerts((sql) => database.query(sql), facts);
      // Where even this fails, nothing else was seen either.
      folder ??= await findFolder().catch(() => undefined);
      return alertFactsOf(parts, folder ?? null);
    },
    claimNotice: (alert, noticeKind) => claimNotice(database, notices, { alert, kind: noticeKind }),
  };
}

/** What alerts need, over the database that these settings name. */
export function openAlertStore(database: Database, settings: DatabaseSettings): AlertStore {
  if (settings.kind === 'sqlite')
    return createAlertStore({ database, kind: 'sqlite', findFolder: async () => dirname(settings.file) });
  return createAlertStore({ database, kind: 'mariadb', findFolder: () => readFolder(database, settings) });
}

/** Where the server says that its files are; null for a server on another machine. */
export async function readFolder(
  database: Pick<Database, 'query'>,
  settings: Pick<MariadbSettings, 'host' | 'socketPath' | 'otherHosts'>,
): Promise<string | null> {
  if (!isOnThisMachine(settings)) return null;
  const [row] = await database.query('SELECT @@datadir AS folder');
  return row === undefined ? null : textOf(row, 'folder');
}

/** The same facts as the doctor's, as alerts are judged by them. */
export function alertFactsOf(
  { workers, pending, processing, recent, dailyTokens }: AlertParts,
  folder: string | null,
): AlertFacts {
  const waiting = 'seen' in pending ? pending.seen : null;
  const ended = 'seen' in recent ? recent.seen : null;
  return {
    pending: waiting?.pending ?? null,
    oldestPendingSeconds: waiting?.oldestDueSeconds ?? null,
    processing: 'seen' in processing ? processing.seen : null,
    recent: ended === null ? null : { ended: ended.ended, failed: ended.failed + ended.timeout },
    workers: 'seen' in workers ? workers.seen.filter((one) => one.heartbeatAgeMs <= LIVING_MS).length : null,
    dailyTokens: 'seen' in dailyTokens ? dailyTokens.seen : null,
    folder,
  };
}

interface Told {
  readonly kind: NoticeKind;
  /** When it was last told that the alert holds; 0 for never. */
  readonly raisedSeconds: number;
}

const NEVER: Told = { kind: 'cleared', raisedSeconds: 0 };

async function claimNotice(
  database: Database,
  statements: NoticeStatements,
  { alert, kind }: { readonly alert: string; readonly kind: NoticeKind },
): Promise<Notice | undefined> {
  const name = `alert.${alert}`;
  const [row] = await database.query(statements.read, [name]);
  if (row === undefined) return undefined;
  const now = numberOf(row, 'now');
  const before = row['value'] === null ? null : textOf(row, 'value');
  const told = toldIn(before);
  const isDue = kind === 'cleared' ? told.kind === 'raised' : now - told.raisedSeconds >= TOLD_FOR_SECONDS;
  if (!isDue) return undefined;
  const after = textFor({ kind, raisedSeconds: kind === 'raised' ? now : told.raisedSeconds });
  const change = async (from: string, to: string) =>
    (await database.execute(statements.change, [to, name, from])).affectedRows === 1;
  const isOurs =
    before === null
      ? (await database.execute(statements.insert, [name, after])).affectedRows === 1
      : await change(before, after);
  if (!isOurs) return undefined;
  return {
    async giveBack() {
      await change(after, before ?? textFor(NEVER));
    },
  };
}

/** What is no notice of ours was written by hand: as if nothing had been told. */
function toldIn(value: string | null): Told {
  const [, kind, seconds] = /^(raised|cleared) (\d{1,12})$/.exec(value ?? '') ?? [];
  if (kind === undefined) return NEVER;
  return { kind: kind === 'raised' ? 'raised' : 'cleared', raisedSeconds: Number(seconds) };
}

function textFor({ kind, raisedSeconds }: Told): string {
  return `${kind} ${raisedSeconds}`;
}
