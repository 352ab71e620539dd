import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MariadbServer } from '../test/support/mariadb-server.ts';
import { ProgramProcess } from '../test/support/program-process.ts';
import type { TestDatabase } from '../test/support/test-database.ts';
import { databaseEnv } from '../test/support/worker-process.ts';
import { fill } from './dashboard/fill.ts';
import { compareLoad } from './dashboard/load.ts';
import { onNewDatabase } from './one-drain.ts';
import type { Sizes } from './scenario/sizes.ts';

const PROGRAM = fileURLToPath(new URL('../bin/ai-ipc.js', import.meta.url));
const PAGE = 1_000;
const LOOKS = 20;
const HUMAN_MS = 5_000;
const OLDER = /<a href="(\/requests\?[^"]*before=[^"]*)">(?:Older|Look further back)<\/a>/;
/** Fast to fill; what is read afterwards is read as always. */
const SERVER_ARGS = ['--innodb-flush-log-at-trx-commit=2', '--innodb-buffer-pool-size=512M'];

/**
 * The pages on ten million ended requests, and what they cost a worker at 1,000 requests a second. With a number
 * (`npm run bench -- dashboard 1000000`), on so many; with 0, what they cost alone.
 */
export async function dashboard({ rows }: Sizes<'rows'>): Promise<void> {
  const server = new MariadbServer({ extraArgs: SERVER_ARGS });
  try {
    await server.start();
    if (rows > 0) await onNewDatabase(server.address, (database) => timePages(database, rows));
    await compareLoad(server.address);
  } finally {
    await server.remove();
  }
}

async function timePages(database: TestDatabase, rows: number): Promise<void> {
  const startedMs = performance.now();
  await fill(database, rows, (done) => {
    if (done % 1_000_000 === 0) process.stderr.write(`${done} of ${rows} rows\n`);
  });
  print(`${rows} requests made`, performance.now() - startedMs);
  const program = new ProgramProcess(process.execPath, [PROGRAM, 'dashboard'], {
    cwd: process.cwd(),
    env: { ...databaseEnv(database.settings), DASHBOARD_BIND: '127.0.0.1:0' },
    diesWithUs: true,
  });
  try {
    const [, url = ''] = await program.waitForOutput(/listens on (http:\S+)/);
    // Somebody starts it, and opens the page in his browser.
    await delay(HUMAN_MS);
    for (const window of ['15m', '1h', '24h', '7d'])
      await timeView(url, `/?window=${window}`, 'overview', 300);
    await timeView(url, '/npcs?window=7d', 'NPCs', 1_000);
    await timePaging(url, '/requests?npc=NPC+7');
    await timePaging(url, '/requests?status=failed');
    await timeView(url, '/doctor', 'doctor', 5_000);
  } finally {
    await program.stop('SIGTERM');
  }
}

/** The first look, and the middle one of those after it. */
async function timeView(url: string, path: string, name: string, mostMs: number): Promise<void> {
  const first = await timeOf(url, path);
  const others: number[] = [];
  for (let look = 0; look < LOOKS; look++) others.push((await timeOf(url, path)).ms);
  const middle = others.sort((a, b) => a - b)[LOOKS / 2] ?? 0;
  const verdict = first.ms <= mostMs ? 'kept' : 'BROKEN';
  print(
    `${verdict}: ${name} ${path}, the first look (promised: ${mostMs}); then ${middle.toFixed(1)} ms`,
    first.ms,
  );
}

/** From page to page, as a person would: what counts is the last. */
async function timePaging(url: string, path: string): Promise<void> {
  let next: string | undefined = path;
  let page = 0;
  let ms = 0;
  let longest = 0;
  while (next !== undefined && page < PAGE) {
    const view = await timeOf(url, next);
    ms = view.ms;
    longest = Math.max(longest, ms);
    next = OLDER.exec(view.text)?.[1]?.replaceAll('&amp;', '&');
    page += 1;
  }
  const verdict = ms <= 100 ? 'kept' : 'BROKEN';
  print(
    `${verdict}: page ${page} of ${path} (promised: 100); the longest of all took ${longest.toFixed(1)} ms`,
    ms,
  );
}

async function timeOf(url: string, path: string): Promise<{ readonly ms: number; readonly text: string }> {
  const startMs = performance.now();
  const answer = await fetch(`${url}${path}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 500)}`);
  return { ms: performance.now() - startMs, text };
}

function print(what: string, ms: number): void {
  process.stdout.write(`${ms.toFixed(1).padStart(10)} ms  ${what}\n`);
}
