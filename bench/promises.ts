import { startAiStub } from '../test/support/ai-stub.ts';
import { type MariadbAddress, MariadbServer } from '../test/support/mariadb-server.ts';
import { QueueObserver } from '../test/support/queue-observer.ts';
import type { WorkerProcess } from '../test/support/worker-process.ts';
import { ANSWERS } from './promises/answers.ts';
import { DEATHS } from './promises/deaths.ts';
import { DOCTOR } from './promises/doctor.ts';
import { MODELS } from './promises/models.ts';
import { OUTAGES } from './promises/outages.ts';
import type { Promised } from './promises/promise.ts';
import { WordError } from './scenario/benchmark.ts';
import { startWorker } from './worker-process.ts';

const ALL: readonly Promised[] = [...ANSWERS, ...DEATHS, ...OUTAGES, ...MODELS, ...DOCTOR];

/** Those that have the word in their name; without one, all. */
export function readPromises([word = '', surplus]: readonly string[]): readonly Promised[] {
  const chosen = ALL.filter(({ name }) => name.includes(word));
  if (surplus !== undefined)
    throw new WordError(`"${surplus}" is one word too many: put a name of several words into quotes.`);
  if (chosen.length > 0) return chosen;
  throw new WordError(
    `Nothing that is promised has "${word}" in its name. There are:\n${ALL.map(({ name }) => `  ${name}`).join('\n')}`,
  );
}

/**
 * How long the things take that are promised to take no longer than a certain time. The tests hold their order and
 * outcome; this holds the time, on a machine that has nothing else to do. Ends with exit code 1 when one took longer.
 * With a word (`npm run bench -- promises doctor`), those that have it in their name.
 */
export async function promises(chosen: readonly Promised[]): Promise<void> {
  const server = new MariadbServer();
  try {
    const address = await server.start();
    for (const promised of chosen) {
      const tookMs = await measure(promised, address);
      const isKept = tookMs <= promised.withinMs;
      if (!isKept) process.exitCode = 1;
      const times = `${Math.round(tookMs)} ms of ${promised.withinMs}`.padStart(20);
      process.stdout.write(`${isKept ? 'kept  ' : 'BROKEN'} ${times}  ${promised.name}\n`);
    }
  } finally {
    await server.remove();
  }
}

/** Each with tables, an AI service and workers of its own, so that none finds what another has left. */
async function measure({ measure }: Promised, address: MariadbAddress): Promise<number> {
  const queue = await QueueObserver.create(address);
  const stub = await startAiStub();
  const workers: WorkerProcess[] = [];
  try {
    return await measure({
      queue,
      stub,
      async startWorker(env = {}, { host, port } = queue.settings) {
        const settings = { AI_SERVICE_BASE_URL: stub.url, ...env };
        const worker = startWorker({ ...queue.settings, host, port }, settings);
        workers.push(worker);
        await worker.started();
        return worker;
      },
    });
  } finally {
    for (const worker of workers) await worker.kill();
    await stub.close();
    await queue.database.drop();
  }
}
