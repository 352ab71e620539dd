import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as Client from '../src/client/index.ts';
import { type AiStubProcess, startAiStubProcess } from '../test/support/ai-stub-process.ts';
import { type MariadbAddress, MariadbServer } from '../test/support/mariadb-server.ts';
import {
  createTestDatabase,
  type DatabaseSettings,
  type TestDatabase,
} from '../test/support/test-database.ts';
import { cpuMsOf } from './cpu-of.ts';
import { median } from './median.ts';
import { startWorker } from './worker-process.ts';

const OURS = fileURLToPath(new URL('..', import.meta.url));
const ROUNDS = 5;
/** So many asks a second, in place of 5 and 200: the numbers among the words. */
const IS_PACE = /^[1-9]\d{0,3}$/;
const ASKED = process.argv.slice(3).filter((word) => IS_PACE.test(word));
const PACES = ASKED.length === 0 ? [5, 200].map(paceOf) : ASKED.map((word) => paceOf(Number(word)));
const WARM_UP = { perSecond: 200, seconds: 5 };

interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

interface Figures {
  readonly folder: string;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Of the worker, for 1,000 requests, in seconds. */
  readonly cpuSeconds: number;
  /** Of the client, likewise. */
  readonly clientCpuSeconds: number;
  /** SELECTs of an ask, all of client and worker: the looks of the one, and those for work of the other. */
  readonly selects: number;
}

const VALUES = ['p50', 'p99', 'cpuSeconds', 'clientCpuSeconds', 'selects'] as const;

/**
 * What one who asks waits: milliseconds from when an `ask` was due to its answer, at 5 and at 200 a second, with an AI
 * service that answers in 0 ms, MariaDB with durable commits, worker and client on this machine. With the folder of another
 * build (`npm ci && node bin/build.js` there), both in turn: `npm run bench -- paced FOLDER`. With numbers, at these paces
 * instead: `npm run bench -- paced 50 1000`.
 */
export async function paced(): Promise<void> {
  const others = process.argv.slice(3).filter((word) => !IS_PACE.test(word));
  const folders = [OURS, ...others.map((folder) => resolve(folder))];
  for (const folder of folders) {
    if (existsSync(entryOf(folder))) continue;
    throw new Error(`${folder} has no build to measure. Run there: npm ci && node bin/build.js`);
  }
  const server = new MariadbServer();
  const stub = await startAiStubProcess();
  try {
    await server.start();
    const all: Figures[] = [];
    for (let round = 1; round <= ROUNDS; round += 1)
      for (const folder of folders) all.push(...(await measureBuild(folder, server.address, stub)));
    for (const { perSecond } of PACES)
      tell(
        folders,
        all.filter((figures) => figures.perSecond === perSecond),
      );
  } finally {
    await server.remove();
    await stub.stop();
  }
}

/** For how long: 100 asks are the fewest of which one in a hundred can be told. */
function paceOf(perSecond: number): Pace {
  return { perSecond, seconds: Math.max(10, Math.ceil(100 / perSecond)) };
}

/** The figures for each pace. */
async function measureBuild(folder: string, server: MariadbAddress, stub: AiStubProcess): Promise<Figures[]> {
  const database = await createTestDatabase(server);
  await database.loadSqlFile(resolve(folder, 'sql-files/ai_ipc_tables.sql'));
  const worker = startWorker(database.settings, { AI_SERVICE_BASE_URL: stub.url }, folder);
  try {
    await worker.started();
    const client = await openClient(folder, database.settings);
    await ask(client, WARM_UP);
    const figures: Figures[] = [];
    for (const pace of PACES)
      figures.push({ folder, ...(await measure({ client, database, workerPid: worker.pid }, pace)) });
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
  { host, port, user, password, database }: DatabaseSettings,
): Promise<Client.AiIpc> {
  const { AiIpc } = (await import(pathToFileURL(entryOf(folder)).href)) as typeof Client;
  return await AiIpc.open({ kind: 'mariadb', host, port, user, password, database });
}

interface Measured {
  readonly client: Client.AiIpc;
  readonly database: TestDatabase;
  readonly workerPid: number;
}

async function measure(
  { client, database, workerPid }: Measured,
  pace: Pace,
): Promise<Omit<Figures, 'folder'>> {
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

/** Of one pace: medians of the rounds, and of what each round of ours was to the same round of the other build. */
function tell(folders: readonly string[], figures: readonly Figures[]): void {
  const roundsOf = (folder: string) => figures.filter((round) => round.folder === folder);
  for (const folder of folders) {
    const [p50 = 0, p99 = 0, cpuSeconds = 0, clientCpuSeconds = 0, selects = 0] = VALUES.map((name) =>
      median(roundsOf(folder).map((round) => round[name])),
    );
    process.stdout.write(
      `${figures[0]?.perSecond} a second, ${folder}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; ` +
        `CPU for 1,000: the worker's ${cpuSeconds.toFixed(2)} s, the client's ${clientCpuSeconds.toFixed(2)} s; ` +
        `${selects.toFixed(1)} SELECTs each\n`,
    );
  }
  for (const other of folders.slice(1)) {
    const others = roundsOf(other);
    const ratios = VALUES.map((name) => {
      const ratio = median(roundsOf(OURS).map((ours, at) => ours[name] / (others[at]?.[name] ?? Number.NaN)));
      return `${name} ${ratio.toFixed(2)}`;
    });
    process.stdout.write(`  ours to the other: ${ratios.join(', ')}\n`);
  }
}
