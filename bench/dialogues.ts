import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { MariadbServer } from '../test/support/mariadb-server.ts';
import { createTestDatabase } from '../test/support/test-database.ts';
import { startServiceProcess } from './service-process.ts';

const SCHEMA = fileURLToPath(new URL('../sql-files/ai_ipc_tables.sql', import.meta.url));
const PER_SECOND = 200;
const WARM_UP_SECONDS = 10;
const SECONDS = 20;
const ROUNDS = 3;
const PLAYERS = 300;
/** Enough that none has to wait for another; a worker has as many at its default concurrency. */
const CONNECTIONS = 64;
const ENDPOINT = '/api/v1/npc/dialogue';
const NPCS = [
  'sage-of-prontera',
  'kafra-employee',
  'blacksmith-of-prontera',
  'guard-of-prontera',
  'innkeeper-of-prontera',
  'merchant-of-prontera',
  'Nobody',
];
const LINES = [
  'Hello! Who are you?',
  'My name is Ana and I come from Izlude',
  'Where can I hunt as a beginner?',
  'I like red apples',
  'How do I get to Geffen?',
  'What is my name?',
  'xylophones galore',
  'Thank you, and farewell!',
];

interface Figures {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/**
 * 200 dialogues a second offered to a real `ai-ipc service` with the offline brain, of 300 players whose talks it
 * remembers, everything on this machine: milliseconds from when a dialogue was due to its last byte.
 */
export async function dialogues(): Promise<void> {
  const server = new MariadbServer();
  try {
    await server.start();
    const database = await createTestDatabase(server.address);
    await database.loadSqlFile(SCHEMA);
    const { host, port, user, password, database: name } = database.settings;
    const mariadb = {
      DB_HOST: host,
      DB_PORT: String(port),
      DB_USER: user,
      DB_PASSWORD: password,
      DB_NAME: name,
    };
    await measure('memory in MariaDB', mariadb);
    await measure('memory in SQLite', {});
    await database.drop();
  } finally {
    await server.remove();
  }
}

async function measure(name: string, env: Readonly<Record<string, string>>): Promise<void> {
  const service = await startServiceProcess({ LOG_LEVEL: 'warn', ...env });
  const pool = new Pool(service.url, { connections: CONNECTIONS });
  try {
    await offer(pool, WARM_UP_SECONDS);
    const rounds: Figures[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const figures = await offer(pool, SECONDS);
      print(`${name}, round ${round}`, figures);
      rounds.push(figures);
    }
    await checkMemory(pool);
    const medianOf = (value: (figures: Figures) => number) => percentile(rounds.map(value), 0.5);
    print(`${name}, median`, {
      p50: medianOf(({ p50 }) => p50),
      p99: medianOf(({ p99 }) => p99),
      longest: medianOf(({ longest }) => longest),
    });
  } finally {
    await pool.close();
    await service.stop();
  }
}

/** Each is sent when it is due, whatever became of those before: a slow service cannot slow the load down. */
async function offer(pool: Pool, seconds: number): Promise<Figures> {
  const count = PER_SECOND * seconds;
  const startMs = performance.now();
  const answers: Promise<number>[] = [];
  for (let at = 0; at < count; at++) {
    const dueMs = startMs + (at * 1000) / PER_SECOND;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await delay(waitMs);
    answers.push(talk(pool, at).then(() => performance.now() - dueMs));
  }
  const times = await Promise.all(answers);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), longest: Math.max(...times) };
}

/** A fast wrong answer is no answer. */
async function talk(pool: Pool, at: number): Promise<void> {
  const player = at % PLAYERS;
  const turn = Math.floor(at / PLAYERS);
  const line = {
    npc_id: NPCS[player % NPCS.length],
    player_id: player,
    message: LINES[(player + turn) % LINES.length],
  };
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: ENDPOINT,
    headers: { 'content-type': 'application/json', 'x-deadline-ms': '10000' },
    body: JSON.stringify(line),
  });
  const answer = (await body.json()) as { text?: string; player_id?: number; limited?: string };
  const isGood = statusCode === 200 && answer.text !== '' && answer.player_id === line.player_id;
  if (!isGood || answer.limited !== undefined)
    throw new Error(`HTTP ${statusCode}: ${JSON.stringify(answer)}`);
}

/** Nor is it one without its memory. */
async function checkMemory(pool: Pool): Promise<void> {
  const path = `/api/v1/npc/${encodeURIComponent(NPCS[0] ?? '')}/memory?player_id=0`;
  const { body } = await pool.request({ method: 'GET', path });
  const { summary, turns } = (await body.json()) as { summary: string | null; turns: unknown[] };
  if (summary === null || turns.length === 0) throw new Error('The talks were not remembered.');
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function print(name: string, { p50, p99, longest }: Figures): void {
  const ms = (value: number) => `${value.toFixed(1)} ms`.padStart(9);
  process.stdout.write(`${name.padEnd(28)} p50 ${ms(p50)}   p99 ${ms(p99)}   longest ${ms(longest)}\n`);
}
