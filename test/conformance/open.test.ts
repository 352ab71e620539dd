import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { MariadbSettings } from '../../src/config/settings.ts';
import { probeServer } from '../../src/database/probe.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { serverKind } from '../support/server-kind.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { insert, insertOne, statusOf } from './arrange.ts';
import { MariadbBackend, useBackend } from './backends.ts';

const DOCUMENT_SCHEMA = fileURLToPath(new URL('../support/document-schema.sql', import.meta.url));
/** "At once": a pool alone would have told after 5 s. */

describe('opening the queue on MariaDB', () => {
  const backend = useBackend(() => MariadbBackend.create());

  async function codeOnOpen(changes: Partial<MariadbSettings>): Promise<unknown> {
    const opened = openMariadbStore({ ...backend().settings, ...changes });
    const error = await opened.then(
      (store) => store.close(),
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'AiIpcError' });
    return (error as { code: unknown }).code;
  }

  it('a wrong password is told at once', async () => {
    expect(await codeOnOpen({ password: 'wrong' })).toBe('database_denied');
  });

  it('the message names user and place, and never the password', async () => {
    const opened = openMariadbStore({ ...backend().settings, password: 'hunter2' });
    await expect(opened).rejects.toThrow(/root@127\.0\.0\.1/);
    await expect(opened).rejects.not.toThrow(/hunter2/);
  });

  it('an unknown database', async () => {
    expect(await codeOnOpen({ database: 'nowhere' })).toBe('database_unknown');
  });

  it('a port where nobody listens', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    expect(await codeOnOpen({ port })).toBe('database_unavailable');
  });

  it('a host that does not exist', async () => {
    expect(await codeOnOpen({ host: 'nowhere.invalid' })).toBe('database_unavailable');
  });

  it('a socket that does not exist', async () => {
    expect(await codeOnOpen({ socketPath: '/nowhere/mysqld.sock' })).toBe('database_unavailable');
  });

  it('a database without tables', async () => {
    const empty = await createTestDatabase();
    try {
      expect(await codeOnOpen({ database: empty.settings.database })).toBe('schema_missing');
    } finally {
      await empty.drop();
    }
  });

  it('the tables of the document', async () => {
    const old = await createTestDatabase();
    try {
      await old.loadSqlFile(DOCUMENT_SCHEMA);
      expect(await codeOnOpen({ database: old.settings.database })).toBe('schema_old');
    } finally {
      await old.drop();
    }
  });

  it('a schema that is newer than this version', async () => {
    await backend().sql("UPDATE ai_ipc_meta SET value = '99' WHERE name = 'schema_version'");
    expect(await codeOnOpen({})).toBe('schema_new');
    await backend().sql("UPDATE ai_ipc_meta SET value = '5' WHERE name = 'schema_version'");
  });

  it.each(['ai_request_log', 'ai_ipc_meta'])('a table (%s) that is not InnoDB', async (table) => {
    await backend().sql(`ALTER TABLE ${table} ENGINE=MyISAM`);
    expect(await codeOnOpen({})).toBe('database_unsupported');
    await backend().sql(`ALTER TABLE ${table} ENGINE=InnoDB`);
  });

  it('tables without the name of the queue', async () => {
    await backend().sql("UPDATE ai_ipc_meta SET name = 'lost' WHERE name = 'queue_id'");
    expect(await codeOnOpen({})).toBe('schema_missing');
    await backend().sql("UPDATE ai_ipc_meta SET name = 'queue_id' WHERE name = 'lost'");
  });

  it('what this server can do and bears is found out', async () => {
    const [row] = await backend().sql('SELECT @@GLOBAL.max_allowed_packet AS bytes');
    const { hasSkipLocked } = await serverKind((sql) => backend().sql(sql));
    expect(await probeServer(backend().settings)).toMatchObject({
      skipsLocked: hasSkipLocked,
      maxPacketBytes: row!['bytes'],
    });
  });

  it('many that open at once each find out the same', async () => {
    const { hasSkipLocked } = await serverKind((sql) => backend().sql(sql));
    const abilities = await Promise.all(Array.from({ length: 8 }, () => probeServer(backend().settings)));
    expect(abilities.every(({ skipsLocked }) => skipsLocked === hasSkipLocked)).toBe(true);
  });

  it('a socket will do in place of host and port', async () => {
    const [row] = await backend().sql('SELECT @@socket AS path');
    const store = await openMariadbStore({ ...backend().settings, socketPath: String(row!['path']) });
    expect(await store.depth()).toEqual({ pending: 0, processing: 0 });
    await store.close();
  });

  it('the rights of the documented worker are enough: SELECT, INSERT, UPDATE, DELETE', async () => {
    const { database } = backend().settings;
    const user = `worker_${database.slice(-12)}`;
    await backend().sql(`CREATE USER '${user}'@'%' IDENTIFIED BY 'secret'`);
    try {
      for (const table of ['ai_requests', 'ai_responses', 'ai_request_log', 'ai_workers', 'ai_ipc_meta']) {
        await backend().sql(
          `GRANT SELECT, INSERT, UPDATE, DELETE ON \`${database}\`.${table} TO '${user}'@'%'`,
        );
      }
      const store = await openMariadbStore({ ...backend().settings, user, password: 'secret' });
      const [id] = await insert({ ...backend(), store } as unknown as MariadbBackend, 1);
      expect(await store.claim('w', 1)).toMatchObject([{ id }]);
      await store.close();
    } finally {
      await backend().sql(`DROP USER '${user}'@'%'`);
    }
    expect(await statusOf(backend(), await insertOne(backend()))).toBe('pending');
  });
});
