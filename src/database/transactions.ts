import type { Connection, UpsertResult } from 'mariadb';
import type { Decide, Row, RowsStatement, Statement, Write } from './database.ts';
import { isEmpty } from './database.ts';
import { hasMissed } from './database-errors.ts';
import type { Sent } from './lost-commit.ts';
import { joinInPackets } from './multi-statement.ts';
import type { Member } from './pool-member.ts';

/** A connection, and what decides how a transaction travels on it. */
export type Path = Pick<Member, 'connection' | 'isGalera'>;

const BEGIN: Statement = { sql: 'BEGIN', values: [] };
const COMMIT: Statement = { sql: 'COMMIT', values: [] };
/** 1213: what follows would not be part of what was locked. */
const STILL_OPEN: Statement = {
  sql: `IF @@in_transaction = 0 THEN
  SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Another node undid the transaction';
END IF`,
  values: [],
};

export async function queryAll(
  { connection }: Path,
  statements: readonly Statement[],
): Promise<readonly (readonly Row[])[]> {
  const sql = statements.map((statement) => statement.sql).join(';\n');
  const found = await connection.query<Row[] | Row[][]>(
    sql,
    statements.flatMap((statement) => statement.values),
  );
  // Of a single one the driver gives the rows, and not a list of one.
  return statements.length === 1 ? [found as Row[]] : (found as Row[][]);
}

interface Transaction<T> {
  readonly lock: Statement;
  readonly decide: Decide<T>;
  readonly packetBytes: number;
}

/** Two round trips: BEGIN with the locks, then everything that is written with its COMMIT. */
export async function lockAndWrite<T>(path: Path, { lock, decide, packetBytes }: Transaction<T>): Promise<T> {
  const sentAtMs = performance.now();
  const [, rows] = await path.connection.query<[unknown, Row[]]>(`BEGIN;\n${lock.sql}`, lock.values);
  const { writes, result } = decide(rows, sentAtMs);
  await writeAndCommit(path, { writes, packetBytes });
  return result;
}

/** One round trip, where all is as it should be. On Galera two: what is locked is not yet part of a block. */
export async function writeIfLocked(
  path: Path,
  { lock, writes, packetBytes }: Writes & { readonly lock: Statement },
): Promise<boolean> {
  const begin = [BEGIN, lock];
  try {
    if (path.isGalera) await send(path.connection, joinInPackets(begin, packetBytes));
    await writeAndCommit(path, { writes: path.isGalera ? writes : [...begin, ...writes], packetBytes });
    return true;
  } catch (error) {
    if (!hasMissed(error)) throw error;
    await path.connection.rollback();
    return false;
  }
}

interface Writes {
  readonly writes: readonly Write[];
  readonly packetBytes: number;
}

/**
 * A node of Galera that undoes a transaction for another node's sake, between two statements of a packet, does not say so: it
 * runs the rest as if nothing was, and commits each statement by itself. Of 1,678 that were told as done 26 were not there, or
 * in part; in a block, which is one statement, none of 1,604 (three nodes, the same two rows; `npm run bench -- galera`).
 */
async function writeAndCommit(
  { connection, isGalera }: Path,
  { writes, packetBytes }: Writes,
): Promise<void> {
  if (!isGalera || writes.every(isEmpty)) {
    await send(connection, joinInPackets([...writes, COMMIT], packetBytes));
    return;
  }
  const packets = joinInPackets([STILL_OPEN, ...writes, STILL_OPEN, COMMIT], packetBytes);
  await send(connection, packets.map(asOneStatement));
}

function asOneStatement({ sql, values }: Statement): Statement {
  return { sql: `BEGIN NOT ATOMIC\n${sql};\nEND`, values };
}

/** One packet after the other: behind one that failed, the next would be committed all the same. */
async function send(connection: Connection, packets: readonly Statement[]): Promise<void> {
  for (const { sql, values } of packets) await connection.query(sql, values);
}

interface Inserting {
  readonly packetBytes: number;
  /** Told the ids before the COMMIT is sent: its answer may never come. */
  readonly sent?: Sent | undefined;
}

export async function insertEach(
  { connection, isGalera }: Path,
  { sql, rows }: RowsStatement,
  { packetBytes, sent }: Inserting,
): Promise<number[]> {
  const inserts = rows.map((row) => ({ sql, rows: [row] }));
  // One INSERT is a transaction by itself: no BEGIN and COMMIT around it, where its ids need not be known before its end.
  if (rows.length === 0 || (rows.length === 1 && sent === undefined))
    return await insertPackets(connection, joinInPackets(inserts, packetBytes));
  if (sent !== undefined) sent.ids = undefined;
  // A block tells no ids. So on Galera each INSERT travels alone; the first one has nothing before it that could be undone.
  const groups = isGalera
    ? inserts.map((insert, index) => (index === 0 ? [BEGIN, insert] : [insert]))
    : [[BEGIN, ...inserts]];
  const packets = groups.flatMap((group) => joinInPackets(group, packetBytes));
  const [, ...ids] = await insertPackets(connection, packets);
  if (sent !== undefined) sent.ids = ids;
  await connection.query(COMMIT.sql);
  return ids;
}

/** The id of each statement, 0 where it makes none. */
async function insertPackets(connection: Connection, packets: readonly Statement[]): Promise<number[]> {
  const ids: number[] = [];
  for (const { sql, values } of packets) {
    const results = await connection.query<UpsertResult | UpsertResult[]>(sql, values);
    ids.push(...[results].flat().map((result) => Number(result.insertId)));
  }
  return ids;
}
