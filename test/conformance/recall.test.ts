import { beforeEach, describe, expect, it } from 'vitest';
import { MEMORY_LIMITS } from '../../src/mind/memory/memory-limits.ts';
import type { MemoryOwner } from '../../src/service/memory/memory.ts';
import type { KeptMemory } from '../../src/service/memory/npc-memory.ts';
import { describeStore } from './backends.ts';
import { useMemories } from './memories.ts';

const BOB = { npcId: 'sage', playerId: 'Bob' } as const;
/** So many later turns, and one is in the summary. */
const MANY = MEMORY_LIMITS.turnsInFull + MEMORY_LIMITS.moreTurnsInFull;
const SISTER = 'My sister Mina is a priest in Payon.';
const ABOUT_SISTER = 'What did I tell you about my sister?';
const chatter = (count: number) => Array.from({ length: count }, (_, at) => `It rains again, day ${at + 1}.`);

describeStore('recall', (backend) => {
  const openMemory = useMemories(backend);
  let memory: KeptMemory;

  beforeEach(() => {
    memory = openMemory();
  });

  async function rememberAll(lines: readonly string[], owner: MemoryOwner = BOB): Promise<void> {
    for (const said of lines) await memory.remember(owner, { said, answered: 'Hm.' }, null);
  }
  const recalled = async (about: string, owner: MemoryOwner = BOB) =>
    (await memory.recall(owner, about)).recalled;
  const wordsLeft = async () =>
    Number((await backend().sql('SELECT COUNT(*) AS n FROM ai_npc_words'))[0]!['n']);

  it('finds what a player said in a turn that is told no more, and nothing where it is asked for nothing', async () => {
    await rememberAll([SISTER, ...chatter(MANY)]);
    expect((await recalled(ABOUT_SISTER))[0]).toBe(SISTER);
    for (const about of ['', '…', 'Xylophone?']) expect(await recalled(about)).toEqual([]);
    expect((await memory.recall(BOB)).recalled).toEqual([]);
  });

  it('leaves out what is told in full anyway, and the question itself', async () => {
    await rememberAll([SISTER, ABOUT_SISTER, ...chatter(MANY), SISTER]);
    const { recalled: found, turns } = await memory.recall(BOB, ABOUT_SISTER);
    expect(turns.at(-1)!.said).toBe(SISTER);
    expect(found).toEqual([]);
  });

  it('tells nobody of another player, and no other NPC', async () => {
    const others = [
      { npcId: 'sage', playerId: 'bob' },
      { npcId: 'guard', playerId: 'Bob' },
    ];
    await rememberAll([SISTER, ...chatter(MANY)]);
    for (const owner of others) {
      await rememberAll(chatter(MANY + 1), owner);
      expect(await recalled(ABOUT_SISTER, owner)).toEqual([]);
    }
    // Not even by words that say so.
    await backend().sql('UPDATE ai_npc_words SET owner = 1');
    const { ownerNumberOf } = await import('../../src/service/memory/owner-ids.ts');
    for (const owner of others) {
      await backend().sql(`UPDATE ai_npc_words SET owner = ${ownerNumberOf(owner)}`);
      expect(await recalled(ABOUT_SISTER, owner)).toEqual([]);
    }
  });

  it('remembers a line once that is sent again with its key', async () => {
    for (let times = 1; times <= 2; times += 1) {
      await memory.remember(BOB, { said: SISTER, answered: 'Hm.' }, 'key');
      await rememberAll(chatter(MANY));
    }
    expect((await recalled(ABOUT_SISTER)).filter((said) => said === SISTER)).toHaveLength(1);
    const lines = await backend().sql(
      "SELECT id FROM ai_npc_memory WHERE kind = 'folded' AND said LIKE '%Mina%'",
    );
    expect(lines).toHaveLength(1);
  });

  it.each([
    ['one NPC and player', BOB],
    ['a player', { npcId: null, playerId: 'Bob' }],
    ['an NPC', { npcId: 'sage', playerId: null }],
    ['everybody', { npcId: null, playerId: null }],
  ])('finds nothing any more when %s is forgotten, and has no word of it', async (_, who) => {
    await rememberAll([SISTER, ...chatter(MANY)]);
    expect(await wordsLeft()).toBeGreaterThan(30);
    await memory.forget(who);
    expect(await recalled(ABOUT_SISTER)).toEqual([]);
    expect(await wordsLeft()).toBe(0);
  });

  it('keeps what is another’s when one is forgotten', async () => {
    const ann = { npcId: 'sage', playerId: 'Ann' };
    await rememberAll([SISTER, ...chatter(MANY)], ann);
    const words = await wordsLeft();
    await rememberAll([SISTER, ...chatter(MANY)]);
    await memory.forget(BOB);
    expect(await wordsLeft()).toBe(words);
    expect(await recalled(ABOUT_SISTER, ann)).toEqual([SISTER]);
  });

  it('finds nothing of what is old, and has no word of it', async () => {
    await rememberAll([SISTER, ...chatter(MANY)]);
    await backend().sql(`UPDATE ai_npc_memory SET updated_at = ${backend().ago(31 * 86_400)}`);
    await rememberAll(['Hi'], { npcId: 'sage', playerId: 'Ann' });
    await memory.deleteOlderThan(30);
    expect(await wordsLeft()).toBe(0);
    expect(await backend().sql('SELECT DISTINCT player_id AS player FROM ai_npc_memory')).toEqual([
      { player: 'Ann' },
    ]);
  });

  it('goes on finding the old lines of those who still talk', async () => {
    await rememberAll([SISTER, ...chatter(MANY)]);
    await backend().sql(
      `UPDATE ai_npc_memory SET updated_at = ${backend().ago(31 * 86_400)} WHERE kind <> 'turn'`,
    );
    expect(await memory.deleteOlderThan(30)).toBe(0);
    expect(await recalled(ABOUT_SISTER)).toEqual([SISTER]);
  });

  it('has the words of all lines again where they were lost', async () => {
    await rememberAll([SISTER, ...chatter(MANY)]);
    const words = await backend().sql('SELECT * FROM ai_npc_words ORDER BY owner, word, turn');
    await backend().sql('DELETE FROM ai_npc_words');
    await backend().sql("DELETE FROM ai_ipc_meta WHERE name = 'npc_words'");
    expect(await recalled(ABOUT_SISTER)).toEqual([]);
    await memory.completeWords();
    await memory.completeWords();
    expect(await backend().sql('SELECT * FROM ai_npc_words ORDER BY owner, word, turn')).toEqual(words);
  });

  it('takes any text, as a line and as a question', async () => {
    const signs = [
      `"+-><()~*:@'\\%_\0`,
      'a'.repeat(500),
      '妹'.repeat(500),
      '🐉🐉',
      'ประเทศไทย'.repeat(60),
      '-- ;',
    ];
    await rememberAll([...signs, ...chatter(MANY)]);
    for (const about of signs) await recalled(about);
    expect(await recalled('xx aaaaaaaaaaaaaaaa')).toEqual(['a'.repeat(500)]);
  });
});

describe('the number of an NPC and a player', () => {
  it('is another for each pair, and is told exactly by every database', async () => {
    const { ownerNumberOf } = await import('../../src/service/memory/owner-ids.ts');
    const pairs = ['a', 'b', 'ab', 'A', 'a '].flatMap((npcId) =>
      ['a', 'b', 'ab', 'A', 'a '].map((playerId) => ownerNumberOf({ npcId, playerId })),
    );
    expect(new Set(pairs).size).toBe(pairs.length);
    for (const number of pairs) expect(Number.isSafeInteger(number)).toBe(true);
  });
});
