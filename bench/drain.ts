import { type AiStubProcess, startAiStubProcess } from '../test/support/ai-stub-process.ts';
import { type MariadbAddress, MariadbServer } from '../test/support/mariadb-server.ts';
import { measureHttpAlone } from './http-alone.ts';
import { median } from './median.ts';
import { measureDrain, onNewDatabase, TUNED } from './one-drain.ts';
import { untilPurged } from './purge.ts';

const REQUESTS = 20_000;
/** Before the measuring: the code of worker and stub is compiled while it runs, as that of HTTP alone is. */
const WARM_UP = 20_000;
const ROUNDS = 3;
/** What the round before has left to tidy up must not slow HTTP alone down. */
const MAX_PURGE_MS = 10_000;
/** HTTP alone is measured as the worker calls, and as these cores do best: which of these is best, differs. */
const HTTP_CONCURRENCIES = [64, 256] as const;

/**
 * 20,000 requests queued at once, an AI service that answers in 0 ms, everything (MariaDB with durable commits, worker,
 * stub, load) on this machine: requests a second from the INSERT's commit to the last answer, against HTTP alone.
 */
export async function drain(): Promise<void> {
  const server = new MariadbServer();
  const stub = await startAiStubProcess();
  try {
    await server.start();
    await compare(server.address, stub);
  } finally {
    await server.remove();
    await stub.stop();
  }
}

async function compare(server: MariadbAddress, stub: AiStubProcess): Promise<void> {
  const rows: Figures[] = [];
  await measureHttp(stub.url, WARM_UP);
  for (let round = 1; round <= ROUNDS; round++) {
    await onNewDatabase(server, (database) => untilPurged(database, MAX_PURGE_MS));
    const http = await measureHttp(stub.url, REQUESTS);
    const tuned = await onNewDatabase(server, (database) => measureDrain(database, stub, loadOf(TUNED)));
    const byDefault = await onNewDatabase(server, (database) => measureDrain(database, stub, loadOf({})));
    const figures = {
      ...http,
      tuned: tuned.perSecond,
      byDefault: byDefault.perSecond,
      logBytes: tuned.logBytes,
    };
    rows.push(figures);
    print(`round ${round}`, figures);
  }
  const medianOf = (value: (row: Figures) => number) => median(rows.map(value));
  print('median', {
    httpAlike: medianOf((row) => row.httpAlike),
    httpBest: medianOf((row) => row.httpBest),
    tuned: medianOf((row) => row.tuned),
    byDefault: medianOf((row) => row.byDefault),
    logBytes: medianOf((row) => row.logBytes),
  });
  const settings = JSON.stringify(TUNED);
  process.stdout.write(
    `Drain to HTTP alone, medians of ${ROUNDS} rounds:\n` +
      `  ${settings}: ${medianOf((row) => row.tuned / row.httpAlike).toFixed(2)} of the same client with as many calls, ` +
      `${medianOf((row) => row.tuned / row.httpBest).toFixed(2)} of the best that it does with any number of calls\n` +
      `  default settings: ${medianOf((row) => row.byDefault / row.httpBest).toFixed(2)} of the best\n` +
      `InnoDB's log: ${Math.round(medianOf((row) => row.logBytes))} bytes a request\n`,
  );
}

const loadOf = (settings: Readonly<Record<string, string>>) => ({
  settings,
  warmUp: WARM_UP,
  requests: REQUESTS,
});

/** Calls a second without a queue: with as many calls at once as the tuned worker has, and with the best number. */
async function measureHttp(url: string, count: number): Promise<{ httpAlike: number; httpBest: number }> {
  const httpAlike = await measureHttpAlone(url, { count, concurrency: Number(TUNED.CONCURRENCY) });
  const rates = [httpAlike];
  for (const concurrency of HTTP_CONCURRENCIES)
    rates.push(await measureHttpAlone(url, { count, concurrency }));
  return { httpAlike, httpBest: Math.max(...rates) };
}

interface Figures {
  readonly httpAlike: number;
  readonly httpBest: number;
  readonly tuned: number;
  readonly byDefault: number;
  readonly logBytes: number;
}

function print(name: string, { httpAlike, httpBest, tuned, byDefault }: Figures): void {
  const perSecond = (value: number) => `${Math.round(value)}/s`.padStart(8);
  process.stdout.write(
    `${name.padEnd(8)} HTTP alone ${perSecond(httpAlike)}, best ${perSecond(httpBest)}   ` +
      `drain, tuned ${perSecond(tuned)}   drain, default ${perSecond(byDefault)}\n`,
  );
}
