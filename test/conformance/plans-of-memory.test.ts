import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MemoryStatements, sqliteMemoryStatements } from '../../src/service/memory/statements.ts';
import { numbers } from '../support/numbers.ts';
import { SqliteBackend } from './backends.ts';

/** These only insert, or end the budgets of all. */
const WITHOUT_A_KEY: readonly string[] = [
  'insertTurn',
  'insertSummary',
  'insertFact',
  'insertWords',
  'setWordState',
  'deleteAllBudgets',
];
/** One player's rows, rows by their id, one owner's words: whatever else there is stays unread. */
const KEYS = [
  'INTEGER PRIMARY KEY (rowid=?)',
  'INTEGER PRIMARY KEY (rowid>?)',
  'INDEX idx_memory_owner (player_id=?',
  'PRIMARY KEY (owner=?',
  'INDEX idx_budget_day (day<?)',
  'INDEX sqlite_autoindex_ai_npc_budget_1 (player_id=?)',
  'INDEX sqlite_autoindex_ai_ipc_meta_1 (name=?)',
];
/** By their kind alone, it would be the rows of all players. */
const OLD_ONES = 'INDEX idx_memory_age (kind=? AND updated_at<?)';

const PLANNED = Object.entries(sqliteMemoryStatements).filter(([name]) => !WITHOUT_A_KEY.includes(name)) as [
  keyof MemoryStatements,
  string,
][];

describe('what the memory asks of SQLite goes along a key', () => {
  let backend: SqliteBackend;

  beforeAll(async () => {
    backend = await SqliteBackend.create();
  });
  afterAll(async () => {
    await backend.dispose();
  });

  // Statistics as they were, and anew: neither moves a plan.
  it.each([
    ['an empty table', 0, false],
    ['one player', 1, true],
    ['50 players, by the statistics of one', 50, false],
    ['50 players', 0, true],
  ])('of %s', async (_title, players, isAnalyzed) => {
    await remember(backend, players);
    if (isAnalyzed) await backend.sql('ANALYZE');
    for (const [name, sql] of PLANNED) {
      const steps = await stepsOf(backend, sql);
      expect({ name, steps: steps.length > 0 }).toEqual({ name, steps: true });
      expect({ name, other: steps.filter((step) => !goesByKey(step, name)) }).toEqual({ name, other: [] });
    }
  });
});

async function remember(backend: SqliteBackend, players: number): Promise<void> {
  if (players === 0) return;
  const rows = players * 100;
  await backend.sql(
    `INSERT INTO ai_npc_memory (npc_id, player_id, kind, said)
     SELECT 'npc ' || (seq % 7), 'player ' || (seq % ${players}), CASE WHEN seq % 100 = 0 THEN 'summary' WHEN seq % 3 = 0 THEN 'turn' ELSE 'folded' END, 'x'
       FROM ${numbers(rows)}`,
  );
  await backend.sql(
    `INSERT INTO ai_npc_words (owner, word, turn) SELECT seq % ${players}, seq, seq FROM ${numbers(rows)} WHERE true ON CONFLICT DO NOTHING`,
  );
}

/** The steps of a plan that read a table of ours. */
async function stepsOf(backend: SqliteBackend, sql: string): Promise<string[]> {
  const plan = await backend.sql(`EXPLAIN QUERY PLAN ${sql}`);
  return plan
    .map(({ detail }) => String(detail))
    .filter((step) => /^(?:SEARCH|SCAN) (?:ai_\w+|m|n)\b/.test(step));
}

function goesByKey(step: string, name: keyof MemoryStatements): boolean {
  if (name === 'lockOld' && step.startsWith('SEARCH m ')) return step.includes(OLD_ONES);
  return (
    step.startsWith('SEARCH ') && KEYS.some((key) => step.replace('COVERING ', '').includes(`USING ${key}`))
  );
}
