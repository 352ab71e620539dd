import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { fetchServer } from '../test/support/fetched-servers.ts';
import { MariadbServer } from '../test/support/mariadb-server.ts';
import { numbers } from '../test/support/numbers.ts';
import { ProgramProcess } from '../test/support/program-process.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/test-database.ts';
import { waitFor } from '../test/support/wait-for.ts';
import type { Sizes } from './scenario/sizes.ts';

const PROGRAM = fileURLToPath(new URL('../bin/ai-ipc.js', import.meta.url));
const MYSQL = 'mysql-9.7';
/** Of a million rows it has 150 MiB: a kill at so many bytes is in its middle. */
const PART_OF_A_FILE = 0.3;
const BYTES_A_ROW = 150;
const STEP_TIMEOUT_MS = 1_800_000;

/**
 * A million rows (`npm run bench -- move 30000` for fewer) from the machine's MariaDB to MySQL 9.7 and back, by the
 * commands that an admin types. Every export and import is killed in its middle once, and run again. Ends with 1 unless
 * the three exports are the same byte for byte.
 */
export async function moving({ rows }: Sizes<'rows'>): Promise<void> {
  const [own, mysql] = [new MariadbServer(), new MariadbServer({ programs: await fetchServer(MYSQL) })];
  const folder = await mkdtemp(join(tmpdir(), 'ai-ipc-bench-'));
  try {
    await Promise.all([own.start(), mysql.start()]);
    const [source, there, back] = [
      await migrated(own, folder),
      await migrated(mysql, folder),
      await migrated(own, folder),
    ];
    await fill(source, Math.ceil(rows / 3));
    const move = new Move(folder, rows);
    const first = await move.exportOf('MariaDB', source);
    await move.importInto('MySQL', there, first);
    const second = await move.exportOf('MySQL', there);
    await move.importInto('MariaDB', back, second);
    const third = await move.exportOf('MariaDB again', back);
    await compare([first, second, third]);
  } finally {
    await Promise.all([own.remove(), mysql.remove()]);
    await rm(folder, { recursive: true });
  }
}

async function migrated(server: MariadbServer, folder: string): Promise<TestDatabase> {
  const database = await createTestDatabase(server.address);
  await finish(start(folder, ['migrate', ...databaseOption(database)], database));
  return database;
}

/** No two rows alike, every third id, and texts that something on the way might change. */
async function fill(database: TestDatabase, count: number): Promise<void> {
  const from = `FROM ${numbers(count)}`;
  await database.query(
    `INSERT INTO ai_requests (id, endpoint, request_data, status, attempts, created_at, expires_at, source_npc)
     SELECT seq * 3, '/api/v1/npc/dialogue', CONCAT('{"message":"', SHA1(seq), ' 妹妹 🐉 \\\\n"}'), 'completed', seq % 4,
            FROM_UNIXTIME(1750000000 + seq / 7), FROM_UNIXTIME(1750000030 + seq / 7), IF(seq % 5, 'Sage', NULL) ${from}`,
  );
  await database.query(
    `INSERT INTO ai_responses (id, request_id, response_data, processing_time_ms)
     SELECT seq * 5, seq * 3, CONCAT('{"text":"', MD5(seq), ' ประเทศไทย"}'), seq % 977 ${from}`,
  );
  await database.query(
    `INSERT INTO ai_request_log (id, request_id, event_type, event_data)
     SELECT seq * 2, seq * 3, 'completed', CONCAT('{"attempt":1,"ms":', seq % 977, '}') ${from}`,
  );
}

class Move {
  readonly #folder: string;
  readonly #rows: number;
  #files = 0;

  constructor(folder: string, rows: number) {
    this.#folder = folder;
    this.#rows = rows;
  }

  async exportOf(name: string, database: TestDatabase): Promise<string> {
    this.#files += 1;
    const file = join(this.#folder, `${this.#files}.ndjson`);
    const words = ['export', file, ...databaseOption(database)];
    const killed = start(this.#folder, words, database);
    const bytes = this.#rows * BYTES_A_ROW * PART_OF_A_FILE;
    const isInTheMiddle = async () => existsSync(`${file}.part`) && (await stat(`${file}.part`)).size > bytes;
    await killIn(killed, isInTheMiddle, `an export of ${name}`);
    if (existsSync(file)) throw new Error(`The export of ${name} had ended before it was killed.`);
    await this.#timed(`${name} → file`, start(this.#folder, words, database));
    return file;
  }

  async importInto(name: string, database: TestDatabase, file: string): Promise<void> {
    const words = ['import', file, ...databaseOption(database)];
    const isInTheMiddle = async () => {
      const [row] = await database.query("SELECT value FROM ai_ipc_meta WHERE name = 'import'");
      const [, table, rows] = String(row?.['value']).split(' ');
      return table === 'ai_responses' && Number(rows) > 0;
    };
    await killIn(start(this.#folder, words, database), isInTheMiddle, `an import into ${name}`);
    const output = await this.#timed(
      `file → ${name}, the rest, compared`,
      start(this.#folder, words, database),
    );
    if (!output.includes('this one went on with it')) throw new Error(`It did not go on:\n${output}`);
  }

  async #timed(what: string, program: ProgramProcess): Promise<string> {
    const startMs = performance.now();
    const output = await finish(program);
    const last = output.trimEnd().split('\n').at(-1);
    process.stdout.write(`${what}: ${((performance.now() - startMs) / 1_000).toFixed(1)} s. ${last}\n`);
    return output;
  }
}

async function killIn(
  program: ProgramProcess,
  isInTheMiddle: () => Promise<boolean>,
  what: string,
): Promise<void> {
  await waitFor(async () => program.hasEnded || (await isInTheMiddle()), {
    timeoutMs: STEP_TIMEOUT_MS,
    what: `the middle of ${what}`,
  });
  if (program.hasEnded)
    throw new Error(`${what} had ended before it could be killed in its middle: give it more rows.`);
  await program.kill();
}

function start(folder: string, words: readonly string[], { settings }: TestDatabase): ProgramProcess {
  const env = { DB_PASSWORD: settings.password };
  return new ProgramProcess(process.execPath, [PROGRAM, ...words], {
    cwd: folder,
    env,
    timeoutMs: STEP_TIMEOUT_MS,
    diesWithUs: true,
  });
}

function databaseOption({ settings: { user, host, port, database } }: TestDatabase): string[] {
  return ['--database', `mariadb://${user}@${host}:${port}/${database}`];
}

/** What it printed; throws where it failed. */
async function finish(program: ProgramProcess): Promise<string> {
  program.endInput();
  const { exitCode, stdout, stderr } = await program.ended;
  if (exitCode !== 0) throw new Error(`It ended with ${exitCode}:\n${stdout}\n${stderr}`);
  return `${stdout}${stderr}`;
}

async function compare(files: readonly string[]): Promise<void> {
  const sums: string[] = [];
  for (const file of files) {
    const sum = createHash('sha256');
    await pipeline(createReadStream(file), sum);
    sums.push(sum.digest('hex'));
    process.stdout.write(`${sums.at(-1)}  ${((await stat(file)).size / 2 ** 20).toFixed(0)} MiB\n`);
  }
  const isSame = new Set(sums).size === 1;
  process.stdout.write(
    isSame ? 'The same, byte for byte.\n' : 'NOT the same: rows were changed on the way.\n',
  );
  if (!isSame) process.exitCode = 1;
}
