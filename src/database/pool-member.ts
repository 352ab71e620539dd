import { within } from '../base/within.ts';
import type { OpenConnection } from './line.ts';

/** A connection of the pool, with what is known of the server it leads to. */
export interface Member extends OpenConnection {
  /** Grows with each server that is left: those of an earlier one are not used again. */
  readonly generation: number;
  /** Which server it is, as far as a server can be told from another. */
  readonly server: string;
  readonly wasReadOnly: boolean;
  /** Whether it is a node of Galera: what is written there, another node may undo. */
  readonly isGalera: boolean;
  /** When it last worked for somebody. */
  usedMs: number;
  /** When its server last answered a look or a ping. */
  heardMs: number;
  /** When it was last seen to lead to a server that takes writes as before. */
  lookedMs: number;
}

/** What a look takes at most; on two busy cores it took 40 ms. A server that stands still never answers. */
const LOOK_LIMIT_MS = 1_000;

const READ_ONLY = 'SELECT @@GLOBAL.read_only AS read_only';
/** Two servers behind one address differ in one of these. A MariaDB that was built without Galera has no @@wsrep_on, nor has MySQL. */
const WHO = `
  SELECT CONCAT_WS(' ', @@hostname, @@port, @@server_id, @@datadir) AS server, @@GLOBAL.read_only AS read_only
         /*M! , (SELECT VARIABLE_VALUE FROM information_schema.SESSION_VARIABLES WHERE VARIABLE_NAME = 'WSREP_ON') AS wsrep_on */`;

export interface MemberOptions {
  readonly generation: number;
  /** Of one address, which may be a replica from the beginning. One of several hosts was chosen because it takes writes. */
  readonly mayBeReadOnly: boolean;
}

/** Asks a new connection who is there. What fails is thrown, and the connection closed. */
export async function toMember(
  opened: OpenConnection,
  { generation, mayBeReadOnly }: MemberOptions,
): Promise<Member> {
  try {
    const [row] =
      await opened.connection.query<{ server: string; read_only: unknown; wsrep_on?: unknown }[]>(WHO);
    const nowMs = performance.now();
    return {
      ...opened,
      generation,
      server: String(row?.server),
      // It may have become so since it was chosen: then the next look finds that out.
      wasReadOnly: mayBeReadOnly && isOn(row?.read_only),
      isGalera: isOn(row?.wsrep_on),
      usedMs: nowMs,
      heardMs: nowMs,
      lookedMs: nowMs,
    };
  } catch (error) {
    opened.cut();
    throw error;
  }
}

/** Asks one that rested. A server that became read-only is the replica of another one by now. Throws for want of an answer. */
export async function takesWritesAsBefore(member: Member): Promise<boolean> {
  const [row] = await inTime(member.connection.query<{ read_only: unknown }[]>(READ_ONLY));
  member.lookedMs = performance.now();
  member.heardMs = member.lookedMs;
  return member.wasReadOnly || !isOn(row?.read_only);
}

/** The driver closes one whose server is gone. Throws for want of an answer. */
export async function ping(member: Member): Promise<void> {
  await inTime(member.connection.ping());
  member.heardMs = performance.now();
}

/** With a goodbye: the server's log has a warning for each connection that goes without. */
export async function sayGoodbye({ connection, cut }: OpenConnection): Promise<void> {
  await inTime(connection.end()).catch(() => undefined);
  cut();
}

/** Of a variable: later servers have words in place of 0 and 1. */
export function isOn(value: unknown): boolean {
  return value === 1 || (typeof value === 'string' && value !== '0' && value.toUpperCase() !== 'OFF');
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return within(work, {
    ms: LOOK_LIMIT_MS,
    late: () => {
      throw new Error(`No answer within ${LOOK_LIMIT_MS} ms.`);
    },
  });
}
