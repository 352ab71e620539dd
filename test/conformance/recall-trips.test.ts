import { afterEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { MEMORY_LIMITS } from '../../src/mind/memory/memory-limits.ts';
import { createNpcMemory, type KeptMemory } from '../../src/service/memory/npc-memory.ts';
import { describeStore, openDatabase } from './backends.ts';

const BOB = { npcId: 'sage', playerId: 'Bob' } as const;
const MANY = MEMORY_LIMITS.turnsInFull + MEMORY_LIMITS.moreTurnsInFull;
const SISTER = 'My sister Mina is a priest in Payon.';
const ABOUT_SISTER = 'What did I tell you about my sister?';

describeStore('trips to the database', (backend) => {
  let databases: Database[] = [];
  afterEach(async () => {
    await Promise.all(databases.map((database) => database.close()));
    databases = [];
  });
  function open(): Database {
    const database = openDatabase(backend());
    databases.push(database);
    return database;
  }
  /** A memory, and how many statements each of its trips had. */
  function watched(): { readonly memory: KeptMemory; readonly trips: number[] } {
    const database = open();
    const trips: number[] = [];
    const query: Database['query'] = (sql, values) => {
      trips.push(1);
      return database.query(sql, values);
    };
    const queryAll: Database['queryAll'] = (statements) => {
      trips.push(statements.length);
      return database.queryAll(statements);
    };
    return { memory: createNpcMemory({ ...database, query, queryAll }, backend().kind), trips };
  }
  async function rememberAll(memory: KeptMemory, count: number): Promise<void> {
    const others = Array.from({ length: count - 1 }, (_, at) => `It rains again, day ${at + 1}.`);
    for (const said of [SISTER, ...others]) await memory.remember(BOB, { said, answered: 'Hm.' }, null);
  }

  it('gives the rows of each of several statements that go together, and of one alone', async () => {
    const database = open();
    const one = { sql: 'SELECT 1 AS n UNION ALL SELECT 2', values: [] };
    const none = { sql: 'SELECT 3 AS n FROM ai_requests WHERE id = ?', values: [7] };
    const text = { sql: 'SELECT ? AS said', values: ["; SELECT 'x"] };
    expect(await database.queryAll([one])).toEqual([[{ n: 1 }, { n: 2 }]]);
    expect(await database.queryAll([none, one, text])).toEqual([
      [],
      [{ n: 1 }, { n: 2 }],
      [{ said: "; SELECT 'x" }],
    ]);
    const wrong = { sql: 'SELECT n FROM nowhere', values: [] };
    await expect(database.queryAll([one, wrong])).rejects.toMatchObject({ name: 'AiIpcError' });
    expect(await database.queryAll([one])).toEqual([[{ n: 1 }, { n: 2 }]]);
  });

  it('is one, of one statement, for a player who has no older lines', async () => {
    const { memory, trips } = watched();
    await rememberAll(memory, 5);
    trips.length = 0;
    for (let times = 1; times <= 2; times += 1) await memory.recall(BOB, ABOUT_SISTER);
    expect(trips).toEqual([1, 1]);
  });

  it('are two from the second recall on, with the same recalled', async () => {
    const { memory, trips } = watched();
    await rememberAll(memory, MANY + 1);
    trips.length = 0;
    const first = await memory.recall(BOB, ABOUT_SISTER);
    expect(first.recalled).toEqual([SISTER]);
    expect(trips).toEqual([1, 1, 1]);
    expect(await memory.recall(BOB, ABOUT_SISTER)).toEqual(first);
    expect(trips.slice(3)).toEqual([2, 1]);
  });

  it('are as at first where there are many more lines than there were, or none any more', async () => {
    const { memory, trips } = watched();
    await rememberAll(memory, MANY + 1);
    await memory.recall(BOB, ABOUT_SISTER);
    const turns = MEMORY_LIMITS.linesPerPart + 1;
    await backend().sql(`UPDATE ai_npc_memory SET turns = ${turns} WHERE kind = 'summary'`);
    for (const expected of [
      [2, 1, 1],
      [2, 1],
    ]) {
      trips.length = 0;
      expect((await memory.recall(BOB, ABOUT_SISTER)).recalled).toEqual([SISTER]);
      expect(trips).toEqual(expected);
    }
    await watched().memory.forget(BOB);
    for (const expected of [[2], [1]]) {
      trips.length = 0;
      expect((await memory.recall(BOB, ABOUT_SISTER)).recalled).toEqual([]);
      expect(trips).toEqual(expected);
    }
  });
});
