import { setTimeout as delay } from 'node:timers/promises';
import { offer, type Pace, partOf } from '../../offer.ts';
import { familyCpuMs } from '../family-cpu.ts';
import type { ClientTask, PaceFigures, PeerFigures } from '../peer.ts';

/** How one peer is asked. */
export interface PeerClient {
  /** Queues so many of the same request, many at once. */
  queue(count: number): Promise<void>;
  /** Whether nothing waits or is under way. Asked all the time: must cost next to nothing. */
  isDrained(): Promise<boolean>;
  /** Queues one and gives its answer, the way in which this peer's users wait for one. */
  ask(): Promise<string>;
  /** How many requests have the AI service's answer stored. */
  countAnswers(): Promise<number>;
  close(): Promise<void>;
}

/** What an answer of the AI stub holds, and nothing else does. */
export const ANSWER_MARK = '"provider":"stub"';
/** Of requests that are queued at once. */
const CHUNK = 1_000;
const LOOK_EVERY_MS = 10;
const DRAIN_LIMIT_MS = 300_000;
const CPU_FOR = 20_000;
const WARM_UP = { perSecond: 200, seconds: 3 };

/** Measures, and prints the figures as one line of JSON. */
export async function runClient(client: PeerClient, task: ClientTask): Promise<void> {
  const { warmUp, requests, paces } = task.load;
  await drain(client, warmUp);
  const drained = await measureDrain(client, task);
  const asked = await askAll(client, WARM_UP);
  let total = warmUp + requests + asked.length;
  const figures: PaceFigures[] = [];
  for (const pace of paces) {
    const times = await askAll(client, pace);
    total += times.length;
    figures.push({ perSecond: pace.perSecond, p50: partOf(times, 0.5), p99: partOf(times, 0.99) });
  }
  await checkAll(client, total);
  await client.close();
  const all: PeerFigures = { ...drained, paces: figures };
  process.stdout.write(`${JSON.stringify(all)}\n`, () => process.exit(0));
}

/** The clock begins with the first one's queueing: the worker runs already. */
async function measureDrain(client: PeerClient, task: ClientTask): Promise<Omit<PeerFigures, 'paces'>> {
  const { workerPid, databasePid, load } = task;
  const cpuBefore = [workerPid, databasePid].map(familyCpuMs);
  const startMs = performance.now();
  await drain(client, load.requests);
  const seconds = (performance.now() - startMs) / 1_000;
  const [worker = Number.NaN, database = Number.NaN] = [workerPid, databasePid].map(
    (pid, at) => ((familyCpuMs(pid) - (cpuBefore[at] ?? Number.NaN)) / 1_000 / load.requests) * CPU_FOR,
  );
  return { perSecond: load.requests / seconds, workerCpuSeconds: worker, databaseCpuSeconds: database };
}

async function drain(client: PeerClient, count: number): Promise<void> {
  for (let left = count; left > 0; left -= CHUNK) await client.queue(Math.min(CHUNK, left));
  const endMs = performance.now() + DRAIN_LIMIT_MS;
  while (!(await client.isDrained())) {
    if (performance.now() > endMs)
      throw new Error(`${count} requests were not done in ${DRAIN_LIMIT_MS} ms.`);
    await delay(LOOK_EVERY_MS);
  }
}

async function askAll(client: PeerClient, pace: Pace): Promise<number[]> {
  return await offer(pace, async () => {
    const answer = await client.ask();
    if (!answer.includes(ANSWER_MARK)) throw new Error(`A wrong answer: ${answer}`);
  });
}

/** A fast wrong answer is no answer. */
async function checkAll(client: PeerClient, total: number): Promise<void> {
  const answers = await client.countAnswers();
  if (answers !== total) throw new Error(`Of ${total} requests ${answers} have their answer.`);
}
