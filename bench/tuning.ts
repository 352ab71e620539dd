import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type AiStubProcess, startAiStubProcess } from '../test/support/ai-stub-process.ts';
import { type MariadbAddress, MariadbServer } from '../test/support/mariadb-server.ts';
import { measureDrain, onNewDatabase } from './one-drain.ts';
import { WordError } from './scenario/benchmark.ts';
import { measureOptimize } from './tuning/optimize.ts';
import { measureSocket } from './tuning/socket.ts';
import { type Row, ratioCell, tableOf } from './tuning/table.ts';
import { measureWait } from './tuning/wait.ts';

const PAGE = fileURLToPath(new URL('../docs/tuning.md', import.meta.url));
const WARM_UP = 4_000;
const REQUESTS = 8_000;
const ROUNDS = 3;
/** Of an AI service that answers so fast that the queue alone is measured. */
const DEFAULTS: Settings = {};

type Settings = Readonly<Record<string, string>>;
const TABLES = ['speed', 'waits', 'socket'] as const;
type Table = (typeof TABLES)[number];

/** The document's settings one by one, its three columns, and what this package has besides. */
const CHANGES: readonly { readonly name: string; readonly settings: Settings }[] = [
  { name: '`BATCH_SIZE=5`', settings: { BATCH_SIZE: '5' } },
  { name: '`BATCH_SIZE=20`', settings: { BATCH_SIZE: '20' } },
  { name: '`BATCH_SIZE=256`', settings: { BATCH_SIZE: '256' } },
  { name: '`min_pool_size` 5, `max_pool_size` 10', settings: poolOf(5, 10) },
  { name: '`min_pool_size` 15, `max_pool_size` 30', settings: poolOf(15, 30) },
  { name: '`CONCURRENCY=512`', settings: { CONCURRENCY: '512' } },
  { name: 'column Low Load', settings: { POLL_INTERVAL_MS: '200', BATCH_SIZE: '5', ...poolOf(5, 10) } },
  { name: 'column Medium Load', settings: { POLL_INTERVAL_MS: '100', BATCH_SIZE: '10', ...poolOf(10, 20) } },
  { name: 'column High Load', settings: { POLL_INTERVAL_MS: '50', BATCH_SIZE: '20', ...poolOf(15, 30) } },
  { name: '`BATCH_SIZE=256`, `CONCURRENCY=512`', settings: { BATCH_SIZE: '256', CONCURRENCY: '512' } },
];

function poolOf(least: number, most: number): Settings {
  return { DB_MIN_POOL_SIZE: String(least), DB_MAX_POOL_SIZE: String(most) };
}

/**
 * Each setting of the document's tuning table, and what it does; writes the tables of docs/tuning.md. About eight
 * minutes; with words (`npm run bench -- tuning waits`), those of the three tables alone.
 */
export async function tuning(asked: readonly Table[]): Promise<void> {
  const isAsked = (table: Table) => asked.includes(table);
  const server = new MariadbServer();
  const stub = await startAiStubProcess();
  try {
    await server.start();
    if (isAsked('speed'))
      writePage('speed', [...(await drains(server.address, stub)), await optimizing(server.address, stub)]);
    if (isAsked('waits')) writePage('waits', await waits(server.address, stub));
    if (isAsked('socket')) writePage('socket', await measureSocket(server.address, stub, ROUNDS));
  } finally {
    await server.remove();
    await stub.stop();
  }
}

export function readTables(words: readonly string[]): readonly Table[] {
  const unknown = words.find((word) => !TABLES.some((table) => table === word));
  if (unknown !== undefined) throw new WordError(`"${unknown}" is none of its tables: ${TABLES.join(', ')}.`);
  return words.length === 0 ? TABLES : TABLES.filter((table) => words.includes(table));
}

/** Requests a second, to those with the defaults in the same round. */
async function drains(server: MariadbAddress, stub: AiStubProcess): Promise<Row[]> {
  const ratios = new Map<string, number[]>();
  const speed = (settings: Settings) =>
    onNewDatabase(server, async (database) => {
      const load = { settings, warmUp: WARM_UP, requests: REQUESTS };
      return (await measureDrain(database, stub, load)).perSecond;
    });
  for (let round = 1; round <= ROUNDS; round++) {
    const base = await speed(DEFAULTS);
    for (const { name, settings } of CHANGES) {
      const ratio = (await speed(settings)) / base;
      ratios.set(name, [...(ratios.get(name) ?? []), ratio]);
      process.stdout.write(`round ${round}: ${name} ${ratio.toFixed(2)}\n`);
    }
  }
  return [...ratios].map(([setting, all]) => ({
    setting,
    measured: 'requests a second, to those with the defaults',
    effect: ratioCell(all),
  }));
}

async function optimizing(server: MariadbAddress, stub: AiStubProcess): Promise<Row> {
  const all: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const ratio = await onNewDatabase(server, (database) => measureOptimize(database, stub, REQUESTS));
    all.push(ratio);
    process.stdout.write(`round ${round}: OPTIMIZE TABLE, ANALYZE TABLE ${ratio.toFixed(2)}\n`);
  }
  return {
    setting: '`OPTIMIZE TABLE`, `ANALYZE TABLE`',
    measured: 'requests a second after them, to those before, once half of the requests were cleaned up',
    effect: ratioCell(all),
  };
}

async function waits(server: MariadbAddress, stub: AiStubProcess): Promise<Row[]> {
  const rows: Row[] = [];
  for (const pollMs of [200, 100, 50]) {
    const { waitedMs, rungMs, idlePercent } = await onNewDatabase(server, (database) =>
      measureWait(database, stub.url, pollMs),
    );
    process.stdout.write(`POLL_INTERVAL_MS=${pollMs}: ${waitedMs} ms, ${rungMs} ms rung, ${idlePercent} %\n`);
    rows.push({
      setting: `\`POLL_INTERVAL_MS=${pollMs}\``,
      measured: 'wait of a request of plain SQL (of a client, which rings); CPU of an idle worker',
      effect: `${waitedMs} ms (${rungMs} ms); ${idlePercent} %`,
    });
  }
  return rows;
}

function writePage(name: Table, rows: readonly Row[]): void {
  const page = readFileSync(PAGE, 'utf8');
  const begin = `<!-- \`npm run bench -- tuning ${name}\` writes this table. -->\n`;
  const [before = '', rest = ''] = page.split(begin);
  const table = tableOf(rows);
  writeFileSync(PAGE, `${before}${begin}${table}${rest.slice(rest.indexOf(END))}`);
  process.stdout.write(`${table}docs/tuning.md has it now.\n`);
}

const END = '<!-- end of the table -->\n';
