import { DatabaseSync } from '@photostructure/sqlite';
import { type Connection, createConnection, createPool } from 'mariadb';
import { afterEach, describe, expect, it } from 'vitest';
import { newRequest } from '../support/new-request.ts';
import { count, insertOne, statusOf, WORKER } from './arrange.ts';
import { MariadbBackend, SqliteBackend, useBackend } from './backends.ts';

const REQUESTS = [
  newRequest({ data: '{"n":1}' }),
  newRequest({ data: '{"n":2}' }),
  newRequest({ data: '{"n":3}' }),
];

describe('insert in the caller’s own transaction on MariaDB', () => {
  const backend = useBackend(() => MariadbBackend.create());

  /** What a program has that uses the driver as it comes: ids are BigInt. */
  async function connect(options: object = {}): Promise<Connection> {
    const connection = await createConnection({ ...backend().database.settings, ...options });
    connections.push(connection);
    return connection;
  }
  const connections: Connection[] = [];
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.destroy();
  });

  it('a request that was rolled back is not there, and its id is not served', async () => {
    const connection = await connect();
    await connection.beginTransaction();
    const ids = await backend().store.insert(REQUESTS, connection);
    expect(ids).toHaveLength(3);
    await connection.rollback();
    expect(await count(backend(), 'ai_requests')).toBe(0);
    expect(await backend().store.claim(WORKER, 10)).toEqual([]);
  });

  it('a request is served once it is committed, and not before', async () => {
    const connection = await connect();
    await connection.beginTransaction();
    const ids = await backend().store.insert(REQUESTS, connection);
    expect(ids.every((id) => typeof id === 'number')).toBe(true);
    expect(await backend().store.claim(WORKER, 10)).toEqual([]);
    await connection.commit();
    const claims = await backend().store.claim(WORKER, 10);
    expect(claims.map(({ id, data }) => ({ id, data }))).toEqual(
      ids.map((id, index) => ({ id, data: `{"n":${index + 1}}` })),
    );
  });

  it('a session with other settings than ours inserts the same', async () => {
    const connection = await connect({ charset: 'latin1' });
    await connection.query("SET time_zone = '-11:00', sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'");
    const data = JSON.stringify({ message: `\\ "quoted" 'single' äöü` });
    const [id] = await backend().store.insert([newRequest({ data, timeoutSeconds: 100 })], connection);
    const [claim] = await backend().store.claim(WORKER, 1);
    expect(claim).toMatchObject({ id, data });
    // A busy machine may have taken some seconds of it; a wrong time zone takes hours.
    expect(claim!.lifeLeftMs).toBeGreaterThan(75_000);
    expect(claim!.lifeLeftMs).toBeLessThanOrEqual(100_000);
  });

  it('a connection that answers like mysql2/promise will do', async () => {
    const inner = await connect({ bigIntAsNumber: true, insertIdAsNumber: true });
    await inner.beginTransaction();
    const likeMysql2 = {
      query: async (sql: string, values: unknown) => [await inner.query(sql, values), undefined],
    };
    const ids = await backend().store.insert(REQUESTS, likeMysql2);
    await inner.commit();
    const rows = await backend().sql('SELECT id FROM ai_requests ORDER BY id');
    expect(rows.map((row) => row['id'])).toEqual(ids);
  });

  it('what the database refuses is an error of ours, and the transaction is still the caller’s', async () => {
    const connection = await connect();
    await connection.beginTransaction();
    const refused = newRequest({ endpoint: null as unknown as string });
    await expect(backend().store.insert([REQUESTS[0]!, refused], connection)).rejects.toMatchObject({
      name: 'AiIpcError',
      code: 'database_failed',
    });
    expect(await backend().store.insert([REQUESTS[1]!], connection)).toHaveLength(1);
    await connection.rollback();
    expect(await count(backend(), 'ai_requests')).toBe(0);
  });

  it('a pool is refused: it has no transaction', async () => {
    const pool = createPool(backend().database.settings);
    try {
      await expect(insertOn(pool)).rejects.toMatchObject({ code: 'bad_argument' });
    } finally {
      await pool.end();
    }
  });

  it.each([{}, { execute: () => undefined }])('anything else is refused', async (connection) => {
    await expect(insertOn(connection)).rejects.toMatchObject({ code: 'bad_argument' });
    expect(await count(backend(), 'ai_requests')).toBe(0);
  });

  const insertOn = (connection: object) => backend().store.insert(REQUESTS, connection);
});

describe('insert in the caller’s own transaction on SQLite', () => {
  const backend = useBackend(() => SqliteBackend.create());

  function withConnection<T>(
    work: (connection: InstanceType<typeof DatabaseSync>) => Promise<T>,
  ): Promise<T> {
    const connection = new DatabaseSync(backend().file);
    return work(connection).finally(() => connection.close());
  }

  it('a request that was rolled back is not there', async () => {
    await withConnection(async (connection) => {
      connection.exec('BEGIN');
      expect(await backend().store.insert(REQUESTS, connection)).toHaveLength(3);
      connection.exec('ROLLBACK');
    });
    expect(await count(backend(), 'ai_requests')).toBe(0);
  });

  it('a request is served once it is committed, and not before', async () => {
    await withConnection(async (connection) => {
      connection.exec('BEGIN');
      const ids = await backend().store.insert(REQUESTS, connection);
      expect(await count(backend(), 'ai_requests')).toBe(0);
      connection.exec('COMMIT');
      const claims = await backend().store.claim(WORKER, 10);
      expect(claims.map(({ id }) => id)).toEqual(ids);
    });
  });

  it('while the caller’s transaction is open, others wait for it and lose nothing', async () => {
    await withConnection(async (connection) => {
      connection.exec('BEGIN IMMEDIATE');
      await backend().store.insert(REQUESTS, connection);
      const waiting = insertOne(backend());
      connection.exec('COMMIT');
      expect(await statusOf(backend(), await waiting)).toBe('pending');
    });
    expect(await count(backend(), 'ai_requests')).toBe(4);
  });

  it('what the database refuses is an error of ours', async () => {
    const refused = newRequest({ endpoint: null as unknown as string });
    await withConnection(async (connection) => {
      await expect(backend().store.insert([refused], connection)).rejects.toMatchObject({
        name: 'AiIpcError',
        code: 'database_failed',
      });
    });
  });

  it('anything else is refused', async () => {
    const insertOn = (connection: object) => backend().store.insert(REQUESTS, connection);
    await expect(insertOn({})).rejects.toMatchObject({ code: 'bad_argument' });
  });
});
