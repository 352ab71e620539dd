import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteDatabase } from '../../src/database/sqlite.ts';
import { openAlertStore } from '../../src/store/alert-store.ts';
import { createSqlStore } from '../../src/store/sql-store.ts';
import { sqliteStatements } from '../../src/store/sqlite-statements.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import { newRequest } from '../support/new-request.ts';
import { settled, WORKER } from './arrange.ts';

const PROCESS = fileURLToPath(new URL('sqlite-process.ts', import.meta.url));

describe('a SQLite file', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ai-ipc-file-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is made with its folder, and what is in it is there again after closing', async () => {
    const file = join(folder, 'data', 'queue.db');
    const first = await openSqliteStore(file);
    const [id] = await first.insert([newRequest()]);
    await first.close();
    const second = await openSqliteStore(file);
    expect(await second.read(id!)).toMatchObject({ status: 'pending' });
    expect(second.queueId).toBe(first.queueId);
    await second.close();
  });

  it('is whole after closing: a copy of the one file has all, and nothing of it is open', async () => {
    const file = join(folder, 'queue.db');
    const store = await openSqliteStore(file);
    await store.insert(Array.from({ length: 20 }, () => newRequest()));
    expect(await store.depth()).toMatchObject({ pending: 20 });
    await store.close();
    expect(await openFilesOf(folder)).toEqual([]);
    await copyFile(file, join(folder, 'copy.db'));
    expect(await readdir(folder)).toEqual(['copy.db', 'queue.db']);
    const copy = await openSqliteStore(join(folder, 'copy.db'));
    expect(await copy.depth()).toMatchObject({ pending: 20 });
    await copy.close();
  });

  it('is closed also while another program has it open, and loses nothing', async () => {
    const file = join(folder, 'queue.db');
    const [store, other] = [await openSqliteStore(file), await openSqliteStore(file)];
    const [id] = await store.insert([newRequest()]);
    await store.close();
    expect(await other.read(id!)).toMatchObject({ status: 'pending' });
    await other.close();
    expect(await openFilesOf(folder)).toEqual([]);
  });

  it('ids of deleted requests are not given again', async () => {
    const store = await openSqliteStore(join(folder, 'queue.db'));
    const [first] = await store.insert([newRequest()]);
    const raw = new DatabaseSync(join(folder, 'queue.db'));
    raw.exec('DELETE FROM ai_requests');
    raw.close();
    const [second] = await store.insert([newRequest()]);
    expect(second).toBeGreaterThan(first!);
    await store.close();
  });

  it('in a folder that cannot be made is storage_failed', async () => {
    await writeFile(join(folder, 'a-file'), '');
    for (const file of [join(folder, 'a-file', 'queue.db'), join(folder, 'no', 'such', 'queue.db')]) {
      await expect(openSqliteStore(file)).rejects.toMatchObject({
        name: 'AiIpcError',
        code: 'storage_failed',
      });
    }
  });

  it('that is a folder is storage_failed', async () => {
    await mkdir(join(folder, 'queue.db'));
    await expect(openSqliteStore(join(folder, 'queue.db'))).rejects.toMatchObject({ code: 'storage_failed' });
  });

  it('that is no database is storage_failed, and stays as it is', async () => {
    const file = join(folder, 'notes.txt');
    await writeFile(file, 'Buy a Poring.\n'.repeat(100));
    await expect(openSqliteStore(file)).rejects.toMatchObject({ code: 'storage_failed' });
    expect(await readFile(file, 'utf8')).toBe('Buy a Poring.\n'.repeat(100));
  });

  it('of a newer version is schema_new', async () => {
    const file = join(folder, 'queue.db');
    await (await openSqliteStore(file)).close();
    const raw = new DatabaseSync(file);
    raw.exec("UPDATE ai_ipc_meta SET value = '99' WHERE name = 'schema_version'");
    raw.close();
    await expect(openSqliteStore(file)).rejects.toMatchObject({ code: 'schema_new' });
  });

  it('that is full refuses what is new and loses nothing that was accepted', async () => {
    const file = join(folder, 'queue.db');
    await (await openSqliteStore(file)).close();
    const database = openSqliteDatabase(file);
    const store = createSqlStore({
      database,
      statements: sqliteStatements,
      queueId: 'q',
      heartbeatDatabase: database,
      inserterOver: () => database,
      alerts: openAlertStore(database, { kind: 'sqlite', file }),
    });
    // In pages of 4 KiB: what a disk of 240 KB would hold.
    await database.runScript('PRAGMA max_page_count = 60');
    await store.insert([newRequest(), newRequest(), newRequest()]);
    const claims = await store.claim(WORKER, 3);
    const accepted: number[] = [];
    const large = newRequest({ data: JSON.stringify('x'.repeat(10_000)) });
    const fill = async () => {
      for (let request = 0; request < 100; request++) accepted.push(...(await store.insert([large])));
    };
    await expect(fill()).rejects.toMatchObject({ name: 'AiIpcError', code: 'storage_failed' });
    expect(accepted.length).toBeGreaterThan(5);
    // Of many, none: not even those that there would have been room for.
    const many = [newRequest({ data: null }), ...Array.from({ length: 20 }, () => large)];
    await expect(store.insert(many)).rejects.toMatchObject({ code: 'storage_failed' });
    const answer = JSON.stringify('y'.repeat(16_000));
    const outcomes = claims.map((claim) => settled(claim, { kind: 'completed', answer }));
    await expect(store.settle(WORKER, outcomes)).rejects.toMatchObject({ code: 'storage_failed' });
    expect(await store.depth()).toEqual({ pending: accepted.length, processing: 3 });
    // Room again: the same outcomes are written.
    await database.runScript('PRAGMA max_page_count = 10000');
    expect(await store.settle(WORKER, outcomes)).toEqual(['written', 'written', 'written']);
    expect((await store.claim(WORKER, 100)).map(({ id }) => id)).toEqual(accepted);
    expect(await store.read(claims[0]!.id)).toMatchObject({ status: 'completed', responseData: answer });
    await store.close();
  });

  it('is opened, made and served by several processes at the same time', async () => {
    const file = join(folder, 'data', 'queue.db');
    const processes = Array.from({ length: 4 }, (_, index) => {
      const child = spawn(process.execPath, ['--import', 'tsx', PROCESS, file, `worker-${index}`], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      return child;
    });
    await Promise.all(
      processes.map(async (child) => {
        await once(child.stdout, 'readable');
      }),
    );
    const outputs = processes.map((child) => text(child.stdout));
    for (const child of processes) child.stdin.end('go\n');
    const results = (await Promise.all(outputs)).map(
      (output) =>
        JSON.parse(output.split('\n')[1]!) as { inserted: number[]; completed: number[]; queueId: string },
    );
    const inserted = results.flatMap((result) => result.inserted).sort((a, b) => a - b);
    const completed = results.flatMap((result) => result.completed).sort((a, b) => a - b);
    expect(new Set(inserted).size).toBe(120);
    expect(completed).toEqual(inserted);
    expect(new Set(results.map((result) => result.queueId)).size).toBe(1);
    const store = await openSqliteStore(file);
    expect(await store.depth()).toEqual({ pending: 0, processing: 0 });
    await store.close();
  });
});

/** What this process has open below a folder, as Linux tells it. */
async function openFilesOf(folder: string): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd');
  // The descriptor that read the list is closed again.
  const paths = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return paths.filter((path) => path.startsWith(folder));
}
