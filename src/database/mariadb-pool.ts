import { backoffMs } from '../base/backoff.ts';
import { systemClock } from '../base/clock.ts';
import { AiIpcError } from '../base/errors.ts';
import { hostListText } from '../base/host-list.ts';
import type { MariadbSettings } from '../config/settings.ts';
import { connectBefore, connectTo, connectToServing, type OpenConnection } from './connect.ts';
import { ConnectionPool } from './connection-pool.ts';
import type { Database, ExecuteResult, Row, RowsStatement, Statement } from './database.ts';
import {
  isFull,
  isLasting,
  isOfServerState,
  isRetryable,
  isTooLate,
  toDatabaseError,
} from './database-errors.ts';
import { mariadbName } from './database-name.ts';
import type { SeveralHosts, Where } from './host-return.ts';
import { type HostChange, hasSeveralHosts, hostsOf, noteServing } from './hosts.ts';
import type { ConnectNeeds } from './line.ts';
import { findStored, type Sent } from './lost-commit.ts';
import type { Member } from './pool-member.ts';
import { poolSession } from './session.ts';
import { insertEach, lockAndWrite, queryAll, writeIfLocked } from './transactions.ts';

/** The settings, and what a connection may be told besides. */
export interface ConnectionSettings extends MariadbSettings {
  /** The time zone of our sessions; only tests set it, to prove that it does not matter. Default +00:00. */
  readonly sessionTimeZone?: string;
  /** The server's max_allowed_packet in bytes, where it was asked for; else 16 MiB, MariaDB's default. */
  readonly maxPacketBytes?: number;
  /** Whether ids above 2^53 may be inserted, which nobody is told. Default: they are an error. */
  readonly takesHugeIds?: boolean;
  /** Told when connections lead to another host of several. */
  readonly onHostChange?: (change: HostChange) => void;
}

/** A transaction or statement that takes longer is given up and its connection closed: half-open sockets never answer. */
const OPERATION_TIMEOUT_MS = 10_000;
/** A socket on which nothing comes for so long is closed by the driver, just before our own limit. */
const SOCKET_TIMEOUT_MS = 9_500;
/**
 * After so long without an answer a new connection is asked which server it leads to: a primary that stands still says
 * nothing, and the address may lead to the next one by now. Lock waits are longer, and change no address.
 */
const SILENCE_MS = 3_000;
/** With several hosts sooner: one that stands still is then left within 5 s (hosts.ts). */
const SILENCE_OF_SEVERAL_MS = 1_500;
const DEFAULT_PACKET_BYTES = 2 ** 24;
/** The header of a packet, and what the driver adds to it. */
const PACKET_MARGIN_BYTES = 1024;
/** Deadlocks resolve at once for one side; ten in a row with growing pauses were never seen. */
const MAX_TRANSACTION_TRIES = 10;
/** Each wait for a lock takes 5 s: who waits for the third time has something to tell. */
const RETRY_WITHIN_MS = 9_000;
const RETRY = { firstMs: 20, longestMs: 320 } as const;

/** A connection of the pool's kind, of which nobody else knows. */
export function connectLikePool(
  settings: ConnectionSettings,
  { only, first }: Where = {},
): Promise<OpenConnection> {
  const needs = needsOf(settings);
  if (only !== undefined && hasSeveralHosts(settings)) return connectToServing(settings, needs)(only);
  return connectTo(settings, needs, first);
}

function needsOf(settings: ConnectionSettings): ConnectNeeds {
  return {
    session: poolSession(settings.sessionTimeZone ?? '+00:00'),
    hasManyStatements: true,
    socketTimeoutMs: SOCKET_TIMEOUT_MS,
    takesHugeIds: settings.takesHugeIds ?? false,
  };
}

/** The one way to MariaDB: pooled connections, READ COMMITTED, every wait bounded. */
export function openMariadbPool(settings: ConnectionSettings): Database {
  const pool = poolOf(settings, { hasReserve: false });
  return databaseOn(pool, settings, { isUrgent: false });
}

/** Both on the same connections, of which one is kept for what is urgent, where there is more than one. */
export interface MariadbPools {
  readonly database: Database;
  readonly urgentDatabase: Database;
}

/** Closing one of them closes both. */
export function openMariadbPools(settings: ConnectionSettings): MariadbPools {
  const pool = poolOf(settings, { hasReserve: true });
  return {
    database: databaseOn(pool, settings, { isUrgent: false }),
    urgentDatabase: databaseOn(pool, settings, { isUrgent: true }),
  };
}

function poolOf(
  settings: ConnectionSettings,
  { hasReserve }: { readonly hasReserve: boolean },
): ConnectionPool {
  return new ConnectionPool({
    name: mariadbName(settings),
    open: (where) => connectLikePool(settings, where),
    several: hasSeveralHosts(settings) ? severalOf(settings) : undefined,
    isLasting,
    isFull,
    min: Math.min(settings.minPoolSize, settings.maxPoolSize),
    max: settings.maxPoolSize,
    hasReserve,
  });
}

function severalOf(settings: ConnectionSettings): SeveralHosts {
  return {
    preferred: hostsOf(settings)[0],
    openBefore: (place) => connectBefore(settings, needsOf(settings), place),
    onMove: ({ from, to, reason }) => {
      noteServing(settings, to, reason);
      settings.onHostChange?.({ from: hostListText([from]), to: hostListText([to]), reason });
    },
  };
}

function databaseOn(
  pool: ConnectionPool,
  settings: ConnectionSettings,
  urgency: { readonly isUrgent: boolean },
): Database {
  const name = mariadbName(settings);
  const silenceMs = hasSeveralHosts(settings) ? SILENCE_OF_SEVERAL_MS : SILENCE_MS;
  const packetBytes = (settings.maxPacketBytes ?? DEFAULT_PACKET_BYTES) - PACKET_MARGIN_BYTES;

  async function withMember<T>(work: (member: Member) => Promise<T>): Promise<T> {
    try {
      const member = await pool.acquire(urgency);
      return await guarded(pool, member, { work, silence: new Silence(pool, member, silenceMs) });
    } catch (error) {
      throw isRetryable(error) ? error : toDatabaseError(error, name);
    }
  }

  const query: Database['query'] = (sql, values = []) =>
    retried(name, () => withMember(({ connection }) => connection.query<Row[]>(sql, values)));

  function insert(sql: string, rows: RowsStatement['rows'], sent?: Sent): Promise<number[]> {
    return retried(name, () =>
      withMember((member) => insertEach(member, { sql, rows }, { packetBytes, sent })),
    );
  }

  async function insertAndFind(
    ...[sql, rows, find]: Required<Parameters<Database['insertEach']>>
  ): Promise<number[]> {
    const sent: Sent = { ids: undefined };
    try {
      return await insert(sql, rows, sent);
    } catch (error) {
      const cause = toDatabaseError(error, name);
      if (sent.ids === undefined || cause.code !== 'database_unavailable') throw cause;
      const look = (statement: Statement) => query(statement.sql, statement.values);
      return await findStored(sent.ids, { find: find(sent.ids), query: look, cause });
    }
  }

  return {
    name,
    query,
    queryAll: (statements) => retried(name, () => withMember((member) => queryAll(member, statements))),
    execute: (sql, values = []) =>
      retried(name, () => withMember(({ connection }) => connection.query<ExecuteResult>(sql, values))),
    insertEach: (sql, rows, find) =>
      find === undefined ? insert(sql, rows) : insertAndFind(sql, rows, find),
    lockAndWrite: (lock, decide) =>
      retried(name, () => withMember((member) => lockAndWrite(member, { lock, decide, packetBytes }))),
    writeIfLocked: (lock, writes) =>
      retried(name, () => withMember((member) => writeIfLocked(member, { lock, writes, packetBytes }))),
    close: () => pool.close(),
  };
}

/** Gives the connection back in any case; when it is broken, or its server of no use, it is closed instead. */
async function guarded<T>(
  pool: ConnectionPool,
  member: Member,
  { work, silence }: { readonly work: (member: Member) => Promise<T>; readonly silence: Silence },
): Promise<T> {
  try {
    // Raced, because a connection that is cut need not reject what it was doing.
    const result = await Promise.race([work(member), silence.tooLong]);
    pool.release(member);
    return result;
  } catch (error) {
    // All others of this server are of no more use: without this, each would fail once for somebody.
    const isServerLost = silence.isOver || isOfServerState(error);
    if (isServerLost) pool.renew(member);
    if (isServerLost) pool.discard(member);
    else await giveBack(pool, member);
    throw error;
  } finally {
    silence.end();
  }
}

/** One that cannot be brought back to its first state is closed: the server undoes what was open on it. */
async function giveBack(pool: ConnectionPool, member: Member): Promise<void> {
  try {
    if (member.connection.isValid()) await member.connection.rollback();
    pool.release(member);
  } catch {
    // The caller learns of the first error; this one only says that the connection is of no more use.
    pool.discard(member);
  }
}

/** How long a connection is waited for that says nothing. */
class Silence {
  /** Rejects when it was too long. */
  readonly tooLong: Promise<never>;
  isOver = false;
  readonly #timers: NodeJS.Timeout[];

  constructor(pool: ConnectionPool, member: Member, silenceMs: number) {
    let giveUp: (error: AiIpcError) => void = () => undefined;
    this.tooLong = new Promise<never>((_, reject) => {
      giveUp = (error) => {
        this.isOver = true;
        reject(error);
      };
    });
    const lookWhere = () =>
      pool
        .hasMoved(member)
        .then((hasMoved) => (hasMoved ? giveUp(movedError(silenceMs)) : undefined), giveUp);
    this.#timers = [
      setTimeout(lookWhere, silenceMs),
      setTimeout(() => giveUp(overdueError()), OPERATION_TIMEOUT_MS),
    ];
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

function movedError(silenceMs: number): AiIpcError {
  const message = `The database did not answer for ${silenceMs / 1000} s, and its address leads to another server now.`;
  return new AiIpcError('database_unavailable', `${message} Going on with that one.`);
}

function overdueError(): AiIpcError {
  const message = `The database did not answer within ${OPERATION_TIMEOUT_MS / 1000} s.`;
  return new AiIpcError('database_unavailable', message);
}

async function retried<T>(name: string, run: () => Promise<T>): Promise<T> {
  const lastTryMs = performance.now() + RETRY_WITHIN_MS;
  for (let tries = 1; ; tries++) {
    try {
      return await run();
    } catch (error) {
      if (!isRetryable(error)) throw error;
      // However long it took: the next time that life is over from the beginning.
      const isOutOfTime = performance.now() > lastTryMs && !isTooLate(error);
      const isLast = tries >= MAX_TRANSACTION_TRIES || isOutOfTime;
      if (isLast) throw toDatabaseError(error, name);
      // By chance, all of it: those that were in each other's way do not meet again.
      await systemClock.sleep(Math.random() * backoffMs(RETRY, tries));
    }
  }
}
