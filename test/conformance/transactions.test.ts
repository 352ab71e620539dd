import { describe, expect, it } from 'vitest';
import { isRetryable, toDatabaseError } from '../../src/database/database-errors.ts';
import { openMariadbPool } from '../../src/database/mariadb-pool.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { newRequest } from '../support/new-request.ts';
import { numbers } from '../support/numbers.ts';
import {
  eventsOf,
  insert,
  insertClaimed,
  insertClaimedOne,
  OTHER_WORKER,
  responseRows,
  settled,
  statusOf,
  WORKER,
} from './arrange.ts';
import { MariadbBackend, useBackend } from './backends.ts';
import { untilLockWait } from './lock-waits.ts';

describe('transactions on MariaDB', () => {
  const backend = useBackend(() => MariadbBackend.create());

  it('requests of one insert that loses a deadlock are inserted once, all of them', async () => {
    // Behind a locked range of the index waits the second request; the first is what the other session wants.
    await insert(backend(), 2, { priority: 9 });
    const other = await heavySession(backend());
    await other.query(
      "SELECT id FROM ai_requests FORCE INDEX (idx_status_priority) WHERE status = 'pending' AND priority = 9 FOR UPDATE",
    );
    const requests = [1, 9, 1, 1, 1].map((priority) => newRequest({ priority, type: 'once' }));
    const inserting = backend().store.insert(requests);
    await untilLockWait(backend());
    await other.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    await other.query("SELECT id FROM ai_requests WHERE request_type = 'once' FOR UPDATE");
    await other.rollback();
    const ids = await inserting;
    const rows = await backend().sql("SELECT id FROM ai_requests WHERE request_type = 'once' ORDER BY id");
    expect(rows.map((row) => row['id'])).toEqual(ids);
    expect(ids).toHaveLength(5);
  });

  it.each([1213, 1205, 1020])('error %d is tried again, and then told as trouble that passes', (errno) => {
    const error = Object.assign(new Error('conflict'), { errno });
    expect(isRetryable(error)).toBe(true);
    expect(toDatabaseError(error, 'MariaDB').code).toBe('database_unavailable');
  });

  it('what was written before a refusal is undone, and the connection is good again', async () => {
    const database = openMariadbPool({ ...backend().settings, maxPoolSize: 1 });
    const insertLog = 'INSERT INTO ai_request_log (request_id, event_type) VALUES :rows';
    try {
      const refused = database.lockAndWrite({ sql: 'SELECT 1', values: [] }, () => ({
        writes: [
          { sql: insertLog, rows: [[1, 'lost']] },
          { sql: insertLog, rows: [[null, 'refused']] },
          { sql: insertLog, rows: [[2, 'lost']] },
        ],
        result: undefined,
      }));
      await expect(refused).rejects.toMatchObject({ name: 'AiIpcError', code: 'database_failed' });
      await database.insertEach(insertLog, [[3, 'kept']]);
      expect(await backend().sql('SELECT event_type FROM ai_request_log')).toEqual([{ event_type: 'kept' }]);
    } finally {
      await database.close();
    }
  });

  it('a decision that throws undoes what was locked', async () => {
    const { id } = await insertClaimedOne(backend());
    const database = openMariadbPool({ ...backend().settings, maxPoolSize: 1 });
    try {
      const lock = { sql: 'SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', values: [id] };
      const failing = database.lockAndWrite(lock, () => {
        throw new Error('on purpose');
      });
      await expect(failing).rejects.toMatchObject({ name: 'AiIpcError' });
      expect(await backend().store.cancel(id)).toBe(true);
    } finally {
      await database.close();
    }
  });

  it('a rescue does not wait for what the living are settling', async () => {
    const living = await insertClaimedOne(backend(), { workerId: OTHER_WORKER });
    const dead = await insertClaimedOne(backend());
    const other = await backend().database.connect();
    await other.beginTransaction();
    await other.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [living.id]);
    const rescue = backend().store.rescue({ workerIds: [WORKER], maxAttempts: 3, rescuerId: 'rescuer' });
    // Had it waited for the lock, which nobody gives up before, it would have failed.
    expect(await rescue).toEqual({ rescued: 1, failed: 0 });
    await other.rollback();
    expect(await statusOf(backend(), dead.id)).toBe('pending');
  });

  it('an answer larger than the server takes fails for good and harms no other', async () => {
    const [large, small] = await insertClaimed(backend(), 2);
    // MEDIUMTEXT ends at 16,777,215 bytes.
    const answer = `"${'x'.repeat(16_777_220)}"`;
    const settling = backend().store.settle(WORKER, [
      settled(small!),
      settled(large!, { kind: 'completed', answer }),
    ]);
    await expect(settling).rejects.toMatchObject({ name: 'AiIpcError', code: 'database_failed' });
    expect(await statusOf(backend(), small!.id)).toBe('processing');
    expect(await backend().store.settle(WORKER, [settled(small!)])).toEqual(['written']);
  });
});

describe('a settle that waits for who holds its rows', () => {
  const backend = useBackend(() => MariadbBackend.create({ lockBy: 'wait' }));

  it('a settle that loses a deadlock is run again as a whole and written once', async () => {
    const claims = await insertClaimed(backend(), 3);
    const other = await heavySession(backend());
    await other.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [claims[2]!.id]);
    const settling = backend().store.settle(
      WORKER,
      claims.map((claim) => settled(claim)),
    );
    // The store locks the first two and waits for the third; now the other wants the first.
    await untilLockWait(backend());
    await other.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [claims[0]!.id]);
    await other.rollback();
    expect(await settling).toEqual(['written', 'written', 'written']);
    for (const { id } of claims) {
      expect(await eventsOf(backend(), id)).toEqual(['claimed', 'completed']);
      expect(await responseRows(backend(), id)).toHaveLength(1);
    }
  });

  it('a session that was killed is trouble that passes, and the next call succeeds', async () => {
    const settings = { ...backend().settings, maxPoolSize: 2 };
    const store = await openMariadbStore(settings, { lockBy: 'wait' });
    try {
      const claims = await insertClaimed(backend(), 2);
      const other = await backend().database.connect();
      await other.beginTransaction();
      await other.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [claims[1]!.id]);
      const settling = store.settle(
        WORKER,
        claims.map((claim) => settled(claim)),
      );
      await Promise.all([
        expect(settling).rejects.toMatchObject({ code: 'database_unavailable' }),
        untilLockWait(backend()).then(({ threadId }) => backend().sql(`KILL CONNECTION ${threadId}`)),
      ]);
      await other.rollback();
      expect(await statusOf(backend(), claims[0]!.id)).toBe('processing');
      expect(
        await store.settle(
          WORKER,
          claims.map((claim) => settled(claim)),
        ),
      ).toEqual(['written', 'written']);
    } finally {
      await store.close();
    }
  });

  it('a settle that waits too long for a lock is run again as a whole and written once', async () => {
    const claims = await insertClaimed(backend(), 2);
    const other = await backend().database.connect();
    await other.beginTransaction();
    await other.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [claims[1]!.id]);
    const settling = backend().store.settle(
      WORKER,
      claims.map((claim) => settled(claim)),
    );
    const first = await untilLockWait(backend());
    // After the lock wait of 5 s ended with error 1205 it is another transaction that waits.
    await untilLockWait(backend(), first);
    await other.rollback();
    expect(await settling).toEqual(['written', 'written']);
    for (const { id } of claims) expect(await eventsOf(backend(), id)).toEqual(['claimed', 'completed']);
  });
});

/** A session that has much to lose: InnoDB ends the transaction that changed less, which is then the store's. */
async function heavySession({ database }: MariadbBackend) {
  const session = await database.connect();
  await session.query('CREATE TABLE IF NOT EXISTS ballast (id INT PRIMARY KEY) ENGINE=InnoDB');
  await session.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await session.beginTransaction();
  await session.query(`INSERT INTO ballast SELECT seq FROM ${numbers(5_000)}`);
  return session;
}
