import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MariadbServer } from '../support/mariadb-server.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Account } from './client.ts';
import { homeOf, MAP, numbersTo } from './places.ts';

const TABLES = fileURLToPath(new URL('../../sql-files/ai_ipc_tables.sql', import.meta.url));
const FIRST_ACCOUNT = 2_000_000;
const FIRST_CHARACTER = 150_000;
/** Who may use every @command. */
const GM_GROUP = 99;
const FLY_WING = 601;
const USER = 'ragnarok';
const PASSWORD = 'ragnarok';
export const MAP_USER = 'mapserver';
/** Waiting scripts ask four times a second or more often. */
const QUIET_MS = 700;

/** Accounts with a character each, at home on the map. */
export function accountsOf(count: number): Account[] {
  return numbersTo(count).map((at) => ({ user: `player${at}`, password: 'secret', name: `Player ${at}` }));
}

/** The database of a rAthena, with our tables in it. */
export class World {
  readonly database: TestDatabase;

  private constructor(database: TestDatabase) {
    this.database = database;
  }

  static async make(server: MariadbServer, rathena: string, players: number): Promise<World> {
    const asRoot = await createTestDatabase(server.address);
    const { database } = asRoot.settings;
    for (const file of ['main.sql', 'logs.sql']) await asRoot.loadSqlFile(join(rathena, 'sql-files', file));
    await asRoot.loadSqlFile(TABLES);
    for (const user of [USER, MAP_USER]) {
      await asRoot.query(`CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '${PASSWORD}'`);
      await asRoot.query(`GRANT ALL ON \`${database}\`.* TO '${user}'@'%'`);
    }
    const world = new World(asRoot);
    await world.#addAccounts(accountsOf(players));
    return world;
  }

  /** As rAthena's servers and the worker log in. */
  get settings(): TestDatabase['settings'] {
    return { ...this.database.settings, user: USER, password: PASSWORD };
  }

  async openRequests(): Promise<number> {
    const [row] = await this.database.query<{ open: number }[]>(
      "SELECT COUNT(*) AS open FROM ai_requests WHERE status IN ('pending', 'processing')",
    );
    return row?.open ?? 0;
  }

  async requests(): Promise<number> {
    const [row] = await this.database.query<{ made: number }[]>('SELECT COUNT(*) AS made FROM ai_requests');
    return row?.made ?? 0;
  }

  async charactersOnline(): Promise<number> {
    const [row] = await this.database.query<{ online: number }[]>(
      'SELECT COUNT(*) AS online FROM `char` WHERE online <> 0',
    );
    return row?.online ?? 0;
  }

  /** The database's threads that serve it, by the numbers that the kernel has for them. */
  async threadsOfMapServer(): Promise<number[]> {
    const rows = await this.database.query<{ TID: number | bigint }[]>(
      'SELECT TID FROM information_schema.PROCESSLIST WHERE USER = ?',
      [MAP_USER],
    );
    return rows.map(({ TID }) => Number(TID));
  }

  async clearRequests(): Promise<void> {
    await this.database.query('DELETE FROM ai_responses');
    await this.database.query('DELETE FROM ai_requests');
  }

  /** Answers of requests that have ended; their ids. */
  async storeAnswers(answers: readonly string[]): Promise<number[]> {
    const connection = await this.database.connect();
    await connection.batch(
      'INSERT INTO ai_requests (request_type, endpoint, request_data, status, processed_at, expires_at) ' +
        "VALUES ('dialogue', ?, '{}', 'completed', NOW(3), NOW(3) + INTERVAL 1 DAY)",
      answers.map((_, at) => [`/${at}`]),
    );
    const rows = await connection.query<{ id: number }[]>('SELECT id FROM ai_requests ORDER BY id');
    await connection.batch(
      'INSERT INTO ai_responses (request_id, response_data) VALUES (?, ?)',
      rows.map(({ id }, at) => [id, answers[at]]),
    );
    await connection.end();
    return rows.map(({ id }) => id);
  }

  /** Resolves when the map server has asked nothing for a while: no script waits for an answer any more. */
  async untilNobodyWaits(): Promise<void> {
    let asked = -1;
    let since = performance.now();
    await waitFor(
      async () => {
        const now = await this.#askedByMapServer();
        if (now !== asked) since = performance.now();
        asked = now;
        return performance.now() - since >= QUIET_MS;
      },
      { timeoutMs: 20_000, what: 'the scripts to ask the database nothing more' },
    );
  }

  async #askedByMapServer(): Promise<number> {
    const [row] = await this.database.query<{ asked: number | string }[]>(
      'SELECT SELECT_COMMANDS + UPDATE_COMMANDS AS asked FROM information_schema.USER_STATISTICS WHERE USER = ?',
      [MAP_USER],
    );
    return Number(row?.asked ?? 0);
  }

  async #addAccounts(accounts: readonly Account[]): Promise<void> {
    const connection = await this.database.connect();
    await connection.batch(
      "INSERT INTO login (account_id, userid, user_pass, sex, email, group_id) VALUES (?, ?, ?, 'M', 'a@a.com', ?)",
      accounts.map(({ user, password }, at) => [FIRST_ACCOUNT + at, user, password, GM_GROUP]),
    );
    await connection.batch(
      'INSERT INTO `char` (char_id, account_id, char_num, name, class, base_level, job_level, max_hp, hp, max_sp, sp, ' +
        'str, agi, vit, `int`, dex, luk, last_map, last_x, last_y, save_map, save_x, save_y, sex) ' +
        "VALUES (?, ?, 0, ?, 0, 10, 1, 400, 400, 100, 100, 9, 9, 9, 9, 9, 9, ?, ?, ?, ?, ?, ?, 'M')",
      accounts.map(({ name }, at) => {
        const { x, y } = homeOf(at);
        return [FIRST_CHARACTER + at, FIRST_ACCOUNT + at, name, MAP, x, y, MAP, x, y];
      }),
    );
    await connection.batch(
      'INSERT INTO inventory (char_id, nameid, amount, identify) VALUES (?, ?, 20000, 1)',
      accounts.map((_, at) => [FIRST_CHARACTER + at, FLY_WING]),
    );
    await connection.end();
  }
}
