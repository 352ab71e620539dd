import type { Connection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wayOf } from '../../src/store/mariadb-locks.ts';
import { mariadbStatements } from '../../src/store/mariadb-statements.ts';
import { sqliteStatements } from '../../src/store/sqlite-statements.ts';
import { numbers } from '../support/numbers.ts';
import { EXPLAIN, serverKind } from '../support/server-kind.ts';
import { OTHER_WORKER, WORKER } from './arrange.ts';
import { MariadbBackend, type RawRow, SqliteBackend } from './backends.ts';
import { rowLocks } from './lock-waits.ts';

const ENDED = 1_000_000;
const PENDING = 10_000;
const MARK = 'nobody has this mark';

/** What a block (src/store/pass-held.ts) looks for, in place of which no server explains anything. */
const FIND_OF_A_BLOCK = /FOR candidate IN \(([\s\S]*?)\) DO/;

/** It reads each row once more to lock it, and sorts what it gives: no more rows than it takes. */
const isBlock = (sql: string) => FIND_OF_A_BLOCK.test(sql);

/** Those of a block come with an OK behind them, what writes gives an OK alone. */
function rowsIn(result: RawRow[] | RawRow[][] | RawRow): RawRow[] {
  if (!Array.isArray(result)) return [];
  const [first] = result;
  return Array.isArray(first) ? first : (result as RawRow[]);
}

describe('plans on MariaDB, with a million ended requests beside', () => {
  let backend: MariadbBackend;
  let session: Connection;
  let statements: ReturnType<typeof mariadbStatements>;

  beforeAll(async () => {
    backend = await MariadbBackend.create();
    await fill(backend);
    const { isMysql, hasSkipLocked } = await serverKind((sql) => backend.sql(sql));
    statements = mariadbStatements(wayOf({ isMariadb: !isMysql, skipsLocked: hasSkipLocked }));
    session = await backend.database.connect();
    await session.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  });
  afterAll(() => backend.dispose());

  interface Run {
    readonly rows: RawRow[];
    /** Index entries and rows that the statement read, by InnoDB's handler counters. */
    readonly reads: number;
    /** Passes of a sort over what was found. */
    readonly sorted: number;
    /** Row locks that it holds. */
    readonly locks: number;
  }

  /** Runs a statement in a transaction that is rolled back, and counts instead of measuring time. */
  async function run(sql: string, values: readonly unknown[] = []): Promise<Run> {
    // The first time, a table's statistics are read as well.
    await explain(sql, values);
    await session.beginTransaction();
    const before = await counters();
    const idle = await counters();
    const result = await session.query<RawRow[] | RawRow>(sql, [...values]);
    const after = await counters();
    const locks = await rowLocks(backend, session.threadId!);
    await session.rollback();
    // Reading the counters raises them too; what that costs is taken off.
    const differenceOf = (name: keyof typeof before) =>
      after[name] - idle[name] - (idle[name] - before[name]);
    return {
      rows: rowsIn(result),
      reads: differenceOf('reads'),
      sorted: differenceOf('sorted'),
      locks,
    };
  }

  async function counters(): Promise<{ reads: number; sorted: number }> {
    const rows = await session.query<{ Variable_name: string; Value: string }[]>(
      "SHOW SESSION STATUS WHERE Variable_name LIKE 'Handler_read%' OR Variable_name = 'Sort_rows'",
    );
    const sum = (pick: (name: string) => boolean) =>
      rows.reduce((total, row) => total + (pick(row.Variable_name) ? Number(row.Value) : 0), 0);
    return { reads: sum((name) => name.startsWith('Handler')), sorted: sum((name) => name === 'Sort_rows') };
  }

  async function explain(sql: string, values: readonly unknown[] = []) {
    const [, find] = FIND_OF_A_BLOCK.exec(sql) ?? [];
    const inFind = find === undefined ? values : values.slice(0, find.split('?').length - 1);
    const plan = await session.query<RawRow[]>(`${EXPLAIN} ${find ?? sql}`, [...inFind]);
    return plan.map((row) => ({ table: row['table'], key: row['key'], extra: String(row['Extra']) }));
  }

  it('a claim goes along its index without a sort of what waits', async () => {
    const plan = await explain(statements.lockForClaim, [100, 100]);
    const inner = plan.find(({ table }) => table === 'ai_requests')!;
    expect(inner.key).toBe('idx_status_priority');
    expect(inner.extra).not.toMatch(/filesort|temporary/);
    // Without SKIP LOCKED each row is locked by itself, in the order in which it was found.
    if (isBlock(statements.lockForClaim)) return;
    const outer = plan.find(({ table }) => table === 'r')!;
    expect(outer.key).toBe('PRIMARY');
    // Neither sorted nor joined through a buffer: the locked rows come in the order in which they were found.
    expect(plan.map(({ table }) => table)).toEqual(['<derived2>', 'r', 'ai_requests']);
    for (const { extra } of plan) expect(extra).not.toMatch(/filesort|temporary|join buffer|MRR/i);
  });

  it('a claim of 100 reads and locks 100 requests and no others', async () => {
    const { rows, reads, sorted, locks } = await run(statements.lockForClaim, [100, 100]);
    expect(rows).toHaveLength(100);
    expect(reads).toBeLessThanOrEqual(600);
    expect(sorted).toBe(isBlock(statements.lockForClaim) ? 100 : 0);
    expect(locks).toBe(100);
  });

  it('what a claim did not take can be taken by another meanwhile', async () => {
    const { hasSkipLocked } = await serverKind((sql) => backend.sql(sql));
    await session.beginTransaction();
    const mine = rowsIn(await session.query<RawRow[]>(statements.lockForClaim, [50, 50]));
    const claiming = backend.store.claim(OTHER_WORKER, 50);
    // Without SKIP LOCKED it takes of the same requests those that are given back by the time it comes to them.
    if (hasSkipLocked) await claiming;
    await session.rollback();
    const theirs = await claiming;
    expect(theirs.length).toBeGreaterThan(0);
    const ids = new Set(mine.map((row) => row['id']));
    if (hasSkipLocked) {
      expect(theirs).toHaveLength(50);
      expect(theirs.some(({ id }) => ids.has(id))).toBe(false);
    }
    expect(await backend.store.release(OTHER_WORKER, theirs)).toBe(theirs.length);
  });

  it('a look for due requests reads one', async () => {
    const { reads } = await run(statements.hasDue);
    expect(reads).toBeLessThanOrEqual(2);
  });

  it.each([
    'claimMark',
    'lockForSettle',
    'complete',
    'release',
    'rescue',
    'lockMarked',
    'deleteMarked',
  ] as const)('%s goes by primary key and locks no others', async (name) => {
    const some = await someIds(name === 'claimMark' ? 'pending' : 'processing', 40);
    // The life of the first twenty that are processed is over, which `complete` refuses.
    const ids = some.slice(20);
    const values = { claimMark: [WORKER, ids], lockMarked: [ids, MARK], deleteMarked: [ids, MARK] }[
      name as 'claimMark'
    ] ?? [ids];
    const { reads, locks } = await run(statements[name], values);
    expect(reads).toBeLessThanOrEqual((isBlock(statements[name]) ? 6 : 3) * ids.length + 5);
    expect(locks).toBeLessThanOrEqual(2 * ids.length);
  });

  it.each(['end', 'retry', 'lockForCancel', 'cancel', 'readRequest'] as const)(
    '%s reads one request, by primary key',
    async (name) => {
      const [id] = await someIds('processing', 1);
      const values = { end: ['failed', 'expired', id], retry: [0, 1, 'expired', id] }[name as 'end'] ?? [id];
      const { reads, locks } = await run(statements[name], values);
      expect(reads).toBeLessThanOrEqual(4);
      expect(locks).toBeLessThanOrEqual(2);
    },
  );

  it('the log of some requests is deleted by its index', async () => {
    const [plan] = await explain(statements.deleteLogOf, [[1, 2, 3]]);
    expect(plan).toMatchObject({ table: 'ai_request_log', key: 'idx_request_id' });
  });

  it('a look for overdue requests reads a handful', async () => {
    const plan = await explain(statements.hasOverdue, [1]);
    expect(plan.filter(({ table }) => table === 'ai_requests').map(({ key }) => key)).toEqual(
      Array.from({ length: 3 }, () => 'idx_expires_at'),
    );
    const { reads } = await run(statements.hasOverdue, [1]);
    expect(reads).toBeLessThanOrEqual(6);
  });

  it.each(['pending', 'processing'])(
    'the lock of overdue %s requests takes those and no others',
    async (status) => {
      const { rows, reads, sorted, locks } = await run(statements.lockOverdue, [status, 0, 200]);
      expect(rows).toHaveLength(20);
      // One of them is the look for the last call in the log.
      const isInBlock = isBlock(statements.lockOverdue);
      expect(reads).toBeLessThanOrEqual((isInBlock ? 8 : 4) * 20);
      expect(sorted).toBe(isInBlock ? 20 : 0);
      expect(locks).toBeLessThanOrEqual(3 * 20 + 2);
    },
  );

  it('a row without a status is looked for where it would be', async () => {
    const { reads, locks } = await run(statements.lockWithoutStatus, [200]);
    expect(reads).toBeLessThanOrEqual(3);
    expect(locks).toBeLessThanOrEqual(1);
  });

  it('a rescue reads what is processing and locks what it takes', async () => {
    const { rows, reads, locks } = await run(statements.lockForRescue, [[WORKER], 200]);
    expect(rows).toHaveLength(60);
    expect(reads).toBeLessThanOrEqual(500);
    expect(locks).toBe(60);
  });

  it.each([
    ['listClaims', [WORKER]],
    ['sightings', []],
    ['depth', []],
  ] as const)('%s reads what is alive, and none of the ended', async (name, values) => {
    const { reads } = await run(statements[name], values);
    expect(reads).toBeLessThanOrEqual(name === 'depth' ? PENDING + 300 : 600);
  });

  it('a chunk of cleanup reads its 500 rows, from wherever it stands', async () => {
    for (const afterId of [0, 500_000, ENDED - 100]) {
      const { rows, reads, locks } = await run(statements.scanForCleanup, [86_400, 86_400, afterId, 500]);
      expect(rows).toHaveLength(500);
      expect(reads).toBeLessThanOrEqual(505);
      expect(locks).toBe(0);
    }
  });

  it('the delete of a chunk goes by primary key', async () => {
    const ids = Array.from({ length: 500 }, (_, index) => index + 1);
    const { reads, locks } = await run(statements.deleteRequests, [ids, 3600]);
    expect(reads).toBeLessThanOrEqual(3 * 500);
    // With each request the place in ai_responses where its response would be.
    expect(locks).toBeLessThanOrEqual(3 * 500);
  });

  it('a claim reads the same with 1,000 and with 100,000 waiting', async () => {
    const readsWith = async (pending: number) => {
      await setPending(pending);
      const { rows, reads } = await run(statements.lockForClaim, [100, 100]);
      expect(rows).toHaveLength(100);
      return reads;
    };
    expect(await readsWith(100_000)).toBe(await readsWith(1_000));
  });

  /** So many pending requests of one age; the ended ones stay. */
  async function setPending(pending: number): Promise<void> {
    await backend.sql("DELETE FROM ai_requests WHERE status = 'pending'");
    await backend.sql(
      `INSERT INTO ai_requests (endpoint, expires_at, priority)
       SELECT '/api/v1/health', NOW(3) + INTERVAL 1 HOUR, 1 + seq MOD 10 FROM ${numbers(pending)}`,
    );
  }

  async function someIds(status: string, limit: number): Promise<number[]> {
    const rows = await backend.sql('SELECT id FROM ai_requests WHERE status = ? ORDER BY id LIMIT ?', [
      status,
      limit,
    ]);
    return rows.map((row) => Number(row['id']));
  }
});

/** Ended rows first, into the empty table: InnoDB then builds the indexes at once instead of row by row. */
async function fill(backend: MariadbBackend): Promise<void> {
  await backend.sql('SET unique_checks = 0, foreign_key_checks = 0');
  await backend.sql(
    `INSERT INTO ai_requests (id, endpoint, priority, status, created_at, processed_at, expires_at)
     SELECT seq, '/api/v1/health', 1 + seq MOD 10, ELT(1 + seq MOD 4, 'completed', 'failed', 'timeout', 'cancelled'),
            NOW(3) - INTERVAL (${ENDED} - seq) + 7200 SECOND, NOW(3) - INTERVAL (${ENDED} - seq) + 7199 SECOND,
            NOW(3) - INTERVAL (${ENDED} - seq) + 7170 SECOND
       FROM ${numbers(ENDED)}`,
  );
  await backend.sql('SET unique_checks = 1, foreign_key_checks = 1');
  await backend.sql(
    `INSERT INTO ai_requests (endpoint, priority, expires_at)
     SELECT '/api/v1/health', 1 + seq MOD 10, NOW(3) + INTERVAL 1 HOUR FROM ${numbers(PENDING)}`,
  );
  await backend.sql(
    `INSERT INTO ai_requests (endpoint, priority, expires_at)
     SELECT '/api/v1/health', 1 + seq MOD 10, NOW(3) - INTERVAL 1 MINUTE FROM ${numbers(20)}`,
  );
  await backend.sql(
    `INSERT INTO ai_requests (endpoint, status, claimed_by, claim_no, attempts, claimed_at, expires_at)
     SELECT '/api/v1/health', 'processing', IF(seq <= 60, '${WORKER}', '${OTHER_WORKER}'), 1, 1, NOW(3),
            NOW(3) + INTERVAL IF(seq <= 20, -1, 60) MINUTE FROM ${numbers(120)}`,
  );
  await backend.sql('ANALYZE TABLE ai_requests, ai_responses');
}

describe('plans on SQLite', () => {
  let backend: SqliteBackend;
  beforeAll(async () => {
    backend = await SqliteBackend.create();
  });
  afterAll(() => backend.dispose());

  async function planOf(name: keyof typeof sqliteStatements): Promise<string[]> {
    const sql = sqliteStatements[name];
    const values = Array.from(sql.matchAll(/\?/g), () => 0);
    const rows = await backend.sql(`EXPLAIN QUERY PLAN ${sql}`, values);
    return rows.map((row) => String(row['detail']));
  }

  it.each([
    ['lockForClaim', 'idx_status_priority (status=?)'],
    ['hasDue', 'idx_status_priority (status=?)'],
    ['lockOverdue', 'idx_expires_at (status=? AND expires_at<?)'],
    ['lockWithoutStatus', 'idx_expires_at (status=?)'],
    ['listClaims', 'idx_status_priority (status=?)'],
    ['lockForRescue', 'idx_status_priority (status=?)'],
  ] as const)('%s searches its index', async (name, index) => {
    const plan = await planOf(name);
    expect(plan.join('\n')).toContain(`SEARCH ai_requests USING`);
    expect(plan.join('\n')).toContain(index);
    expect(plan.join('\n')).not.toMatch(/SCAN ai_requests/);
  });

  it.each(['lockForClaim', 'hasDue', 'lockOverdue', 'scanForCleanup', 'scanLog'] as const)(
    '%s sorts nothing',
    async (name) => {
      expect((await planOf(name)).join('\n')).not.toMatch(/TEMP B-TREE/);
    },
  );

  it('a look for overdue requests searches three times by status and time', async () => {
    const plan = (await planOf('hasOverdue')).join('\n');
    expect(
      plan.match(/SEARCH ai_requests USING .*idx_expires_at \(status=\? AND expires_at<\?\)/g),
    ).toHaveLength(2);
    expect(plan).not.toMatch(/SCAN ai_requests/);
  });

  it.each([
    'claimMark',
    'lockOwn',
    'lockForSettle',
    'complete',
    'end',
    'retry',
    'lockForCancel',
    'cancel',
    'deleteRequests',
    'release',
    'rescue',
    'lockForRelease',
    'lockMarked',
    'deleteMarked',
    'makeOld',
  ] as const)('%s goes by primary key', async (name) => {
    expect((await planOf(name)).join('\n')).toMatch(
      /SEARCH ai_requests USING INTEGER PRIMARY KEY \(rowid=\?\)/,
    );
  });

  it('the log of some requests is deleted by its index', async () => {
    expect((await planOf('deleteLogOf')).join('\n')).toContain('INDEX idx_log_request_id (request_id=?)');
  });

  it('cleanup goes on by primary key from where it stands', async () => {
    expect((await planOf('scanForCleanup')).join('\n')).toMatch(
      /SEARCH ai_requests USING INTEGER PRIMARY KEY \(rowid>\?/,
    );
  });
});
