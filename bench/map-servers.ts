import { fileURLToPath } from 'node:url';
import { AiIpc } from '../src/client/index.ts';
import { startAiStubProcess } from '../test/support/ai-stub-process.ts';
import { MariadbServer } from '../test/support/mariadb-server.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/test-database.ts';
import type { WorkerProcess } from '../test/support/worker-process.ts';
import { cpuMsOf } from './cpu-of.ts';
import { offer, type Pace, partOf } from './offer.ts';
import type { Sizes } from './scenario/sizes.ts';
import { sharesOf } from './shares.ts';
import { startWorker } from './worker-process.ts';

const SCHEMA = fileURLToPath(new URL('../sql-files/ai_ipc_tables.sql', import.meta.url));
/** As many connections as a map-server has: one that asks, one that looks. */
const CONNECTIONS = 2;
/** Of the AI service: what a small model takes at the least. */
const AI_MS = 200;
const WARM_UP: Pace = { perSecond: 100, seconds: 5 };
/** Of all map-servers together. */
const PACES: readonly Pace[] = [
  { perSecond: 50, seconds: 20 },
  { perSecond: 100, seconds: 20 },
  { perSecond: 200, seconds: 20 },
];
const COUNTED = ['Questions', 'Innodb_row_lock_waits', 'Connections'] as const;

interface Play {
  readonly server: MariadbServer;
  readonly database: TestDatabase;
  readonly workers: readonly WorkerProcess[];
  readonly mapServers: readonly AiIpc[];
}

/**
 * Many map-servers ask many workers over one database, with an AI service that answers in 200 ms, all on this machine: what
 * who asks waits, how even the workers share the work, and what it costs the database. `npm run bench -- map-servers 50 8`.
 */
export async function mapServers({ mapServers, workers }: Sizes<'mapServers' | 'workers'>): Promise<void> {
  const stub = await startAiStubProcess({ delayMs: AI_MS });
  try {
    // The same load on one worker, and on as many.
    for (const count of [1, workers]) await playOn({ mapServers, workers: count }, stub.url);
  } finally {
    await stub.stop();
  }
}

async function playOn(counts: Sizes<'mapServers' | 'workers'>, url: string): Promise<void> {
  const server = new MariadbServer({ extraArgs: ['--max-connections=1000'] });
  try {
    await server.start();
    const database = await createTestDatabase(server.address);
    await database.loadSqlFile(SCHEMA);
    const env = { AI_SERVICE_BASE_URL: url };
    const workers = Array.from({ length: counts.workers }, () => startWorker(database.settings, env));
    await Promise.all(workers.map((worker) => worker.started()));
    const mapServers = await Promise.all(Array.from({ length: counts.mapServers }, () => open(database)));
    const play: Play = { server, database, workers, mapServers };
    await offer(WARM_UP, (at) => ask(play, at));
    for (const pace of PACES) await measure(play, pace);
    await Promise.all(mapServers.map((mapServer) => mapServer.close()));
    await Promise.all(workers.map((worker) => worker.stop()));
  } finally {
    await server.remove();
  }
}

async function open({ settings }: TestDatabase): Promise<AiIpc> {
  const { host, port, user, password, database } = settings;
  return await AiIpc.open({
    ...{ kind: 'mariadb', host, port, user, password, database },
    maxPoolSize: CONNECTIONS,
  });
}

/** The map-servers take turns. */
async function ask({ mapServers }: Play, at: number): Promise<void> {
  const mapServer = mapServers[at % mapServers.length];
  const answer = await mapServer?.ask('dialogue', '/api/v1/npc/dialogue', { message: `Hello ${at}` });
  if (answer?.status === 'completed') return;
  throw new Error(`An ask ended as ${answer?.status}: ${answer?.error?.code}, ${answer?.error?.message}`);
}

async function measure(play: Play, pace: Pace): Promise<void> {
  const { server, database, workers, mapServers } = play;
  const cpuMs = () => ({
    server: cpuMsOf(server.pid ?? 0),
    workers: workers.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0),
  });
  const [before, cpuBefore] = [await countersOf(database), cpuMs()];
  const times = await offer(pace, (at) => ask(play, at));
  const [after, cpuAfter] = [await countersOf(database), cpuMs()];
  const perAsk = (name: string) => ((after.get(name) ?? 0) - (before.get(name) ?? 0)) / times.length;
  const seconds = (name: 'server' | 'workers') =>
    ((cpuAfter[name] - cpuBefore[name]) / times.length).toFixed(2);
  const ms = (part: number) => `${(partOf(times, part) - AI_MS).toFixed(0)} ms`;
  process.stdout.write(
    `${mapServers.length} map-servers, ${workers.length} ${workers.length === 1 ? 'worker' : 'workers'}, ` +
      `${pace.perSecond} a second for ${pace.seconds} s: beside the ${AI_MS} ms of the AI service p50 ${ms(0.5)}, p95 ${ms(0.95)}, ` +
      `p99 ${ms(0.99)}, longest ${ms(1)}; ${perAsk('Questions').toFixed(1)} statements an ask, ` +
      `${perAsk('Innodb_row_lock_waits').toFixed(3)} waits for a row, ${after.get('Threads_connected')} connections; ` +
      `CPU for 1,000: database ${seconds('server')} s, workers ${seconds('workers')} s; ` +
      `shares of the workers ${await sharesOf(database, times.length)}\n`,
  );
}

async function countersOf(database: TestDatabase): Promise<Map<string, number>> {
  const rows = await database.query<{ Variable_name: string; Value: string }[]>(
    `SHOW GLOBAL STATUS WHERE Variable_name IN (${[...COUNTED, 'Threads_connected'].map((name) => `'${name}'`).join(', ')})`,
  );
  return new Map(rows.map((row) => [row.Variable_name, Number(row.Value)]));
}
