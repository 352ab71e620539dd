import { resolve } from 'node:path';
import { startAiStubProcess } from '../test/support/ai-stub-process.ts';
import { MariadbServer } from '../test/support/mariadb-server.ts';
import { median } from './median.ts';
import {
  type AskFigures,
  checkBuilds,
  measureAsks,
  OURS,
  type Pace,
  paceOf,
  type Way,
} from './scenario/asks.ts';
import { WordError } from './scenario/benchmark.ts';

const ROUNDS = 5;
/** So many asks a second, in place of 5 and 200: the numbers among the words. */
const IS_PACE = /^[1-9]\d{0,3}$/;
/** What was meant as a number or an option; a folder of such a name is ./-name. */
const NO_FOLDER = /^(-|[\d.]+$|$)/;
const BY_SOCKET = '--socket';

const VALUES = ['p50', 'p99', 'cpuSeconds', 'clientCpuSeconds', 'selects'] as const;

/**
 * What one who asks waits: milliseconds from when an `ask` was due to its answer, at 5 and at 200 a second, with an AI
 * service that answers in 0 ms, MariaDB with durable commits, worker and client on this machine. With the folder of another
 * build (`npm ci && node bin/build.js` there), both in turn: `npm run bench -- paced FOLDER`. With `--socket`, in turn with this
 * build through the server's socket. With numbers, at these paces instead: `npm run bench -- paced 50 1000`.
 */
export async function paced({ ways, paces }: Plan): Promise<void> {
  const server = new MariadbServer();
  const stub = await startAiStubProcess();
  try {
    await server.start();
    const rounds = ways.map((): AskFigures[] => []);
    for (let round = 1; round <= ROUNDS; round += 1) {
      process.stdout.write(`round ${round} of ${ROUNDS}\n`);
      for (const [at, way] of ways.entries())
        rounds[at]?.push(...(await measureAsks(way, server.address, { stub, paces })));
    }
    for (const { perSecond } of paces)
      tell(
        ways,
        rounds.map((figures) => figures.filter((round) => round.perSecond === perSecond)),
      );
  } finally {
    await server.remove();
    await stub.stop();
  }
}

interface Plan {
  readonly ways: readonly Way[];
  readonly paces: readonly Pace[];
}

export function readPaced(words: readonly string[]): Plan {
  const unknown = words.find((word) => word !== BY_SOCKET && NO_FOLDER.test(word) && !IS_PACE.test(word));
  if (unknown !== undefined)
    throw new WordError(`"${unknown}" is neither ${BY_SOCKET} nor so many asks a second, 1 to 9999.`);
  const asked = [...new Set(words.filter((word) => IS_PACE.test(word)))];
  const folders = words
    .filter((word) => !IS_PACE.test(word) && word !== BY_SOCKET)
    .map((folder) => resolve(folder));
  checkBuilds(folders);
  const bySocket: Way[] = words.includes(BY_SOCKET) ? [{ folder: OURS, by: 'socket' }] : [];
  const byTcp = [OURS, ...folders].map((folder): Way => ({ folder, by: 'TCP' }));
  return {
    ways: [...byTcp, ...bySocket],
    paces: (asked.length === 0 ? [5, 200] : asked.map(Number)).map(paceOf),
  };
}

/** Of one pace: medians of the rounds, and of what each round of the first way was to the same round of the others. */
function tell(ways: readonly Way[], rounds: readonly (readonly AskFigures[])[]): void {
  const [ours = []] = rounds;
  for (const [at, { folder, by }] of ways.entries()) {
    const [p50 = 0, p99 = 0, cpuSeconds = 0, clientCpuSeconds = 0, selects = 0] = VALUES.map((name) =>
      median((rounds[at] ?? []).map((round) => round[name])),
    );
    process.stdout.write(
      `${ours[0]?.perSecond} a second, ${folder} by ${by}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; ` +
        `CPU for 1,000: the worker's ${cpuSeconds.toFixed(2)} s, the client's ${clientCpuSeconds.toFixed(2)} s; ` +
        `${selects.toFixed(1)} SELECTs each\n`,
    );
  }
  for (const others of rounds.slice(1)) {
    const ratios = VALUES.map((name) => {
      const ratio = median(ours.map((round, at) => round[name] / (others[at]?.[name] ?? Number.NaN)));
      return `${name} ${ratio.toFixed(2)}`;
    });
    process.stdout.write(`  the first to the other: ${ratios.join(', ')}\n`);
  }
}
