import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { MEMORY_LIMITS } from '../../src/mind/memory/memory-limits.ts';
import type { OlderTurns } from '../../src/mind/memory/older-turns.ts';
import { NOTHING } from '../../src/mind/talk/recollection.ts';
import { createNpcMemory, type KeptMemory } from '../../src/service/memory/npc-memory.ts';
import { describeStore, openDatabase } from './backends.ts';

const BOB = { npcId: 'sage', playerId: 'Bob' } as const;
/** One more, and the older ones go into the summary. */
const MOST_TURNS = MEMORY_LIMITS.turnsInFull + MEMORY_LIMITS.moreTurnsInFull;
const told = { turns: 21, sentences: ['I have apples.'] };

const turn = (said: string) => ({ said, answered: `Answer to ${said}` });

describeStore('a summary that is told anew', (backend) => {
  let database: Database;
  let memory: KeptMemory;
  let found: OlderTurns[];

  beforeEach(() => {
    database = openDatabase(backend());
    found = [];
    memory = createNpcMemory(database, backend().kind, (_, older) => found.push(older));
  });
  afterEach(() => database.close());

  async function folded(): Promise<OlderTurns[]> {
    for (let at = 1; at <= MOST_TURNS + 1; at += 1)
      await memory.remember(BOB, turn(`I have Line ${at}.`), null);
    return found;
  }

  it('is made of turns that went into it, of which one is told once', async () => {
    const [older, ...more] = await folded();
    expect(more).toEqual([]);
    expect(older?.turns).toHaveLength(MOST_TURNS + 1 - MEMORY_LIMITS.turnsInFull);
    expect(older?.turns[0]).toEqual(turn('I have Line 1.'));
    expect(older?.after.sentences).toContain('I have Line 1.');
  });

  it('stands in place of the one that it was made for', async () => {
    const [older] = await folded();
    expect(await memory.replaceSummary(BOB, { from: older!.after, to: told })).toBe(true);
    expect(await memory.recall(BOB)).toMatchObject({ summary: 'I have apples.', turnsBefore: 21 });
  });

  it('is dropped where the other one has changed, or was forgotten', async () => {
    const [older] = await folded();
    const other = { turns: 20, sentences: ['I have pears.'] };
    expect(await memory.replaceSummary(BOB, { from: other, to: told })).toBe(false);
    const nobody = { ...BOB, playerId: 'bob' };
    expect(await memory.replaceSummary(nobody, { from: older!.after, to: told })).toBe(false);
    await memory.forget({ npcId: null, playerId: BOB.playerId });
    expect(await memory.replaceSummary(BOB, { from: older!.after, to: told })).toBe(false);
    expect(await memory.recall(BOB)).toEqual(NOTHING);
  });
});
