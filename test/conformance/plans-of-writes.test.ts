import { readFileSync } from 'node:fs';
import type { Connection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectLikePool } from '../../src/database/mariadb-pool.ts';
import { probeServer } from '../../src/database/probe.ts';
import { mariadbOperatorStatements } from '../../src/operator/statements.ts';
import { mariadbMemoryStatements } from '../../src/service/memory/statements.ts';
import { mariadbNoticeStatements } from '../../src/store/alert-store.ts';
import { type LockBy, wayOf } from '../../src/store/mariadb-locks.ts';
import { mariadbStatements } from '../../src/store/mariadb-statements.ts';
import { locksOrWrites, planFaults } from '../support/index-plans.ts';
import { numbers } from '../support/numbers.ts';
import { serverKind } from '../support/server-kind.ts';
import { WORKER } from './arrange.ts';
import { MariadbBackend } from './backends.ts';

const SCHEMA_FILE = new URL('../../sql-files/ai_ipc_tables.sql', import.meta.url);
/** Forgets the budgets of all players: it has the whole table to go through. */
const WHOLE_TABLE = 'deleteAllBudgets';
/** Up to what is sent at once; the largest batch_size of a claim, of which it marks each request, is 1,000. */
const ID_COUNTS = [1, 2, 20, 500];
const CLAIMED_IDS = [...ID_COUNTS, 1_000];

const SKIPPING = allStatements('skip_locked');
const names = Object.keys(SKIPPING).filter((name) => locksOrWrites(SKIPPING[name]!) && name !== WHOLE_TABLE);

function allStatements(lockBy: LockBy): Readonly<Record<string, string>> {
  return {
    ...mariadbStatements(lockBy),
    ...mariadbMemoryStatements,
    ...mariadbOperatorStatements,
    noticeChange: mariadbNoticeStatements.change,
    ...procedureStatements(),
  };
}

/** What the procedure writes where rows are; its variables are values like any others. */
function procedureStatements(): Record<string, string> {
  const [procedure] = /^CREATE .*? PROCEDURE [\s\S]*?^END\/\//m.exec(readFileSync(SCHEMA_FILE, 'utf8'))!;
  const found = [...procedure.matchAll(/^ *((?:UPDATE|DELETE)\b[^;]*);/gm)].map(([, sql]) => sql!);
  return Object.fromEntries(
    found.map((sql, index) => [`sp_ai_cleanup_old_requests, ${index + 1}`, sql.replace(/\bv_\w+/g, '?')]),
  );
}

/** A value for each `?`, by what stands before it. */
const VALUES: readonly (readonly [before: RegExp, value: (ids: readonly number[]) => unknown])[] = [
  [/\b(?:request_)?id IN \($/, (ids) => ids],
  [/ai_workers .*\bid = $/, () => WORKER],
  [/\b(?:request_)?id (?:=|<=) $/, ([id]) => id],
  [/\bid > $/, () => 0],
  [/\b(?:owner|word|turn) = $|\bword <= $/, () => 1],
  [/''\) IN \($/, () => [WORKER]],
  [/\bclaimed_by = $/, () => WORKER],
  [/\bclaim_no = $/, () => 1],
  [/\bWHERE $|UNSIGNED\) - $/, () => 1],
  [/\bstatus = $/, () => 'processing'],
  [/\berror_code = $/, () => 'expired'],
  [/\bsource_npc = $/, () => 'AI IPC self-test'],
  [/\battempts, 1\) - $/, () => 1],
  [/\b(?:SET|AND) value = $/, () => 'cleared 0'],
  [/\bname = $/, () => 'alert.pending'],
  [/\bendpoint = $/, () => '/api/v1/npc/dialogue'],
  [/\brequest_data <=> $/, () => '{}'],
  [/\bkind = $/, () => 'turn'],
  [/\bplayer_id = $/, () => 'player 1'],
  [/\bnpc_id = $/, () => 'npc 1'],
  [/\bsaid = $/, () => 'Hello'],
  [/\bturns = $/, () => 1],
  [/\b(?:LIMIT|INTERVAL) $/, () => 7],
  [/\bcreated_at.* < $/, () => '2026-11-01 12:00:00'],
];

function valuesOf(sql: string, ids: readonly number[]): unknown[] {
  const texts = sql.replace(/\s+/g, ' ').split('?').slice(0, -1);
  return texts.map((text) => {
    const [, value] = VALUES.find(([before]) => before.test(text)) ?? [];
    if (!value) throw new Error(`VALUES has none for the ? after: ${text}`);
    return value(ids);
  });
}

it('what locks or writes is found, and names an index for each table', () => {
  expect(names).toEqual(
    expect.arrayContaining(['lockForSettle', 'claimMark', 'lockToRemember', 'makeOld', 'lockOne']),
  );
  expect(names.filter((name) => name.startsWith('sp_'))).toHaveLength(4);
  expect(SKIPPING[WHOLE_TABLE]).not.toContain('WHERE');
});

describe.each([3, 1_000, 100_000])('in tables of %d rows', (rows) => {
  let backend: MariadbBackend;
  let session: Connection;
  let statements: Readonly<Record<string, string>>;

  beforeAll(async () => {
    backend = await MariadbBackend.create();
    await fill(backend, rows);
    // As the store opens its own: some settings change plans.
    session = (await connectLikePool(backend.settings)).connection;
    const { skipsLocked } = await probeServer(backend.settings);
    const { isMysql } = await serverKind((sql) => backend.sql(sql));
    // The blocks of pass_held name their rows by id, each by itself.
    statements = allStatements(skipsLocked ? wayOf({ isMariadb: !isMysql, skipsLocked }) : 'wait');
  });
  afterAll(async () => {
    await session.end();
    await backend.dispose();
  });

  it.each(names)('%s goes by the index that it names, whatever part of the table is named', async (name) => {
    const sql = statements[name]!;
    for (const count of name === 'claimMark' ? CLAIMED_IDS : ID_COUNTS) {
      const ids = Array.from({ length: count }, (_, index) => index + 1);
      expect({ count, faults: await planFaults(session, sql, valuesOf(sql, ids)) }).toEqual({
        count,
        faults: [],
      });
    }
  });
});

/** So many rows in each table, of every status and kind. */
async function fill(backend: MariadbBackend, rows: number): Promise<void> {
  const from = `FROM ${numbers(rows)}`;
  await backend.sql(
    `INSERT INTO ai_requests (id, endpoint, priority, status, claimed_by, claim_no)
     SELECT seq, '/api/v1/health', 1 + seq MOD 10,
            ELT(1 + seq MOD 6, 'pending', 'processing', 'completed', 'failed', 'timeout', 'cancelled'), '${WORKER}', 1 ${from}`,
  );
  await backend.sql(`INSERT INTO ai_responses (request_id, response_data) SELECT seq, '{}' ${from}`);
  await backend.sql(
    `INSERT INTO ai_request_log (id, request_id, event_type, event_data) SELECT seq, seq, 'claimed', '{}' ${from}`,
  );
  await backend.sql(
    `INSERT INTO ai_workers (id, host, pid, version) SELECT IF(seq = 1, '${WORKER}', seq), 'host-a', seq, '1' ${from}`,
  );
  await backend.sql(
    `INSERT INTO ai_npc_memory (id, npc_id, player_id, kind, said)
     SELECT seq, CONCAT('npc ', seq MOD 10), CONCAT('player ', seq DIV 10), ELT(1 + seq MOD 3, 'turn', 'summary', 'folded'),
            'Hello' ${from}`,
  );
  await backend.sql(
    `INSERT INTO ai_npc_budget (player_id, day) SELECT CONCAT('player ', seq), CURRENT_DATE - INTERVAL seq MOD 2 DAY ${from}`,
  );
  await backend.sql(
    `INSERT INTO ai_npc_words (owner, word, turn) SELECT seq DIV 1000, seq MOD 500, seq ${from}`,
  );
  await backend.sql(
    'ANALYZE TABLE ai_requests, ai_responses, ai_request_log, ai_workers, ai_npc_memory, ai_npc_budget, ai_npc_words',
  );
}
