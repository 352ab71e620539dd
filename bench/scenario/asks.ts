import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as Client from '../../src/client/index.ts';
import type { AiStubProcess } from '../../test/support/ai-stub-process.ts';
import type { MariadbAddress } from '../../test/support/mariadb-server.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts';
import { cpuMsOf } from '../cpu-of.ts';
import { startWorker } from '../worker-process.ts';
import { WordError } from './benchmark.ts';

/** This build. */
export const OURS = fileURLToPath(new URL('../..', import.meta.url));
const WARM_UP = { perSecond: 200, seconds: 5 };

export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

/** Of which build, and by which way worker and client come to the server. */
export interface Way {
  readonly folder: string;
  readonly by: 'TCP' | 'socket';
}

export interface AskFigures {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Of the worker, for 1,000 requests, in seconds. */
  readonly cpuSeconds: number;
  /** Of the client, likewise. */
  readonly clientCpuSeconds: number;
  /** SELECTs of an ask, all of client and worker: the looks of the one, and those for work of the other. */
  readonly selects: number;
}

/** For how long: 100 asks are the fewest of which one in a hundred can be told. */
export function paceOf(perSecond: number): Pace {
  return { perSecond, seconds: Math.max(10, Math.ceil(100 / perSecond)) };
}

export function checkBuilds(folders: readonly string[]): void {
  for (const folder of folders) {
    if (existsSync(entryOf(folder))) continue;
    throw new WordError(`${folder} has no build to measure. Run there: npm ci && node bin/build.js`);
  }
}

/** The figures for each pace, of a worker and a client in a database of their own. */
export async function measureAsks(
  { folder, by }: Way,
  server: MariadbAddress,
  { stub, paces }: { readonly stub: AiStubProcess; readonly paces: readonly Pace[] },
): Promise<AskFigures[]> {
  const database = await createTestDatabase(server);
  await database.loadSqlFile(resolve(folder, 'sql-files/ai_ipc_tables.sql'));
  const settings = { ...database.settings, ...(by === 'socket' ? { host: server.socketPath } : {}) };
  const worker = startWorker(settings, { AI_SERVICE_BASE_URL: stub.url }, folder);
  try {
    await worker.started();
    const client = await openClient(folder, database, by === 'socket' ? server.socketPath : undefined);
    await ask(client, WARM_UP);
    const figures: AskFigures[] = [];
    for (const pace of paces) figures.push(await measure({ client, database, workerPid: worker.pid }, pace));
    await client.close();
    return figures;
  } finally {
    await worker.stop();
    await database.drop();
  }
}

function entryOf(folder: string): string {
  return resolve(folder, 'dist/client/index.js');
}

async function openClient(
  folder: string,
  { settings }: TestDatabase,
  socketPath: string | undefined,
): Promise<Client.AiIpc> {
  const { AiIpc } = (await import(pathToFileURL(entryOf(folder)).href)) as typeof Client;
  const { host, port, user, password, database } = settings;
  const place = socketPath === undefined ? { host, port } : { socketPath };
  return await AiIpc.open({ kind: 'mariadb', ...place, user, password, database });
}

interface Measured {
  readonly client: Client.AiIpc;
  readonly database: TestDatabase;
  readonly workerPid: number;
}

async function measure({ client, database, workerPid }: Measured, pace: Pace): Promise<AskFigures> {
  const cpuMs = cpuMsOf(workerPid);
  const clientCpuMs = cpuMsOf(process.pid);
  const selects = await selectsOf(database);
  const times = await ask(client, pace);
  const at = (part: number) => times[Math.floor((times.length - 1) * part)] ?? Number.NaN;
  return {
    perSecond: pace.perSecond,
    p50: at(0.5),
    p99: at(0.99),
    cpuSeconds: (cpuMsOf(workerPid) - cpuMs) / times.length,
    clientCpuSeconds: (cpuMsOf(process.pid) - clientCpuMs) / times.length,
    selects: ((await selectsOf(database)) - selects) / times.length,
  };
}

async function selectsOf(database: TestDatabase): Promise<number> {
  const [row] = await database.query("SHOW GLOBAL STATUS LIKE 'Com_select'");
  return Number(row?.['Value']);
}

/** The milliseconds of each, the shortest first. */
async function ask(client: Client.AiIpc, { perSecond, seconds }: Pace): Promise<number[]> {
  const startMs = performance.now();
  const asked = Array.from({ length: perSecond * seconds }, async (_, at) => {
    const dueMs = startMs + (at * 1_000) / perSecond;
    await delay(dueMs - performance.now());
    const { status, error } = await client.ask('dialogue', '/api/v1/npc/dialogue', {
      message: `Hello ${at}`,
    });
    if (status !== 'completed')
      throw new Error(`An ask ended as ${status}: ${error?.code}, ${error?.message}`);
    return performance.now() - dueMs;
  });
  return (await Promise.all(asked)).sort((one, other) => one - other);
}
