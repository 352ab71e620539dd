import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startAiStubProcess } from '../test/support/ai-stub-process.ts';
import type { Pace } from './offer.ts';
import { benchmarkPictures, benchmarksPage } from './peers/benchmarks-page.ts';
import { BULLMQ, BULLMQ_APPEND_ONLY } from './peers/bullmq.ts';
import { type Comparison, type ComparisonPlan, compare } from './peers/compare.ts';
import { installNeeds } from './peers/debian-needs.ts';
import { leftOutNotice } from './peers/left-out.ts';
import { describeMachine } from './peers/machine.ts';
import { AI_IPC, AI_IPC_TUNED, aiIpcBefore, DOCUMENT } from './peers/on-mariadb.ts';
import { GRAPHILE_WORKER, PG_BOSS } from './peers/on-postgres.ts';
import type { Peer } from './peers/peer.ts';
import type { Row } from './peers/rounds.ts';
import { checkBuilds } from './scenario/asks.ts';
import { WordError } from './scenario/benchmark.ts';

const PEERS = [AI_IPC_TUNED, AI_IPC, BULLMQ, BULLMQ_APPEND_ONLY, GRAPHILE_WORKER, PG_BOSS, DOCUMENT];
/** A second, and for how long: 100 asks are the fewest of which one in a hundred can be told. */
const PAGE = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
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

interface Options {
  readonly requests: number;
  readonly rounds: number;
  readonly paces: readonly Pace[];
  readonly isToInstall: boolean;
  readonly peers: readonly Peer[];
  /** What the report is written to. */
  readonly file: string;
}

/**
 * The same work through other queues, in turn: 20,000 requests that are queued while the worker runs already, and single
 * ones at a pace, against an AI service that answers in 0 ms, all on this machine.
 */
export async function peers(options: Options): Promise<void> {
  const comparison = await comparePeers(options);
  process.stdout.write(
    `\nMedians of ${comparison.rounds} rounds; ratios to ${BULLMQ.name}, of the same round (least to most); ` +
      `CPU seconds are those for 20,000 requests\nHTTP alone ${perSecond(comparison.httpPerSecond)}\n`,
  );
  for (const row of comparison.rows) process.stdout.write(`${lineOf(row)}\n`);
}

/** The same, and writes docs/benchmarks.md with its pictures, or the file that `--file` names. */
export async function report(options: Options): Promise<void> {
  // Before half an hour of measuring: no place for the page is told at once.
  const pictures = join(dirname(options.file), 'pictures');
  mkdirSync(pictures, { recursive: true });
  const comparison = await comparePeers(options);
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(options.file, benchmarksPage(comparison, describeMachine(options.peers), date));
  for (const [name, svg] of benchmarkPictures(comparison)) writeFileSync(join(pictures, name), svg);
  process.stdout.write(`Written: ${options.file}, and its pictures in ${pictures}\n`);
}

/** `only`: parts of names; of none, all. */
function choose(only: readonly string[], before: string | undefined): Peer[] {
  const all = before === undefined ? PEERS : [...PEERS, olderBuild(resolve(before))];
  const chosen = all.filter(({ name }) => isChosen(name, only));
  if (chosen.length === 0) throw new WordError(`There is no such peer. There are: ${namesOf(all)}`);
  return chosen;
}

function olderBuild(folder: string): Peer {
  checkBuilds([folder]);
  return aiIpcBefore(folder);
}

async function comparePeers({ requests, rounds, paces, isToInstall, peers }: Options): Promise<Comparison> {
  if (isToInstall) installNeeds(peers.flatMap((peer) => peer.needs));
  for (const peer of peers) {
    const notice = leftOutNotice(peer);
    if (notice !== undefined) process.stdout.write(`${notice}\n`);
  }
  const stub = await startAiStubProcess();
  try {
    const load = { requests, paces };
    const told = { onFigures: tell, onFailure: tellFailure };
    return await compare({ peers, comparedWith: BULLMQ.name, rounds, load, ...told }, stub);
  } finally {
    await stub.stop();
  }
}

function tell(round: number, measured: Parameters<ComparisonPlan['onFigures']>[1]): void {
  const line =
    'http' in measured ? `HTTP alone ${perSecond(measured.http)}` : lineOf({ ratio: undefined, ...measured });
  process.stdout.write(`round ${round}: ${line}\n`);
}

function tellFailure(round: number, { name, error }: { name: string; error: unknown }): void {
  process.stderr.write(`ERROR round ${round}: ${name} failed: ${error}\n`);
  process.exitCode = 1;
}

export const PEERS_TAKE =
  '[--requests NUMBER] [--rounds NUMBER] [--quick] [--install] [--only PART]… [--before FOLDER]';

/** Those of `peers`, which writes no file. */
export function readPeers(words: readonly string[]): Options {
  const { file, ...values } = parsed(words);
  if (file !== undefined) throw new WordError('--file is for the command that writes a page: report.');
  return optionsFrom(values);
}

export function readReport(words: readonly string[]): Options {
  return optionsFrom(parsed(words));
}

type Values = ReturnType<typeof parsed>;

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        requests: { type: 'string' },
        rounds: { type: 'string' },
        quick: { type: 'boolean', default: false },
        install: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        /** The folder of an older build, which takes its turn, too. */
        before: { type: 'string' },
        file: { type: 'string' },
      },
    }).values;
  } catch (error) {
    // Node's own sentence says which word is wrong.
    throw new WordError((error as Error).message);
  }
}

function optionsFrom({ file = PAGE, ...values }: Values): Options {
  const { requests, rounds, paces } = values.quick ? QUICK : FULL;
  return {
    requests: countOf(values.requests ?? String(requests), '--requests'),
    rounds: countOf(values.rounds ?? String(rounds), '--rounds'),
    paces,
    isToInstall: values.install,
    peers: choose(values.only, values.before),
    file,
  };
}

function countOf(text: string, option: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new WordError(`${option} wants a number from 1 on, not ${text}.`);
  return count;
}

function isChosen(name: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some((part) => name.toLowerCase().includes(part.toLowerCase()));
}

function namesOf(all: readonly Peer[]): string {
  return all.map(({ name }) => name).join('; ');
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
