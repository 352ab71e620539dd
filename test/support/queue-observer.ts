import { afterAll, beforeAll } from 'vitest';
import type { MariadbAddress } from './mariadb-server.ts';
import { numbers } from './numbers.ts';
import { TABLES_FILE } from './schema-dump.ts';
import { createTestDatabase, type DatabaseSettings, type TestDatabase } from './test-database.ts';
import { waitFor } from './wait-for.ts';

export interface RequestRow {
  readonly id: number;
  readonly status: string;
  readonly attempts: number;
  readonly claim_no: number;
  readonly claimed_by: string | null;
  readonly error_code: string | null;
  readonly processed_at: Date | null;
}

export interface ResponseRow {
  readonly request_id: number;
  readonly response_data: string | null;
  readonly error_message: string | null;
  readonly processing_time_ms: number | null;
}

export interface InsertOptions {
  readonly type?: string;
  readonly data?: string | null;
  readonly priority?: number;
  readonly lifeSeconds?: number;
  readonly sourceNpc?: string;
}

/** The queue as somebody sees it who has SQL and nothing else: inserts requests and looks what becomes of them. */
export class QueueObserver {
  readonly database: TestDatabase;

  private constructor(database: TestDatabase) {
    this.database = database;
  }

  /** A database of its own with our tables in it. */
  static async create(server?: MariadbAddress, name?: string): Promise<QueueObserver> {
    const database = await createTestDatabase(server, name);
    await database.loadSqlFile(TABLES_FILE);
    return new QueueObserver(database);
  }

  get settings(): DatabaseSettings {
    return this.database.settings;
  }

  /** So many requests in one INSERT, so that all of them become visible at once. */
  async insert(count: number, endpoint: string, options: InsertOptions = {}): Promise<number[]> {
    const { type = 'dialogue', data = '{"message":"Hello"}', priority = 5, lifeSeconds = 60 } = options;
    const [last] = await this.database.query<{ id: number }[]>(
      'SELECT COALESCE(MAX(id), 0) AS id FROM ai_requests',
    );
    await this.database.query(
      `INSERT INTO ai_requests (request_type, endpoint, request_data, priority, timeout, source_npc, expires_at)
       SELECT ?, ?, ?, ?, ?, ?, NOW(3) + INTERVAL ? SECOND FROM ${numbers(count)}`,
      [type, endpoint, data, priority, lifeSeconds, options.sourceNpc ?? null, lifeSeconds],
    );
    const rows = await this.database.query<{ id: number }[]>(
      'SELECT id FROM ai_requests WHERE id > ? ORDER BY id',
      [last!.id],
    );
    return rows.map(({ id }) => id);
  }

  async insertOne(endpoint: string, options: InsertOptions = {}): Promise<number> {
    const [id] = await this.insert(1, endpoint, options);
    return id!;
  }

  async request(id: number): Promise<RequestRow> {
    const [row] = await this.database.query<RequestRow[]>(
      `SELECT id, status, attempts, claim_no, claimed_by, error_code, processed_at FROM ai_requests WHERE id = ?`,
      [id],
    );
    return row!;
  }

  /** Every row of ai_responses, or those of one request. */
  async responses(id?: number): Promise<ResponseRow[]> {
    const where = id === undefined ? '' : 'WHERE request_id = ?';
    return await this.database.query<ResponseRow[]>(
      `SELECT request_id, response_data, error_message, processing_time_ms FROM ai_responses ${where} ORDER BY id`,
      id === undefined ? [] : [id],
    );
  }

  /** The events of a request, in order. */
  async events(id: number): Promise<string[]> {
    const rows = await this.database.query<{ event_type: string }[]>(
      'SELECT event_type FROM ai_request_log WHERE request_id = ? ORDER BY id',
      [id],
    );
    return rows.map((row) => row.event_type);
  }

  /** How many log rows there are of each event. */
  async eventCounts(): Promise<Record<string, number>> {
    const rows = await this.database.query<{ name: string; total: number }[]>(
      'SELECT event_type AS name, COUNT(*) AS total FROM ai_request_log GROUP BY event_type',
    );
    return Object.fromEntries(rows.map(({ name, total }) => [name, total]));
  }

  /** How many requests have each status. */
  async statusCounts(): Promise<Record<string, number>> {
    const rows = await this.database.query<{ name: string; total: number }[]>(
      'SELECT status AS name, COUNT(*) AS total FROM ai_requests GROUP BY status',
    );
    return Object.fromEntries(rows.map(({ name, total }) => [name, total]));
  }

  async workerIds(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }[]>('SELECT id FROM ai_workers ORDER BY started_at');
    return rows.map(({ id }) => id);
  }

  /** Resolves when this request has this status. */
  async waitForStatus(id: number, status: string, timeoutMs: number): Promise<RequestRow> {
    return await waitFor(
      async () => {
        const row = await this.request(id);
        if (row.status !== status) throw new Error(`it is ${JSON.stringify(row)}`);
        return row;
      },
      { timeoutMs, what: `request ${id} to be ${status}` },
    );
  }

  /** Resolves when exactly these statuses, and so many of each, are in the table. */
  async waitForCounts(counts: Readonly<Record<string, number>>, timeoutMs: number): Promise<void> {
    const wanted = sorted(counts);
    await waitFor(
      async () => {
        const found = sorted(await this.statusCounts());
        if (found !== wanted) throw new Error(`there are ${found}`);
        return true;
      },
      { timeoutMs, what: `these requests: ${wanted}` },
    );
  }

  /** Empties the tables, as a test leaves them to the next. */
  async clear(): Promise<void> {
    for (const table of ['ai_responses', 'ai_requests', 'ai_request_log', 'ai_workers'])
      await this.database.query(`DELETE FROM ${table}`);
  }
}

/** A queue on the shared server that lives as long as the tests around it. */
export function useQueue(): () => QueueObserver {
  let queue: QueueObserver | undefined;
  beforeAll(async () => {
    queue = await QueueObserver.create();
  });
  afterAll(() => queue?.database.drop());
  return () => queue!;
}

function sorted(counts: Readonly<Record<string, number>>): string {
  return JSON.stringify(Object.entries(counts).sort());
}
