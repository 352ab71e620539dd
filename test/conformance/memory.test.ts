import fc from 'fast-check';
import pino from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { charactersOf } from '../../src/mind/memory/fold.ts';
import { MEMORY_LIMITS } from '../../src/mind/memory/memory-limits.ts';
import { NOTHING } from '../../src/mind/talk/recollection.ts';
import type { MemoryOwner, NpcMemory } from '../../src/service/memory/memory.ts';
import { createMemoryCleanup } from '../../src/service/memory/memory-cleanup.ts';
import type { KeptMemory } from '../../src/service/memory/npc-memory.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { EXPLAIN } from '../support/server-kind.ts';
import { describeStore, MariadbBackend, useBackend } from './backends.ts';
import { useMemories } from './memories.ts';

const BOB = { npcId: 'sage', playerId: 'Bob' } as const;
/** One more, and the older ones go into the summary. */
const MOST_TURNS = MEMORY_LIMITS.turnsInFull + MEMORY_LIMITS.moreTurnsInFull;
const SUMMARY_CHARACTERS = MEMORY_LIMITS.summaryTokens * MEMORY_LIMITS.charactersPerToken;
const turn = (said: string) => ({ said, answered: `Answer to ${said}` });
/** Numbered from 1; no word tells of the player. */
const numbered = (count: number) => Array.from({ length: count }, (_, at) => `Line ${at + 1}`);
const saidBy = async (memory: NpcMemory, owner: MemoryOwner) =>
  (await memory.recall(owner)).turns.map(({ said }) => said);

describeStore('memory', (backend) => {
  const openMemory = useMemories(backend);
  let memory: KeptMemory;

  beforeEach(() => {
    memory = openMemory();
  });

  async function rememberAll(lines: readonly string[], owner: MemoryOwner = BOB): Promise<void> {
    for (const line of lines) await memory.remember(owner, turn(line), null);
  }
  const rowsOf = async (kind: string) =>
    await backend().sql('SELECT * FROM ai_npc_memory WHERE kind = ? ORDER BY id', [kind]);

  it('of a player who never spoke is nothing', async () => {
    expect(await memory.recall(BOB)).toEqual(NOTHING);
  });

  it('gives the last turns as they were said and answered, the oldest first', async () => {
    await memory.remember(BOB, { said: 'Hello!', answered: 'Welcome.' }, null);
    await memory.remember(BOB, { said: 'Où est l’épée? 🗡', answered: 'Là-bas.\nÀ gauche "\\' }, null);
    expect(await memory.recall(BOB)).toEqual({
      ...NOTHING,
      turns: [
        { said: 'Hello!', answered: 'Welcome.' },
        { said: 'Où est l’épée? 🗡', answered: 'Là-bas.\nÀ gauche "\\' },
      ],
    });
  });

  it('gives any text back, cut to its limit, without NUL', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 700 }), async (text) => {
        await memory.remember(BOB, { said: text, answered: text }, null);
        const last = (await memory.recall(BOB)).turns.at(-1);
        const wanted = [...text.replaceAll('\0', '')].slice(0, MEMORY_LIMITS.charactersPerTurn).join('');
        expect(last).toEqual({ said: wanted, answered: wanted });
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['case', 'Bob', 'bob'],
    ['a blank at the end', 'Bob', 'Bob '],
    ['an accent', 'Zoe', 'Zoé'],
    ['the form of an accent', 'Zo\u00e9', 'Zoe\u0301'],
    ['a leading zero', '7', '07'],
    ['nothing but SQL', "' OR '1'='1", "' OR '1'='2"],
    ['an emoji', '🗡', '🏹'],
  ])('tells players apart by %s', async (_, one, other) => {
    await memory.remember({ npcId: 'sage', playerId: one }, turn('of one'), null);
    await memory.remember({ npcId: 'sage', playerId: other }, turn('of the other'), null);
    expect(await saidBy(memory, { npcId: 'sage', playerId: one })).toEqual(['of one']);
    expect(await saidBy(memory, { npcId: 'sage', playerId: other })).toEqual(['of the other']);
    expect(await memory.forget({ npcId: null, playerId: one })).toBe(1);
    expect(await saidBy(memory, { npcId: 'sage', playerId: other })).toEqual(['of the other']);
  });

  it('tells NPCs apart, and does not mix up who is which', async () => {
    await memory.remember({ npcId: 'a', playerId: 'b' }, turn('one'), null);
    await memory.remember({ npcId: 'b', playerId: 'a' }, turn('two'), null);
    expect(await saidBy(memory, { npcId: 'a', playerId: 'b' })).toEqual(['one']);
    expect(await saidBy(memory, { npcId: 'b', playerId: 'a' })).toEqual(['two']);
  });

  it.each([
    ['', 'Bob'],
    ['sage', ''],
    ['sage', 'x'.repeat(201)],
    ['sage', '\ud800'],
    ['sage', 'Bob\0'],
  ])('refuses the ids %j and %j', async (npcId, playerId) => {
    const owner = { npcId, playerId };
    await expect(memory.remember(owner, turn('Hi'), null)).rejects.toMatchObject({ code: 'bad_argument' });
    await expect(memory.recall(owner)).rejects.toMatchObject({ code: 'bad_argument' });
    await expect(memory.forget(owner)).rejects.toMatchObject({ code: 'bad_argument' });
  });

  it('takes ids of 200 characters, whatever they are', async () => {
    const owner = { npcId: '🗡'.repeat(200), playerId: 'é'.repeat(200) };
    await memory.remember(owner, turn('Hi'), null);
    expect(await saidBy(memory, owner)).toEqual(['Hi']);
  });

  it('shortens older turns to what the player said of himself', async () => {
    const told = ['Hello there! My name is Bob. I come from Geffen.', 'What is that?'];
    const others = numbered(MOST_TURNS - 1);
    await rememberAll([...told, ...others]);
    const { summary, turns, turnsBefore } = await memory.recall(BOB);
    expect(turns.map(({ said }) => said)).toEqual(others.slice(-MEMORY_LIMITS.turnsInFull));
    expect(summary?.split('\n')).toEqual([
      'Hello there!',
      'My name is Bob.',
      'I come from Geffen.',
      'What is that?',
      ...others.slice(0, -MEMORY_LIMITS.turnsInFull),
    ]);
    expect(await rowsOf('turn')).toHaveLength(MEMORY_LIMITS.turnsInFull);
    expect(await rowsOf('summary')).toMatchObject([{ turns: MEMORY_LIMITS.moreTurnsInFull + 1 }]);
    expect(turnsBefore).toBe(MEMORY_LIMITS.moreTurnsInFull + 1);
  });

  it('only grows at its end from turn to turn, but where many turns go into the summary at once', async () => {
    const lines = numbered(3 * MOST_TURNS);
    const changes: number[] = [];
    let before = NOTHING;
    for (const line of lines) {
      await memory.remember(BOB, turn(line), null);
      const now = await memory.recall(BOB);
      const isGrown = now.summary === before.summary && now.turns.length === before.turns.length + 1;
      if (isGrown) expect(now.turns.slice(0, -1)).toEqual(before.turns);
      else changes.push(now.turns.length);
      before = now;
    }
    expect(changes).toEqual(Array(3).fill(MEMORY_LIMITS.turnsInFull));
  });

  it('keeps within its limits after hundreds of long turns, and still knows the name', async () => {
    await rememberAll(['My name is Bob.']);
    for (let at = 0; at < 120; at += 1) {
      const long = `I like the number ${at} very much. ${'Nothing of note was said here. '.repeat(30)}`;
      await memory.remember(BOB, { said: long, answered: long }, null);
    }
    const { summary, turns } = await memory.recall(BOB);
    expect(turns.length).toBeGreaterThanOrEqual(MEMORY_LIMITS.turnsInFull);
    const more = turns.slice(0, -MEMORY_LIMITS.turnsInFull);
    expect(more.reduce((sum, one) => sum + charactersOf(one), 0)).toBeLessThanOrEqual(
      MEMORY_LIMITS.moreCharacters,
    );
    for (const { said, answered } of turns) {
      expect(said.length).toBeLessThanOrEqual(MEMORY_LIMITS.charactersPerTurn);
      expect(answered.length).toBeLessThanOrEqual(MEMORY_LIMITS.charactersPerTurn);
    }
    expect(summary?.length).toBeLessThanOrEqual(SUMMARY_CHARACTERS);
    expect(summary?.split('\n')[0]).toBe('My name is Bob.');
    expect(summary).toContain('I like the number 100 very much.');
    expect(await rowsOf('summary')).toMatchObject([{ turns: 121 - turns.length }]);
  });

  it('keeps both of two turns at once, in the order of their rows', async () => {
    const other = openMemory();
    for (let round = 0; round < 10; round += 1) {
      const owner = { npcId: 'sage', playerId: `player ${round}` };
      await Promise.all([
        memory.remember(owner, turn('one'), null),
        other.remember(owner, turn('two'), null),
      ]);
      const said = await saidBy(memory, owner);
      expect(said.toSorted()).toEqual(['one', 'two']);
      expect(await saidBy(other, owner)).toEqual(said);
    }
  });

  it('loses no turn and no summary when many are remembered at once by two processes', async () => {
    const memories = [memory, openMemory()];
    const lines = numbered(60);
    await Promise.all(lines.map((line, at) => memories[at % 2]!.remember(BOB, turn(line), `key ${at}`)));
    await rememberAll(['the last']);
    const [summary, ...others] = await rowsOf('summary');
    expect(others).toEqual([]);
    const inFull = await saidBy(memory, BOB);
    expect(inFull.length).toBeLessThanOrEqual(MOST_TURNS);
    expect(summary).toMatchObject({ turns: lines.length + 1 - inFull.length });
    expect(await rowsOf('folded')).toHaveLength(lines.length + 1 - inFull.length);
    const inShort = String(summary!['said']).split('\n');
    expect([...inShort, ...inFull].toSorted()).toEqual([...lines, 'the last'].toSorted());
    expect(inFull.at(-1)).toBe('the last');
  });

  it('never mixes two players who talk to one NPC at once', async () => {
    const players = ['Ann', 'Bob'];
    await Promise.all(
      players.flatMap((playerId) =>
        numbered(30).map((line) =>
          memory.remember({ npcId: 'sage', playerId }, turn(`${line} of ${playerId}`), null),
        ),
      ),
    );
    for (const playerId of players) {
      const recollection = await memory.recall({ npcId: 'sage', playerId });
      const lines = [
        ...(recollection.summary ?? '').split('\n'),
        ...recollection.turns.map(({ said }) => said),
      ];
      expect(lines).toHaveLength(30);
      for (const line of lines) expect(line).toMatch(new RegExp(` of ${playerId}$`));
    }
  });

  describe('a key', () => {
    it('is remembered once, also by another process and at the same time', async () => {
      const other = openMemory();
      await Promise.all([1, 2, 3, 4].map((at) => (at % 2 ? memory : other).remember(BOB, turn('Hi'), 'key')));
      await openMemory().remember(BOB, turn('Hi'), 'key');
      expect(await saidBy(memory, BOB)).toEqual(['Hi']);
    });

    it('is still known when its turn is in the summary', async () => {
      await memory.remember(BOB, turn('I seek my brother.'), 'key');
      await rememberAll(numbered(MOST_TURNS));
      await memory.remember(BOB, turn('I seek my brother.'), 'key');
      const { summary, turns } = await memory.recall(BOB);
      expect(turns.map(({ said }) => said)).not.toContain('I seek my brother.');
      expect(summary).toContain('I seek my brother.');
    });

    it('of one player says nothing to another, nor to another NPC', async () => {
      await memory.remember(BOB, turn('Hi'), 'key');
      for (const owner of [
        { npcId: 'sage', playerId: 'Ann' },
        { npcId: 'guard', playerId: 'Bob' },
      ]) {
        await memory.remember(owner, turn('Hi'), 'key');
        expect(await saidBy(memory, owner)).toEqual(['Hi']);
      }
    });

    it('may be of any length', async () => {
      await memory.remember(BOB, turn('one'), 'k'.repeat(5_000));
      await memory.remember(BOB, turn('two'), `${'k'.repeat(5_000)}2`);
      expect(await saidBy(memory, BOB)).toEqual(['one', 'two']);
    });
  });

  describe('forget', () => {
    const ANN = { npcId: 'sage', playerId: 'Ann' };
    const BOB_AT_GUARD = { npcId: 'guard', playerId: 'Bob' };
    beforeEach(async () => {
      await rememberAll(numbered(30));
      await rememberAll(['Hi'], BOB_AT_GUARD);
      await rememberAll(['Hi'], ANN);
      for (const player of ['Bob', 'Ann'])
        await backend().sql(
          `INSERT INTO ai_npc_budget (player_id, day, tokens) VALUES ('${player}', '2030-01-01', 5)`,
        );
    });
    const budgets = async () =>
      (await backend().sql('SELECT player_id FROM ai_npc_budget ORDER BY player_id')).map((row) =>
        String(row['player_id']),
      );
    const owners = async () =>
      (
        await backend().sql('SELECT DISTINCT player_id, npc_id FROM ai_npc_memory ORDER BY player_id, npc_id')
      ).map((row) => `${row['player_id']} at ${row['npc_id']}`);

    it('of one NPC and player leaves the rest, and counts the turns in the summary too', async () => {
      expect(await memory.forget(BOB)).toBe(30);
      expect(await owners()).toEqual(['Ann at sage', 'Bob at guard']);
      expect(await budgets()).toEqual(['Ann', 'Bob']);
      expect(await memory.recall(BOB)).toEqual(NOTHING);
      expect(await memory.forget(BOB)).toBe(0);
    });

    it('of a player everywhere leaves no row of him, not of his budget either', async () => {
      expect(await memory.forget({ npcId: null, playerId: 'Bob' })).toBe(31);
      expect(await owners()).toEqual(['Ann at sage']);
      expect(await budgets()).toEqual(['Ann']);
    });

    it('of an NPC leaves the other NPCs', async () => {
      expect(await memory.forget({ npcId: 'sage', playerId: null })).toBe(31);
      expect(await owners()).toEqual(['Bob at guard']);
      expect(await budgets()).toEqual(['Ann', 'Bob']);
    });

    it('of everybody leaves nothing', async () => {
      expect(await memory.forget({ npcId: null, playerId: null })).toBe(32);
      expect(await owners()).toEqual([]);
      expect(await budgets()).toEqual([]);
    });

    it('of thousands of rows goes in chunks', async () => {
      const values = Array.from({ length: 1_200 }, (_, at) => `('npc ${at}', 'Carl', 'a', 'b')`);
      await backend().sql(
        `INSERT INTO ai_npc_memory (npc_id, player_id, said, answered) VALUES ${values.join(', ')}`,
      );
      expect(await memory.forget({ npcId: null, playerId: 'Carl' })).toBe(1_200);
      expect(await owners()).toEqual(['Ann at sage', 'Bob at guard', 'Bob at sage']);
    });

    it('frees the keys', async () => {
      await memory.remember(BOB, turn('Hello'), 'key');
      await memory.forget(BOB);
      await memory.remember(BOB, turn('Hello'), 'key');
      expect(await saidBy(memory, BOB)).toEqual(['Hello']);
    });
  });

  describe('what is old', () => {
    const age = async (player: string, days: number) =>
      await backend().sql(
        `UPDATE ai_npc_memory SET updated_at = ${backend().ago(days * 86_400)} WHERE player_id = '${player}'`,
      );

    it('goes, turns and summary, and nothing younger', async () => {
      await rememberAll(numbered(30));
      await rememberAll(numbered(3), { npcId: 'sage', playerId: 'Ann' });
      await age('Bob', 31);
      await age('Ann', 29);
      expect(await memory.deleteOlderThan(30)).toBe(30);
      expect(await memory.recall(BOB)).toEqual(NOTHING);
      expect(await saidBy(memory, { npcId: 'sage', playerId: 'Ann' })).toEqual(numbered(3));
      expect(await memory.deleteOlderThan(30)).toBe(0);
    });

    it('stays with one who has talked since, however little', async () => {
      await rememberAll(['My name is Bob.', ...numbered(MOST_TURNS)]);
      await age('Bob', 31);
      await backend().sql("DELETE FROM ai_npc_memory WHERE kind = 'turn'");
      await rememberAll(['Here I am again.']);
      await rememberAll(['Hi'], { npcId: 'guard', playerId: 'Bob' });
      await backend().sql(
        `UPDATE ai_npc_memory SET updated_at = ${backend().ago(31 * 86_400)} WHERE npc_id = 'guard'`,
      );
      expect(await memory.deleteOlderThan(30)).toBe(1);
      expect(await memory.recall(BOB)).toMatchObject({
        summary: expect.stringContaining('My name is Bob.'),
        turns: [{ said: 'Here I am again.' }],
      });
    });

    it('goes for what was said in turns in the summary, and for budgets of other days', async () => {
      await rememberAll(numbered(MOST_TURNS + 1));
      await backend().sql(
        "INSERT INTO ai_npc_budget (player_id, day, tokens) VALUES ('Bob', '2020-01-01', 5), ('Ann', '2037-01-01', 5)",
      );
      expect(await memory.deleteOlderThan(30)).toBe(0);
      expect(await rowsOf('folded')).toHaveLength(MEMORY_LIMITS.moreTurnsInFull + 1);
      expect(await backend().sql('SELECT tokens FROM ai_npc_budget')).toHaveLength(1);
      await age('Bob', 31);
      expect(await memory.deleteOlderThan(30)).toBe(MOST_TURNS + 1);
      expect(await backend().sql('SELECT kind FROM ai_npc_memory')).toEqual([]);
    });

    it('is deleted by the cleanup at its start and then each hour', async () => {
      const clock = new FakeClock();
      const lines: { msg: string; turns: number }[] = [];
      const logger = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
      const cleanup = createMemoryCleanup({ memory: () => memory, clock, logger, days: 30 });
      const turnsDeleted = () => lines.map(({ turns }) => turns);
      await rememberAll(numbered(3));
      await age('Bob', 31);
      await cleanup.start();
      await expect.poll(turnsDeleted).toEqual([3]);
      await rememberAll(numbered(2));
      await age('Bob', 31);
      await expect.poll(() => clock.sleeping).toBe(1);
      await clock.advance(3_600_000);
      await expect.poll(turnsDeleted).toEqual([3, 2]);
      await cleanup.stop();
    });
  });
});

describe('on MariaDB', () => {
  const backend = useBackend(() => MariadbBackend.create());

  it.each(['recall', 'lockToRemember'] as const)('%s reads along idx_memory_owner', async (name) => {
    const { mariadbMemoryStatements: statements } = await import('../../src/service/memory/statements.ts');
    const inOrder = expect.not.stringMatching(/filesort|temporary/);
    const values = ['Bob', 'sage', 'sage'].slice(0, statements[name].split('?').length - 1);
    for (const plan of await backend().sql(`${EXPLAIN} ${statements[name]}`, values))
      expect(plan).toMatchObject({ key: 'idx_memory_owner', Extra: inOrder });
  });
});
