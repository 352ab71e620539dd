import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MariadbServer } from '../support/mariadb-server.ts';
import { findMachinePrograms } from '../support/server-programs.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { exportOf, fillWithHardRows, fillWithMany, importInto } from '../support/transfers.ts';
import { insertOne } from './arrange.ts';
import { type Backend, MariadbBackend, SqliteBackend } from './backends.ts';

/** The server that the tests run on, SQLite, and the machine's own server, which is another one with `--server`. */
const MAKERS: Readonly<Record<string, () => Promise<Backend>>> = {
  'the server': () => MariadbBackend.create(),
  SQLite: () => SqliteBackend.create(),
  'the machine’s server': async () => MariadbBackend.create({}, await createTestDatabase(await own.start())),
};
const own = new MariadbServer({ programs: findMachinePrograms() });
const backends: Record<string, Backend> = {};

beforeAll(async () => {
  for (const [name, make] of Object.entries(MAKERS)) backends[name] = await make();
});
afterAll(async () => {
  for (const backend of Object.values(backends)) await backend.dispose();
  await own.remove();
});

const COUNTING = ['ai_requests', 'ai_responses', 'ai_request_log', 'ai_npc_memory'];
const KEPT = "DELETE FROM ai_ipc_meta WHERE name IN ('import', 'npc_switch')";

async function empty(backend: Backend): Promise<void> {
  await backend.reset();
  await backend.sql(KEPT);
  if (backend.kind === 'sqlite') await backend.sql('DELETE FROM sqlite_sequence');
  else for (const table of COUNTING) await backend.sql(`ALTER TABLE ${table} AUTO_INCREMENT = 1`);
}

function linesIn(text: string): string[] {
  return text.split('\n').sort();
}

const WAYS = Object.keys(MAKERS).flatMap((from) =>
  Object.keys(MAKERS)
    .filter((to) => to !== from)
    .map((to) => ({ from, to })),
);

describe.each(WAYS)('an export of $from, imported into $to', ({ from, to }) => {
  const source = () => backends[from]!;
  const target = () => backends[to]!;

  beforeAll(async () => {
    for (const backend of [source(), target()]) await empty(backend);
    await fillWithHardRows((sql, values) => source().sql(sql, values));
  });

  it('is the same in every byte, position and meta row, and can be run again', async () => {
    const exported = await exportOf(source().place);
    expect(await importInto(target().place, exported)).toMatchObject({ wasDone: false, foundRows: 0 });
    // Names stand in the order of their database.
    expect(linesIn(await exportOf(target().place))).toEqual(linesIn(exported));

    expect(await importInto(target().place, exported)).toMatchObject({ wasDone: true });
    const queueId = "SELECT value FROM ai_ipc_meta WHERE name = 'queue_id'";
    expect(await target().sql(queueId)).toEqual(await source().sql(queueId));
    const next = "INSERT INTO ai_requests (endpoint) VALUES ('/next')";
    await target().sql(next);
    expect(
      await target().sql("SELECT CAST(id AS CHAR(20)) AS id FROM ai_requests WHERE endpoint = '/next'"),
    ).toEqual([{ id: '9007199254740994' }]);
  });
});

describe.each(Object.keys(MAKERS))('export and import on %s', (name) => {
  const backend = () => backends[name]!;
  const run = (sql: string, values: readonly unknown[]) => backend().sql(sql, values);

  it('an export holds what was there at its beginning, whatever is written meanwhile', async () => {
    await empty(backend());
    await fillWithMany(run, backend().kind, 1_200);
    const before = await exportOf(backend().place);
    let chunks = 0;
    const meanwhile = await exportOf(backend().place, async () => {
      chunks += 1;
      await insertOne(backend());
      await backend().sql('DELETE FROM ai_requests WHERE id = ?', [1_200 - chunks]);
    });
    expect(chunks).toBeGreaterThan(5);
    expect(meanwhile).toBe(before);
  });

  it('an import that was cut anywhere goes on with the whole export, and with no other', async () => {
    await empty(backend());
    await fillWithMany(run, backend().kind, 2_500);
    const exported = await exportOf(backend().place);
    await backend().sql('UPDATE ai_requests SET priority = 4 WHERE id = 2500');
    const other = (await exportOf(backend().place)).replace('"rows":2500', '"rows":2501');
    await empty(backend());

    for (const part of [0.1, 0.3, 0.5, 0.9]) {
      const cut = exported.slice(0, exported.length * part);
      await expect(importInto(backend().place, cut)).rejects.toMatchObject({ code: 'bad_export' });
    }
    await expect(importInto(backend().place, other)).rejects.toMatchObject({ code: 'import_refused' });
    expect((await importInto(backend().place, exported)).foundRows).toBeGreaterThan(0);
    expect(await exportOf(backend().place)).toBe(exported);
  });

  it('what was damaged on its way is told', async () => {
    await empty(backend());
    await fillWithMany(run, backend().kind, 10);
    const exported = await exportOf(backend().place);
    await empty(backend());
    const damaged = exported.replace('Where am I?', 'Where is he?');
    await expect(importInto(backend().place, damaged)).rejects.toMatchObject({
      code: 'bad_export',
      message: expect.stringContaining('The rows of ai_requests are not those that were exported'),
    });
    await empty(backend());
    await expect(importInto(backend().place, 'id,endpoint\n1,/x\n')).rejects.toMatchObject({
      code: 'bad_export',
    });
    await expect(importInto(backend().place, '')).rejects.toMatchObject({ code: 'bad_export' });
  });

  it('nothing is mixed into rows that are there', async () => {
    await empty(backend());
    const exported = await exportOf(backend().place);
    const id = await insertOne(backend());
    await expect(importInto(backend().place, exported)).rejects.toMatchObject({
      code: 'import_refused',
      message: expect.stringContaining('there are rows in ai_requests'),
    });
    expect(await backend().store.read(id)).toMatchObject({ status: 'pending' });
  });
});

describe('what came in by way of SQL outside strict mode', () => {
  it('goes from server to server as it is, and is told where SQLite cannot take it', async () => {
    const [source, target, sqlite] = Object.values(backends) as [Backend, Backend, Backend];
    for (const backend of [source, target, sqlite]) await empty(backend);
    const servers = [source, target, sqlite].filter(({ kind }) => kind === 'mariadb');
    await servers[0]!.sql("SET SESSION sql_mode = ''");
    await servers[0]!.sql('SET foreign_key_checks = 0');
    await servers[0]!.sql(
      "INSERT INTO ai_requests (id, endpoint, status, created_at) VALUES (3, '/x', 'none', '0000-00-00')",
    );
    await servers[0]!.sql(
      "INSERT INTO ai_responses (request_id, response_data) VALUES (99, 'of a request that is gone')",
    );
    await servers[0]!.sql('SET foreign_key_checks = 1');

    const exported = await exportOf(servers[0]!.place);
    await importInto(servers[1]!.place, exported);
    expect(await exportOf(servers[1]!.place)).toBe(exported);
    await expect(importInto(backends['SQLite']!.place, exported)).rejects.toMatchObject({
      code: 'database_failed',
    });
  });

  it('a value that its column on a server cannot take is told, and not changed in silence', async () => {
    const [server, sqlite] = [backends['the server']!, backends['SQLite']!];
    for (const backend of [server, sqlite]) await empty(backend);
    await sqlite.sql("INSERT INTO ai_requests (endpoint, priority) VALUES ('/x', 5000)");
    await expect(importInto(server.place, await exportOf(sqlite.place))).rejects.toMatchObject({
      code: 'import_differs',
      message: expect.stringContaining('ai_requests'),
    });
  });

  it('bytes in SQLite that are no text go from file to file as they are', async () => {
    const [sqlite, other] = [backends['SQLite']!, await SqliteBackend.create()];
    await empty(sqlite);
    await sqlite.sql(
      "INSERT INTO ai_requests (endpoint, request_data) VALUES (x'2fff', CAST(x'ff0061' AS TEXT))",
    );
    const exported = await exportOf(sqlite.place);
    await importInto(other.place, exported);
    expect(await exportOf(other.place)).toBe(exported);
    expect(
      await other.sql(
        'SELECT typeof(endpoint) AS e, typeof(request_data) AS d, hex(request_data) AS h FROM ai_requests',
      ),
    ).toEqual([{ e: 'blob', d: 'text', h: 'FF0061' }]);
    await other.dispose();
  });
});
