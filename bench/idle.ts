import { setTimeout as delay } from 'node:timers/promises';
import { AiIpc } from '../src/client/index.ts';
import type { TestDatabase } from '../test/support/test-database.ts';
import type { WorkerProcess } from '../test/support/worker-process.ts';
import { costsBetween, costsOf } from './scenario/costs.ts';
import { untilServed } from './scenario/load.ts';
import { highestRssOf } from './scenario/play.ts';
import type { Sizes } from './scenario/sizes.ts';
import { onStage, type Stage, withWorkers } from './scenario/stage.ts';
import { megabytes, print, tellGoal } from './scenario/tell.ts';

const SETTINGS = { POLL_INTERVAL_MS: '100' };
/** Before the idling: so that its worker has been called, or has found them by itself. */
const REQUESTS = 5;
const APART_MS = 300;
/** What follows the last of them, looks that grow less often among it, is not what idling costs. */
const SETTLING_MS = 3_000;
const MOST = { heard: 6, unheard: 12, percent: 0.5 };

/**
 * What a worker without work costs with POLL_INTERVAL_MS=100: one whose doorbell was heard, and one whose requests came without
 * a ring. `npm run bench -- idle SECONDS`.
 */
export async function idle({ seconds }: Sizes<'seconds'>): Promise<void> {
  await onStage({}, (stage) =>
    idleAfter(stage, { name: 'the doorbell was heard', most: MOST.heard, seconds, ask: askRinging }),
  );
  await onStage({}, (stage) =>
    idleAfter(stage, { name: 'nobody rang', most: MOST.unheard, seconds, ask: askSilently }),
  );
}

interface Idling {
  readonly name: string;
  /** Statements a second. */
  readonly most: number;
  readonly seconds: number;
  readonly ask: (database: TestDatabase, workers: readonly WorkerProcess[]) => Promise<void>;
}

async function idleAfter(stage: Stage, { name, most, seconds, ask }: Idling): Promise<void> {
  await withWorkers(stage, { settings: SETTINGS }, async (workers) => {
    await ask(stage.database, workers);
    await delay(SETTLING_MS);
    const before = await costsOf({ ...stage, workers });
    await delay(seconds * 1_000);
    const costs = costsBetween(before, await costsOf({ ...stage, workers }));
    const perSecond = (costs.statements * 1_000) / costs.atMs;
    const percentOf = (cpuMs: number) => (100 * cpuMs) / costs.atMs;
    const percent = percentOf(costs.workerCpuMs);
    const rss = Math.max(...workers.map(({ pid }) => highestRssOf(pid)));
    print(
      `idle for ${seconds} s, ${name}: ${perSecond.toFixed(1)} statements a second; of a core: worker ${percent.toFixed(2)} %, ` +
        `database ${percentOf(costs.databaseCpuMs).toFixed(2)} %; highest RSS ${megabytes(rss)}`,
    );
    tellGoal(`at most ${most} statements a second`, perSecond.toFixed(1), perSecond <= most);
    tellGoal(`less than ${MOST.percent} % of a core`, `${percent.toFixed(2)} %`, percent < MOST.percent);
  });
}

/** As a program does: it rings. */
async function askRinging({ settings }: TestDatabase): Promise<void> {
  const { host, port, user, password, database } = settings;
  const client = await AiIpc.open({ kind: 'mariadb', host, port, user, password, database });
  try {
    for (let at = 0; at < REQUESTS; at += 1) {
      const { status } = await client.ask('dialogue', '/api/v1/npc/dialogue', { message: 'Hello' });
      if (status !== 'completed') throw new Error(`An ask ended as ${status}.`);
      await delay(APART_MS);
    }
  } finally {
    await client.close();
  }
}

/** As a script over plain SQL does. */
async function askSilently(database: TestDatabase, workers: readonly WorkerProcess[]): Promise<void> {
  for (let at = 0; at < REQUESTS; at += 1) {
    await database.query("INSERT INTO ai_requests (endpoint) VALUES ('/api/v1/npc/dialogue')");
    await untilServed(database, workers);
    await delay(APART_MS);
  }
}
