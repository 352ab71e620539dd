import type { Connection } from 'mariadb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mariadbStatements } from '../../src/store/mariadb-statements.ts';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { numbers } from '../support/numbers.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  COMPLETED,
  eventsOf,
  FAILED,
  insert,
  insertClaimed,
  RETRY,
  settled,
  statusOf,
  TIMED_OUT,
  WORKER,
} from './arrange.ts';
import { MariadbBackend, useBackend } from './backends.ts';
import { untilLockWait } from './lock-waits.ts';

/** Rows are tried one by one on MariaDB alone; every MySQL that is served has SKIP LOCKED. */
const PASSING = isMysqlChosen()
  ? []
  : [{ name: 'without SKIP LOCKED', options: { lockBy: 'pass_held' } as const }];
const WAYS = [{ name: 'as the server can', options: {} }, ...PASSING];

/** Two clocks, and times that are rounded. */
const TOLERANCE_MS = 100;

/** Had anything waited for the lock, error 1205 would have come after 5 s, ten times. */
describe.each(WAYS)(
  'a row that a transaction of somebody else holds keeps no other waiting, $name:',
  ({ options }) => {
    const backend = useBackend(() => MariadbBackend.create(options));

    async function hold(ids: readonly number[]) {
      const holder = await backend().database.connect();
      await holder.beginTransaction();
      // One by one: with a list the server may scan, and would hold what it passes.
      for (const id of ids) await holder.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [id]);
      return holder;
    }

    it('a settle writes the others, and the held one when it is free', async () => {
      const claims = await insertClaimed(backend(), 3);
      const outcomes = claims.map((claim) => settled(claim));
      const holder = await hold([claims[1]!.id]);

      expect(await backend().store.settle(WORKER, outcomes)).toEqual(['written', 'held', 'written']);
      expect(await Promise.all(claims.map(({ id }) => statusOf(backend(), id)))).toEqual([
        'completed',
        'processing',
        'completed',
      ]);
      expect(await eventsOf(backend(), claims[1]!.id)).toEqual(['claimed']);

      await holder.rollback();
      expect(await backend().store.settle(WORKER, [outcomes[1]!])).toEqual(['written']);
      expect(await eventsOf(backend(), claims[1]!.id)).toEqual(['claimed', 'completed']);
    });

    it('a settle tells a held row from one that was deleted', async () => {
      const [held, gone] = await insertClaimed(backend(), 2);
      await backend().sql('DELETE FROM ai_requests WHERE id = ?', [gone!.id]);
      const holder = await hold([held!.id]);

      // Only what has been missing for long counts as deleted: a node of a cluster may be behind.
      const outcomes = [settled(held!), settled(gone!)];
      const fates = await waitFor(
        async () => {
          const both = await backend().store.settle(WORKER, outcomes);
          return both[1] === 'dropped' && both;
        },
        { what: 'the end of the deleted one' },
      );
      expect(fates).toEqual(['held', 'dropped']);
      expect(await eventsOf(backend(), gone!.id)).toEqual(['claimed', 'dropped']);
      expect(await eventsOf(backend(), held!.id)).toEqual(['claimed']);
      await holder.rollback();
    });

    it('a rescue takes the others, and the held one at its next look', async () => {
      const claims = await insertClaimed(backend(), 3);
      const options = { workerIds: [WORKER], maxAttempts: 3, rescuerId: 'rescuer' };
      const holder = await hold([claims[0]!.id]);

      expect(await backend().store.rescue(options)).toEqual({ rescued: 2, failed: 0 });
      await holder.rollback();
      expect(await backend().store.rescue(options)).toEqual({ rescued: 1, failed: 0 });
    });

    it('a release gives the others back', async () => {
      const claims = await insertClaimed(backend(), 3);
      const holder = await hold([claims[2]!.id]);

      expect(await backend().store.release(WORKER, claims)).toBe(2);
      await holder.rollback();
      expect(await statusOf(backend(), claims[2]!.id)).toBe('processing');
    });

    it('a claim of one finds what is free behind hundreds that are held', async () => {
      const ids = await insert(backend(), 400);
      const holder = await hold(ids.slice(0, 300));

      expect((await backend().store.claim(WORKER, 1)).map(({ id }) => id)).toEqual([ids[300]]);
      await holder.rollback();
    });

    it('a claim of many takes what is free, in its order, and the held ones when they are free', async () => {
      const ids = await insert(backend(), 20);
      const isHeld = (_: number, index: number) => index % 3 === 0;
      const holder = await hold(ids.filter(isHeld));

      const claims = await backend().store.claim(WORKER, 50);
      expect(claims.map(({ id }) => id)).toEqual(ids.filter((id, index) => !isHeld(id, index)));
      await holder.rollback();
      expect((await backend().store.claim(WORKER, 50)).map(({ id }) => id)).toEqual(ids.filter(isHeld));
    });

    it('an expire ends the others, however many are held, and the held ones when they are free', async () => {
      const held = await insertOverdue(30);
      const free = await insertOverdue(5);
      const [claimed] = await insertClaimed(backend(), 1);
      await backend().sql('UPDATE ai_requests SET expires_at = NOW(3) - INTERVAL 5 SECOND WHERE id = ?', [
        claimed!.id,
      ]);
      await backend().sql("UPDATE IGNORE ai_requests SET status = '' WHERE id IN (?)", [
        [held.at(-1), free.at(-1)],
      ]);
      const holder = await hold(held);

      expect(await backend().store.expire({ limit: 10 })).toBe(6);
      expect(await statusOf(backend(), free[0]!)).toBe('timeout');
      expect(await statusOf(backend(), free.at(-1)!)).toBe('failed');
      expect(await statusOf(backend(), claimed!.id)).toBe('timeout');
      await holder.rollback();
      expect(await backend().store.expire({ limit: 100 })).toBe(30);
    });

    it('a cleanup deletes the others, and the held ones at its next run', async () => {
      const ids = await insert(backend(), 5);
      await backend().sql(
        "UPDATE ai_requests SET status = 'completed', processed_at = NOW(3) - INTERVAL 9 DAY WHERE id IN (?)",
        [ids],
      );
      await backend().sql(
        "INSERT INTO ai_request_log (request_id, event_type, created_at) SELECT id, 'completed', NOW(3) - INTERVAL 9 DAY FROM ai_requests",
      );
      const holder = await hold([ids[1]!]);
      await holder.query('SELECT id FROM ai_request_log WHERE request_id = ? FOR UPDATE', [ids[2]]);
      const options = { ageSeconds: 60, scan: 'whole', logRetentionDays: 7 } as const;

      expect(await backend().store.cleanup(options)).toBe(4);
      expect(await backend().sql('SELECT id FROM ai_requests')).toEqual([{ id: ids[1] }]);
      const oldLog = "SELECT request_id FROM ai_request_log WHERE event_type = 'completed'";
      expect(await backend().sql(oldLog)).toEqual([{ request_id: ids[2] }]);
      await holder.rollback();
      expect(await backend().store.cleanup(options)).toBe(1);
      expect(await backend().sql(oldLog)).toEqual([]);
    });

    it('a cleanup deletes the others past a response that somebody holds, and those without one', async () => {
      const ids = await insert(backend(), 4);
      await backend().sql(
        "UPDATE ai_requests SET status = 'completed', processed_at = NOW(3) - INTERVAL 9 DAY WHERE id IN (?)",
        [ids],
      );
      await backend().sql(
        "INSERT INTO ai_responses (request_id, response_data) SELECT id, '{}' FROM ai_requests WHERE id < ?",
        [ids[3]],
      );
      const holder = await backend().database.connect();
      await holder.beginTransaction();
      await holder.query('SELECT id FROM ai_responses WHERE request_id = ? FOR UPDATE', [ids[1]]);
      const options = { ageSeconds: 60, scan: 'whole' } as const;

      expect(await backend().store.cleanup(options)).toBe(3);
      expect(await backend().sql('SELECT id FROM ai_requests')).toEqual([{ id: ids[1] }]);
      await holder.rollback();
      expect(await backend().store.cleanup(options)).toBe(1);
      expect(await backend().sql('SELECT id FROM ai_responses')).toEqual([]);
    });

    async function insertOverdue(count: number): Promise<number[]> {
      const ids = await insert(backend(), count);
      await backend().sql('UPDATE ai_requests SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id IN (?)', [
        ids,
      ]);
      return ids;
    }
  },
);

describe.each(PASSING)('a server that rolls back a transaction for the sake of one row', ({ options }) => {
  const server = new MariadbServer({ extraArgs: ['--innodb-rollback-on-timeout=ON'] });
  let backend: MariadbBackend;

  beforeAll(async () => {
    backend = await MariadbBackend.create(options, await createTestDatabase(await server.start()));
  });
  afterAll(() => server.remove());

  it('keeps the locks of a claim that passed held rows by', async () => {
    const ids = await insert(backend, 9);
    const [holder, first, second] = await Promise.all([1, 2, 3].map(() => backend.database.connect()));
    for (const session of [holder!, first!, second!]) await session.beginTransaction();
    for (const id of [ids[3], ids[7]]) {
      await holder!.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [id]);
    }
    const lock = (session: Connection) =>
      session.query<[{ id: number }[]]>(mariadbStatements('pass_held').lockForClaim, [50, 50]);

    const [locked] = await lock(first!);
    expect(locked.map(({ id }) => id)).toEqual(ids.filter((id) => id !== ids[3] && id !== ids[7]));
    expect((await lock(second!))[0]).toEqual([]);
  });
});

/** In a short table the whole of it is as soon read as the named rows: only the index that is named keeps from that. */
describe.each(WAYS)(
  'a row that somebody holds, and that nobody named, stops nothing, $name:',
  ({ options }) => {
    const backend = useBackend(() => MariadbBackend.create(options));
    let holder: Connection;

    beforeEach(async () => {
      await backend().sql(
        "INSERT INTO ai_requests (id, endpoint, status) VALUES (900000, '/held', 'completed')",
      );
      await backend().sql(
        "INSERT INTO ai_request_log (id, request_id, event_type) VALUES (900000, 900000, 'completed')",
      );
      await backend().sql("INSERT INTO ai_workers (id, host, pid, version) VALUES ('held', 'host', 1, '1')");
      holder = await backend().database.connect();
      await holder.beginTransaction();
      await holder.query('SELECT id FROM ai_requests WHERE id = 900000 FOR UPDATE');
      await holder.query('SELECT id FROM ai_request_log WHERE id = 900000 FOR UPDATE');
      await holder.query("SELECT id FROM ai_workers WHERE id = 'held' FOR UPDATE");
    });
    afterEach(() => holder.rollback());

    it('the cleanup of requests and of the log', async () => {
      await backend().sql(
        `INSERT INTO ai_requests (id, endpoint, status, created_at) SELECT seq, '/x', 'completed', NOW(3) - INTERVAL 1 DAY FROM ${numbers(20)}`,
      );
      await backend().sql(
        `INSERT INTO ai_request_log (id, request_id, event_type, created_at) SELECT seq, seq, 'claimed', NOW(3) - INTERVAL 9 DAY FROM ${numbers(20)}`,
      );
      const deleted = await backend().store.cleanup({ ageSeconds: 60, scan: 'whole', logRetentionDays: 7 });
      expect(deleted).toBe(20);
      expect(await backend().sql('SELECT id FROM ai_request_log WHERE id <= 20')).toEqual([]);
    });

    it('the end of dead workers', async () => {
      await backend().sql(
        "INSERT INTO ai_workers (id, host, pid, version) VALUES ('a', 'host', 1, '1'), ('b', 'host', 1, '1')",
      );
      await backend().store.retire(['a', 'b']);
      expect(await backend().sql('SELECT id FROM ai_workers')).toEqual([{ id: 'held' }]);
    });

    it('a settle of 20 outcomes of every kind', async () => {
      const claims = await insertClaimed(backend(), 20);
      const outcomes = [COMPLETED, FAILED, TIMED_OUT, RETRY];
      const attempts = claims.map((claim, index) => settled(claim, outcomes[index % outcomes.length]));
      expect(new Set(await backend().store.settle(WORKER, attempts))).toEqual(new Set(['written']));
    });

    // From 1,000 ids on, MariaDB makes a join of a list.
    it('a release of 1,200 claims', async () => {
      const claims = await insertClaimed(backend(), 1_200);
      expect(await backend().store.release(WORKER, claims)).toBe(1_200);
    });
  },
);

describe('a claim that had to wait for a lock', () => {
  const backend = useBackend(() => MariadbBackend.create({ lockBy: 'wait' }));

  it('reckons the life that is left from when it began', async () => {
    const [id] = await insert(backend(), 1, { timeoutSeconds: 30 });
    const holder = await backend().database.connect();
    await holder.beginTransaction();
    await holder.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [id]);

    const startedMs = performance.now();
    const claiming = backend().store.claim(WORKER, 1);
    // After its first lock wait of 5 s the claim is run again.
    const first = await untilLockWait(backend());
    const begunMs = performance.now();
    await untilLockWait(backend(), first);
    await holder.rollback();
    const [claim] = await claiming;

    const askedMs = performance.now();
    const [row] = await backend().sql(
      'SELECT CAST(ROUND((UNIX_TIMESTAMP(expires_at) - UNIX_TIMESTAMP(NOW(3))) * 1000) AS SIGNED) AS left_ms FROM ai_requests',
    );
    const answeredMs = performance.now();
    // It began after it was asked for, and before it was seen to wait: 5 s and more before the one that got the row.
    const sinceItBeganMs = claim!.lifeLeftMs - Number(row!['left_ms']);
    expect(sinceItBeganMs).toBeGreaterThan(askedMs - begunMs - TOLERANCE_MS);
    expect(sinceItBeganMs).toBeLessThan(answeredMs - startedMs + TOLERANCE_MS);
  });
});
