import type { Connection } from 'mariadb';
import { afterEach, describe, expect, it } from 'vitest';
import { connectLikePool } from '../../src/database/mariadb-pool.ts';
import { MEMORY_LIMITS } from '../../src/mind/memory/memory-limits.ts';
import { estimateTokens } from '../../src/mind/model/estimate.ts';
import { speakPrompt } from '../../src/mind/model/prompt.ts';
import { loadPersonas } from '../../src/mind/persona/persona-book.ts';
import type { Recollection } from '../../src/mind/talk/recollection.ts';
import type { KeptMemory } from '../../src/service/memory/npc-memory.ts';
import { bothIdsOf, ownerNumberOf } from '../../src/service/memory/owner-ids.ts';
import { mariadbMemoryStatements as statements } from '../../src/service/memory/statements.ts';
import { numbers } from '../support/numbers.ts';
import { EXPLAIN } from '../support/server-kind.ts';
import { exportOf, importInto } from '../support/transfers.ts';
import { type Backend, MariadbBackend, SqliteBackend, useBackend } from './backends.ts';
import { useMemories } from './memories.ts';

const BOB = { npcId: 'sage', playerId: 'Bob' } as const;
const SISTER = 'My sister Mina is a priest in Payon.';
const ABOUT_SISTER = 'What did I tell you about my sister?';
const MANY = MEMORY_LIMITS.turnsInFull + MEMORY_LIMITS.moreTurnsInFull;
const chatter = (count: number) =>
  Array.from({ length: count }, (_, at) => `I sold ${at + 1} apples to the ${at % 9}th guard, what a day.`);

async function rememberAll(memory: KeptMemory, lines: readonly string[]): Promise<void> {
  for (const said of lines) await memory.remember(BOB, { said, answered: 'Hm, go on.' }, null);
}

describe.each([
  ['the server', () => MariadbBackend.create()],
  ['SQLite', () => SqliteBackend.create()],
] as const)('recall on %s', (_, create) => {
  const backend = useBackend<Backend>(create);
  const openMemory = useMemories(backend);

  it('has what was said 300 turns ago in the prompt, within its tokens', async () => {
    const memory = openMemory();
    await rememberAll(memory, [...chatter(2), SISTER, ...chatter(297)]);
    const { recalled, ...known } = await memory.recall(BOB, ABOUT_SISTER);
    expect(recalled[0]).toBe(SISTER);
    const { user, tokens } = await promptOf({ ...known, recalled });
    expect(JSON.parse(user).earlier.recalled[0]).toBe(SISTER);
    const without = await promptOf({ ...known, recalled: [] });
    // 200 for what is recalled, and its name.
    expect(tokens - without.tokens).toBeLessThanOrEqual(210);
    // What stands before it is the same, so a server that keeps what it has read reads none of it anew.
    const from = user.indexOf('"recalled"');
    expect(without.user.startsWith(user.slice(0, from - 1))).toBe(true);
  });

  it('finds it in another database, when the AI service has looked at what was imported', async () => {
    await rememberAll(openMemory(), [SISTER, ...chatter(MANY)]);
    const target = await SqliteBackend.create();
    try {
      await target.sql("INSERT INTO ai_ipc_meta (name, value) VALUES ('npc_words', 'complete')");
      await importInto(target.place, await exportOf(backend().place));
      const memory = openMemory(target);
      await memory.completeWords();
      expect((await memory.recall(BOB, ABOUT_SISTER)).recalled).toEqual([SISTER]);
    } finally {
      await target.dispose();
    }
  });

  it('keeps so many lines, and no word of those that were too many', async () => {
    const memory = openMemory();
    await rememberAll(memory, [SISTER, ...chatter(MANY)]);
    const wordsUpTo = async (id: unknown) =>
      await backend().sql('SELECT COUNT(*) AS n FROM ai_npc_words WHERE turn <= ?', [id]);
    const [old] = await backend().sql("SELECT MAX(id) AS id FROM ai_npc_memory WHERE kind = 'folded'");
    expect(await wordsUpTo(old!['id'])).not.toEqual([{ n: 0 }]);
    await backend().sql(
      `INSERT INTO ai_npc_memory (npc_id, player_id, kind, turns, said)
       SELECT 'sage', 'Bob', 'folded', 0, 'Another day of rain.' FROM ${numbers(MEMORY_LIMITS.linesKept)}`,
    );
    await rememberAll(memory, chatter(MANY));
    expect(await wordsUpTo(old!['id'])).toEqual([{ n: 0 }]);
    const lines = await backend().sql("SELECT COUNT(*) AS n FROM ai_npc_memory WHERE kind = 'folded'");
    expect(lines).toEqual([{ n: MEMORY_LIMITS.linesKept }]);
    expect((await memory.recall(BOB, ABOUT_SISTER)).recalled).not.toContain(SISTER);
    // All of it goes in chunks.
    expect(await memory.forget(BOB)).toBeGreaterThan(MANY);
    expect(await backend().sql('SELECT id FROM ai_npc_memory')).toEqual([]);
  });
});

async function promptOf(recollection: Recollection): Promise<{ user: string; tokens: number }> {
  const persona = (await loadPersonas()).find('sage-of-prontera');
  const { user } = speakPrompt({
    ...{ persona, npcId: 'sage', playerId: 'Bob', message: ABOUT_SISTER, recollection, player: null },
    ...{ location: null, options: [], language: 'en', maxCharacters: 400 },
  });
  return { user, tokens: estimateTokens(user) };
}

describe('recall on the server', () => {
  const backend = useBackend(() => MariadbBackend.create());
  const openMemory = useMemories(backend);
  const owner = ownerNumberOf(BOB);
  let sessions: Connection[] = [];
  afterEach(async () => {
    await Promise.all(sessions.map((session) => session.end()));
    sessions = [];
  });
  async function begin(): Promise<Connection> {
    const { connection } = await connectLikePool(backend().settings);
    sessions.push(connection);
    await connection.query('SET innodb_lock_wait_timeout = 1');
    await connection.query('BEGIN');
    return connection;
  }
  const insert = async (session: Connection, turn: number) => {
    const rows = Array.from({ length: 40 }, (_, word) => `(${owner}, ${word}, ${turn})`);
    await session.query(statements.insertWords.replace(':rows', rows.join(', ')));
  };

  it('has no transaction of a player wait for another one of his that is open', async () => {
    const [one, other] = [await begin(), await begin()];
    for (const [turn, session] of [one, other, one, other].entries()) await insert(session, turn + 1);
    await one.query('COMMIT');
    await insert(other, 5);
    await other.query('COMMIT');
    expect(await backend().sql('SELECT COUNT(DISTINCT turn) AS n FROM ai_npc_words')).toEqual([{ n: 5 }]);
  });

  it('neither waits for one that is open nor has the talks of others wait', async () => {
    const memory = openMemory();
    await rememberAll(memory, [SISTER, ...chatter(MANY)]);
    const open = await begin();
    await open.query(statements.lockToRemember, bothIdsOf(BOB));
    await insert(open, 1);
    expect((await memory.recall(BOB, ABOUT_SISTER)).recalled).toEqual([SISTER]);
    const guard = { npcId: 'guard', playerId: 'Bob' };
    for (const said of chatter(MANY + 1)) await memory.remember(guard, { said, answered: 'Hm.' }, null);
    expect((await memory.recall(guard)).turnsBefore).toBeGreaterThan(0);
  });

  it('looks for each part by its key alone, from the newest on, however many rows there are', async () => {
    await backend().sql(
      `INSERT INTO ai_npc_words (owner, word, turn) SELECT ${owner} + seq DIV 1000, seq DIV 100, seq FROM ${numbers(20_000)}`,
    );
    await backend().sql('ANALYZE TABLE ai_npc_words');
    const parts = [1, 2, 3];
    const sql = parts.map(() => statements.findWord).join(' UNION ALL ');
    const values = parts.flatMap((part) => [owner, part, MEMORY_LIMITS.linesPerPart]);
    const plan = await backend().sql(`${EXPLAIN} ${sql}`, values);
    const looks = plan.filter((row) => row['table'] === 'ai_npc_words');
    expect(looks).toHaveLength(parts.length);
    for (const look of looks) {
      expect(look).toMatchObject({ type: 'ref', key: 'PRIMARY', key_len: '12' });
      expect(String(look['Extra'])).not.toMatch(/filesort|temporary/);
    }
  });

  it('looks for what is known in any case by its index alone, and sorts nothing', async () => {
    await backend().sql(
      `INSERT INTO ai_npc_memory (npc_id, player_id, kind, turns, said)
       SELECT 'sage', CASE WHEN seq MOD 50 = 0 THEN '' ELSE CONCAT('player ', seq MOD 50) END,
              CASE WHEN seq MOD 7 = 0 THEN 'turn' ELSE 'folded' END, 0, 'Hm.' FROM ${numbers(20_000)}`,
    );
    await backend().sql('ANALYZE TABLE ai_npc_memory');
    const [look, ...others] = await backend().sql(`${EXPLAIN} ${statements.recall}`, bothIdsOf(BOB));
    expect(look).toMatchObject({ table: 'ai_npc_memory', type: 'range', key: 'idx_memory_owner' });
    expect(String(look!['Extra'])).not.toMatch(/filesort|temporary/);
    expect(others).toEqual([]);
  });

  it('looks for all parts at once by their keys, where there are few lines', async () => {
    await backend().sql(
      `INSERT INTO ai_npc_words (owner, word, turn) SELECT ${owner} + seq DIV 1000, seq DIV 100, seq FROM ${numbers(20_000)}`,
    );
    await backend().sql('ANALYZE TABLE ai_npc_words');
    const plan = await backend().sql(`${EXPLAIN} ${statements.findWords}`, [owner, [1, 2, 3]]);
    expect(plan).toMatchObject([{ table: 'ai_npc_words', type: 'range', key: 'PRIMARY', key_len: '12' }]);
  });
});
