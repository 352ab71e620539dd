import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from '../src/database/database.ts';
import { openMariadbPool } from '../src/database/mariadb-pool.ts';
import { openSqliteWithSchema } from '../src/database/sqlite-schema.ts';
import { createNpcMemory, type DatabaseKind, type KeptMemory } from '../src/service/memory/npc-memory.ts';
import { MariadbServer } from '../test/support/mariadb-server.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/test-database.ts';
import { IN_EVERY_LINE, lineOf, questionOf, Random, THINGS } from './recall/lines.ts';
import type { Sizes } from './scenario/sizes.ts';

const SCHEMA = fileURLToPath(new URL('../sql-files/ai_ipc_tables.sql', import.meta.url));
const NPC = 'sage-of-prontera';
const PLAYERS = 1_000;
/** Of all lines, the part of one more player: as many as are kept. */
const MOST_PART = 0.3;
const CHUNK = 1_000;
const LOOKS = 1_000;
const FULLTEXT_LOOKS = 50;
const TALKATIVE = 'talkative';
/** The words take MySQL 460 MB: both sides are to look, and not to read pages anew. */
const IN_MEMORY = '--innodb-buffer-pool-size=1G';

/**
 * How long an NPC takes to recall what bears on a question, with what it remembers in any case: players with 100 lines each, and
 * one with 30,000; beside it the same words asked of a FULLTEXT index over the same lines, which finds lines and knows nothing
 * else. On MariaDB or MySQL (`--server` of the tests: AI_IPC_TEST_SERVER) and in SQLite. `lines` are those of
 * all players together.
 */
export async function recalls({ lines }: Sizes<'lines'>): Promise<void> {
  const counts = { lines, most: Math.round(lines * MOST_PART) };
  const server = new MariadbServer({ extraArgs: [IN_MEMORY] });
  const folder = await mkdtemp(join(tmpdir(), 'ai-ipc-bench-'));
  try {
    await server.start();
    const made = await createTestDatabase(server.address);
    await made.loadSqlFile(SCHEMA);
    const database = openMariadbPool({
      ...made.settings,
      ...{ socketPath: null, sslCaFile: null, minPoolSize: 1, maxPoolSize: 2 },
    });
    const [row] = await database.query('SELECT VERSION() AS version');
    const ours = await measureAll(database, { kind: 'mariadb', name: `${row?.['version']}`, ...counts });
    await compare(made, database, ours);
    await database.close();
    const sqlite = await openSqliteWithSchema(join(folder, 'queue.db'));
    await measureAll(sqlite, { kind: 'sqlite', name: 'SQLite', ...counts });
    await sqlite.close();
  } finally {
    await server.remove();
    await rm(folder, { recursive: true });
  }
}

/** What is asked of both, of us and of a FULLTEXT index: common words by how many lines have them, each alone and in a question. */
const COMMON_TEXTS = [
  { text: IN_EVERY_LINE, what: 'a word of every line' },
  { text: questionOf(IN_EVERY_LINE), what: 'a question with that word' },
  { text: THINGS[0], what: 'a word of one line in seven' },
  { text: questionOf(THINGS[0]), what: 'a question with that word' },
] as const;

interface Counts {
  readonly lines: number;
  /** Of the one more player. */
  readonly most: number;
}

/** Resolves with the p50 in milliseconds for each of the common texts. */
async function measureAll(
  database: Database,
  { kind, name, lines, most }: Counts & { readonly kind: DatabaseKind; readonly name: string },
): Promise<ReadonlyMap<string, number>> {
  const memory = createNpcMemory(database, kind);
  print(`${name}: ${lines} lines of ${PLAYERS} players, and ${most} of one more`);
  await fill(database, kind, { lines, most });
  const startMs = performance.now();
  await memory.completeWords();
  const ms = (performance.now() - startMs) / (lines + most);
  print(`  words made: ${ms.toFixed(2)} ms a line`);
  if (kind === 'mariadb') await printSize(database, lines + most);
  const random = new Random(7);
  const anyPlayer = () => `player ${random.below(PLAYERS)}`;
  await measure('a question of any player', LOOKS, () =>
    recallOnce(memory, [questionOf(random.of(THINGS)), anyPlayer()]),
  );
  await measure('a question of the one with most', LOOKS, () =>
    recallOnce(memory, [questionOf(random.of(THINGS)), TALKATIVE]),
  );
  const ours = new Map<string, number>();
  for (const { text, what } of COMMON_TEXTS)
    ours.set(
      text,
      await measure(`${what}, of any player`, LOOKS, () => recallOnce(memory, [text, anyPlayer()])),
    );
  return ours;
}

async function recallOnce(memory: KeptMemory, [text, playerId]: readonly [string, string]): Promise<void> {
  const { recalled } = await memory.recall({ npcId: NPC, playerId }, text);
  if (recalled.length === 0 && playerId === TALKATIVE) throw new Error(`Nothing was recalled of: ${text}`);
}

async function fill(database: Database, kind: DatabaseKind, { lines, most }: Counts): Promise<void> {
  const random = new Random(1);
  const players = Array.from({ length: lines }, (_, at) => `player ${at % PLAYERS}`);
  players.push(...new Array<string>(most).fill(TALKATIVE));
  const folded = players.map((player) => [NPC, player, 'folded', 0, lineOf(random), null] as const);
  const owners = [...new Set(players)];
  const summaries = owners.map(
    (player) =>
      [NPC, player, 'summary', player === TALKATIVE ? most : Math.ceil(lines / PLAYERS), '', null] as const,
  );
  const turns = owners.flatMap((player) =>
    Array.from({ length: 10 }, () => [NPC, player, 'turn', 1, lineOf(random), lineOf(random)] as const),
  );
  const rows = [...folded, ...summaries, ...turns];
  const lock = { sql: 'SELECT 1 AS one', values: [] };
  const sql = 'INSERT INTO ai_npc_memory (npc_id, player_id, kind, turns, said, answered) VALUES :rows';
  for (let at = 0; at < rows.length; at += CHUNK) {
    const write = { sql, rows: rows.slice(at, at + CHUNK) };
    await database.lockAndWrite(lock, () => ({ writes: [write], result: undefined }));
  }
  if (kind === 'mariadb') await database.query('ANALYZE TABLE ai_npc_memory');
}

async function printSize(database: Database, lines: number): Promise<void> {
  await database.query('ANALYZE TABLE ai_npc_words');
  const [row] = await database.query(
    `SELECT DATA_LENGTH + INDEX_LENGTH AS bytes FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ai_npc_words'`,
  );
  const [count] = await database.query('SELECT COUNT(*) AS words FROM ai_npc_words');
  print(
    `  ${(Number(count?.['words']) / lines).toFixed(0)} words and ${(Number(row?.['bytes']) / lines).toFixed(0)} bytes a line`,
  );
}

async function compare(
  made: TestDatabase,
  database: Database,
  ours: ReadonlyMap<string, number>,
): Promise<void> {
  // Over a connection without limits: the index takes its time.
  await made.query('CREATE TABLE bench_lines LIKE ai_npc_memory');
  await made.query("INSERT INTO bench_lines SELECT * FROM ai_npc_memory WHERE kind = 'folded'");
  await made.query('ALTER TABLE bench_lines ADD FULLTEXT idx_said (said)');
  await made.query('ANALYZE TABLE bench_lines');
  const sql = `
    SELECT id, said, MATCH (said) AGAINST (?) AS fit FROM bench_lines
     WHERE player_id = ? AND npc_id = ? AND MATCH (said) AGAINST (?) ORDER BY fit DESC LIMIT 5`;
  const random = new Random(11);
  for (const { text, what } of COMMON_TEXTS) {
    const p50 = await measure(`${what}, by FULLTEXT`, FULLTEXT_LOOKS, async () => {
      await database.query(sql, [text, `player ${random.below(PLAYERS)}`, NPC, text]);
    });
    print(`  p50 of recalling is ${((ours.get(text) ?? 0) / p50).toFixed(4)} of that of FULLTEXT`);
  }
}

async function measure(what: string, looks: number, look: () => Promise<void>): Promise<number> {
  for (let at = 0; at < looks / 10; at += 1) await look();
  const times: number[] = [];
  for (let at = 0; at < looks; at += 1) {
    const startMs = performance.now();
    await look();
    times.push(performance.now() - startMs);
  }
  times.sort((one, other) => one - other);
  const at = (part: number) => times[Math.floor((times.length - 1) * part)] ?? 0;
  print(
    `  ${what}: p50 ${at(0.5).toFixed(2)} ms, p99 ${at(0.99).toFixed(2)} ms, most ${at(1).toFixed(1)} ms`,
  );
  return at(0.5);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
