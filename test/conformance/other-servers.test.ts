import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRetryable } from '../../src/database/database-errors.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { newRequest } from '../support/new-request.ts';
import { serverKind } from '../support/server-kind.ts';
import { createTestDatabase } from '../support/test-database.ts';
import {
  count,
  eventsOf,
  insert,
  insertClaimed,
  insertClaimedOne,
  insertOne,
  requestRow,
  responseRows,
  settled,
  WORKER,
} from './arrange.ts';
import { MariadbBackend } from './backends.ts';

/** What a busy machine may add; a wrong time zone adds a quarter of an hour at least. */
const TOLERANCE_MS = 25_000;
/** What admins have set on servers of theirs, all at once. */
const ODD_SETTINGS = [
  '--default-time-zone=+05:45',
  '--sql-mode=NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PIPES_AS_CONCAT,ONLY_FULL_GROUP_BY',
  '--character-set-server=latin1',
  '--collation-server=latin1_swedish_ci',
  '--auto-increment-increment=3',
  '--auto-increment-offset=2',
  '--innodb-autoinc-lock-mode=2',
  '--max-allowed-packet=1M',
  '--transaction-isolation=SERIALIZABLE',
  // MariaDB from 10.6 on; others pass it by.
  '--loose-innodb-snapshot-isolation=ON',
  '--innodb-rollback-on-timeout=ON',
  '--completion-type=CHAIN',
  '--autocommit=0',
];

describe('MariaDB with a server’s odd settings', () => {
  const server = new MariadbServer({ extraArgs: ODD_SETTINGS });
  let backend: MariadbBackend;

  beforeAll(async () => {
    const database = await createTestDatabase(await server.start());
    await database.query('SET GLOBAL foreign_key_checks = 0, GLOBAL sql_select_limit = 7');
    backend = await MariadbBackend.create({}, database);
    // What arranges and looks is an ordinary session, but for the server's time zone and quotes.
    await backend.sql("SET autocommit = 1, completion_type = 'NO_CHAIN', sql_select_limit = 10000");
  });
  afterAll(() => server.remove());

  it('ids keep the order of the requests where they leave gaps', async () => {
    const other = await backend.open();
    const insertBy = (type: string, store = backend.store) =>
      store.insert(Array.from({ length: 100 }, () => newRequest({ type })));
    const inserted = await Promise.all([insertBy('a'), insertBy('b', other), insertBy('c')]);
    for (const [index, type] of ['a', 'b', 'c'].entries()) {
      const rows = await backend.sql('SELECT id FROM ai_requests WHERE request_type = ? ORDER BY id', [type]);
      expect(rows.map((row) => row['id'])).toEqual(inserted[index]);
    }
    await backend.reset();
  });

  it('a row of plain SQL has the life that was written, in the server’s zone', async () => {
    await backend.sql(
      `INSERT INTO ai_requests (request_type, endpoint, request_data, priority, timeout, status, created_at, expires_at)
       VALUES ('dialogue', '/api/v1/npc/dialogue', '{}', 5, 30, 'pending', NOW(), DATE_ADD(NOW(), INTERVAL 30 SECOND))`,
    );
    const [claim] = await backend.store.claim(WORKER, 1);
    expect(claim!.lifeLeftMs).toBeGreaterThan(30_000 - TOLERANCE_MS);
    expect(claim!.lifeLeftMs).toBeLessThanOrEqual(30_000);
    expect(Math.abs(claim!.createdAtMs - Date.now())).toBeLessThan(TOLERANCE_MS);
    await backend.reset();
  });

  it('texts with backslashes, quotes and emoji go both ways byte for byte', async () => {
    const text = JSON.stringify({ text: `\\ \\\\ "x" 'y' \\' \\" 🐉 ประเทศไทย ? :a \0 \u001a \n` });
    const claim = await insertClaimedOne(backend, { data: text, sourceNpc: "O'Hara \\ 🐉" });
    expect(claim).toMatchObject({ data: text, sourceNpc: "O'Hara \\ 🐉" });
    await backend.store.settle(WORKER, [settled(claim, { kind: 'completed', answer: text })]);
    expect(await backend.store.read(claim.id)).toMatchObject({ status: 'completed', responseData: text });
    await backend.reset();
  });

  it('a batch larger than max_allowed_packet is settled whole', async () => {
    const answer = JSON.stringify(`"\\`.repeat(8_000));
    const claims = await insertClaimed(backend, 200);
    const fates = await backend.store.settle(
      WORKER,
      claims.map((claim) => settled(claim, { kind: 'completed', answer })),
    );
    expect(new Set(fates)).toEqual(new Set(['written']));
    expect(await responseRows(backend, claims[199]!.id)).toMatchObject([{ response_data: answer }]);
    await backend.reset();
  });

  it('many requests larger than max_allowed_packet together are inserted whole', async () => {
    const data = JSON.stringify(`"'`.repeat(10_000));
    const ids = await insert(backend, 60, { data });
    expect(ids).toHaveLength(60);
    expect((await backend.store.claim(WORKER, 60)).every((claim) => claim.data === data)).toBe(true);
    await backend.reset();
  });

  it('one answer larger than max_allowed_packet fails for good, and nothing else of the batch is written', async () => {
    const [large, small] = await insertClaimed(backend, 2);
    const answer = JSON.stringify('x'.repeat(1_100_000));
    const outcomes = [settled(small!), settled(large!, { kind: 'completed', answer })];
    await expect(backend.store.settle(WORKER, outcomes)).rejects.toMatchObject({ code: 'database_failed' });
    expect(await requestRow(backend, small!.id)).toMatchObject({ status: 'processing' });
    expect(await backend.store.settle(WORKER, [settled(small!)])).toEqual(['written']);
    await backend.reset();
  });

  it('many requests are inserted, claimed, settled, and deleted with their responses, as on any server', async () => {
    const one = await insertOne(backend);
    expect(await backend.store.read(one)).toMatchObject({ status: 'pending' });
    const claims = await insertClaimed(backend, 30);
    const fates = await backend.store.settle(
      WORKER,
      claims.map((claim) => settled(claim)),
    );
    expect(fates).toEqual(claims.map(() => 'written'));
    await backend.sql(
      `UPDATE ai_requests SET processed_at = ${backend.ago(7200)} WHERE status = 'completed'`,
    );
    expect(await backend.store.cleanup({ ageSeconds: 3600, scan: 'whole' })).toBe(30);
    expect(await count(backend, 'ai_responses')).toBe(0);
    await backend.reset();
  });

  it('a record that changed since it was read (1020) is something to try again', async () => {
    const { id } = await insertClaimedOne(backend);
    const reader = await backend.database.connect();
    await reader.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await reader.beginTransaction();
    await reader.query('SELECT status FROM ai_requests WHERE id = ?', [id]);
    await backend.sql('UPDATE ai_requests SET priority = 1 WHERE id = ?', [id]);
    const refusal = await reader.query('SELECT status FROM ai_requests WHERE id = ? FOR UPDATE', [id]).then(
      () => undefined,
      (error: unknown) => error,
    );
    // Others than MariaDB (10.6.18, 10.11.8 and later) read the row as it is by then.
    const [setting] = await backend.sql("SHOW VARIABLES LIKE 'innodb_snapshot_isolation'");
    expect(refusal).toEqual(setting === undefined ? undefined : expect.objectContaining({ errno: 1020 }));
    expect(isRetryable(refusal)).toBe(setting !== undefined);
    reader.destroy();
    await backend.reset();
  });

  it('a settle of a row that is just being changed comes again, and decides by what the row is then', async () => {
    const [cancelled, kept] = await insertClaimed(backend, 2);
    const other = await backend.database.connect();
    await other.beginTransaction();
    await other.query("UPDATE ai_requests SET status = 'cancelled' WHERE id = ?", [cancelled!.id]);
    const outcomes = [settled(cancelled!), settled(kept!)];
    const { hasSkipLocked } = await serverKind((sql) => backend.sql(sql));
    const settling = backend.store.settle(WORKER, outcomes);
    if (hasSkipLocked) expect(await settling).toEqual(['held', 'written']);
    await other.query('COMMIT AND NO CHAIN');
    // Without SKIP LOCKED it may have waited for the COMMIT, and know already.
    const [fate] = await settling;
    expect(fate === 'held' ? await backend.store.settle(WORKER, [outcomes[0]!]) : [fate]).toEqual([
      'dropped',
    ]);
    expect(await eventsOf(backend, kept!.id)).toEqual(['claimed', 'completed']);
    expect(await eventsOf(backend, cancelled!.id)).toEqual(['claimed', 'dropped']);
  });
});
