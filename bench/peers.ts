import { parseArgs } from 'node:util';
import { type AiStubProcess, startAiStubProcess } from '../test/support/ai-stub-process.ts';
import { measureHttpAlone } from './http-alone.ts';
import { median } from './median.ts';
import type { Pace } from './offer.ts';
import { BULLMQ, BULLMQ_APPEND_ONLY } from './peers/bullmq.ts';
import { installNeeds } from './peers/debian-needs.ts';
import { leftOutNotice } from './peers/left-out.ts';
import { measurePeer, prepare } from './peers/measure-peer.ts';
import { AI_IPC, AI_IPC_TUNED, DOCUMENT } from './peers/on-mariadb.ts';
import { GRAPHILE_WORKER, PG_BOSS } from './peers/on-postgres.ts';
import type { Peer, PeerFigures, PeerLoad, PeerStart } from './peers/peer.ts';
import { type Row, rowsOf } from './peers/rounds.ts';

const PEERS = [AI_IPC_TUNED, AI_IPC, BULLMQ, BULLMQ_APPEND_ONLY, GRAPHILE_WORKER, PG_BOSS, DOCUMENT];
/** A second, and for how long: 100 asks are the fewest of which one in a hundred can be told. */
const FULL = {
  requests: 20_000,
  rounds: 5,
  paces: [
    { perSecond: 5, seconds: 20 },
    { perSecond: 200, seconds: 10 },
  ],
};
/** To see that each works. */
const QUICK = {
  requests: 500,
  rounds: 1,
  paces: [
    { perSecond: 5, seconds: 2 },
    { perSecond: 200, seconds: 2 },
  ],
};
/** HTTP alone is measured with each of these numbers of calls at once: which of them is best, differs. */
const HTTP_CONCURRENCIES = [64, 256, 512];

interface Options {
  readonly requests: number;
  readonly rounds: number;
  readonly paces: readonly Pace[];
  readonly isToInstall: boolean;
  /** Parts of names; of none, all. */
  readonly only: readonly string[];
}

/**
 * The same work through other queues, in turn: 20,000 requests that are queued while the worker runs already, and single
 * ones at a pace, against an AI service that answers in 0 ms, all on this machine.
 */
export async function peers(): Promise<void> {
  const options = readOptions(process.argv.slice(3));
  const chosen = PEERS.filter(({ name }) => isChosen(name, options.only));
  if (chosen.length === 0) throw new Error(`There is no such peer. There are: ${namesOf(PEERS)}`);
  if (options.isToInstall) installNeeds(chosen.flatMap((peer) => peer.needs));
  const prepared = await prepareAll(chosen);
  const stub = await startAiStubProcess();
  try {
    await compare(prepared, stub, options);
  } finally {
    await stub.stop();
  }
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      requests: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      install: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const { requests, rounds, paces } = values.quick ? QUICK : FULL;
  return {
    requests: countOf(values.requests ?? String(requests), '--requests'),
    rounds: countOf(values.rounds ?? String(rounds), '--rounds'),
    paces,
    isToInstall: values.install,
    only: values.only,
  };
}

function countOf(text: string, option: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`${option} wants a number from 1 on, not ${text}.`);
  return count;
}

function isChosen(name: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some((part) => name.toLowerCase().includes(part.toLowerCase()));
}

function namesOf(all: readonly Peer[]): string {
  return all.map(({ name }) => name).join('; ');
}

type Prepared = Omit<PeerStart, 'stubUrl'> & { readonly peer: Peer };

/** Those that can be measured here. Of the others it says why not. */
async function prepareAll(chosen: readonly Peer[]): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  for (const peer of chosen) {
    const notice = leftOutNotice(peer);
    if (notice !== undefined) process.stdout.write(`${notice}\n`);
    else prepared.push({ peer, ...(await prepare(peer)) });
  }
  return prepared;
}

async function compare(
  prepared: readonly Prepared[],
  stub: AiStubProcess,
  { requests, rounds, paces }: Options,
): Promise<void> {
  const load: PeerLoad = { warmUp: requests, requests, paces };
  const all = new Map<string, PeerFigures[]>();
  const http: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    http.push(await measureHttp(stub.url, requests));
    process.stdout.write(`round ${round}: HTTP alone ${perSecond(http.at(-1) ?? Number.NaN)}\n`);
    for (const { peer, ...how } of prepared) {
      const figures = await measurePeer(peer, { ...how, stubUrl: stub.url }, load);
      all.set(peer.name, [...(all.get(peer.name) ?? []), figures]);
      process.stdout.write(`round ${round}: ${lineOf({ name: peer.name, ratio: undefined, ...figures })}\n`);
    }
  }
  process.stdout.write(
    `\nMedians of ${rounds} rounds; ratios to ${BULLMQ.name}, of the same round (least to most); ` +
      `CPU seconds are those for 20,000 requests\nHTTP alone ${perSecond(median(http))}\n`,
  );
  for (const row of rowsOf(all, BULLMQ.name)) process.stdout.write(`${lineOf(row)}\n`);
}

/** Calls a second without a queue, with the best number of calls at once. */
async function measureHttp(url: string, count: number): Promise<number> {
  const rates: number[] = [];
  for (const concurrency of HTTP_CONCURRENCIES)
    rates.push(await measureHttpAlone(url, { count, concurrency }));
  return Math.max(...rates);
}

function lineOf({ name, ratio, paces, ...row }: Row): string {
  const parts = [
    `drain ${perSecond(row.perSecond)}`,
    ...(ratio ? [`${two(ratio.median)} × (${two(ratio.least)} to ${two(ratio.most)})`] : []),
    `CPU ${two(row.workerCpuSeconds)} s, its database ${two(row.databaseCpuSeconds)} s`,
    ...paces.map((pace) => `${pace.perSecond}/s p50 ${pace.p50.toFixed(1)} ms p99 ${pace.p99.toFixed(1)} ms`),
  ];
  return `${name.padEnd(28)} ${parts.join('; ')}`;
}

function two(value: number): string {
  return value.toFixed(2);
}

function perSecond(value: number): string {
  return `${Math.round(value)}/s`;
}
