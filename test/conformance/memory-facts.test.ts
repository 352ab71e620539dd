import { beforeEach, expect, it } from 'vitest';
import { MEMORY_LIMITS } from '../../src/mind/memory/memory-limits.ts';
import type { KnownOwner } from '../../src/service/memory/memory.ts';
import type { KeptMemory } from '../../src/service/memory/npc-memory.ts';
import { describeStore } from './backends.ts';
import { useMemories } from './memories.ts';

const BOB = { npcId: 'sage', playerId: 'Bob' } as const;
/** One more, and the older ones go into the summary. */
const MOST_TURNS = MEMORY_LIMITS.turnsInFull + MEMORY_LIMITS.moreTurnsInFull;
const turn = (said: string) => ({ said, answered: `Answer to ${said}` });

describeStore('facts', (backend) => {
  const openMemory = useMemories(backend);
  let memory: KeptMemory;

  beforeEach(() => {
    memory = openMemory();
  });

  const ANN = { npcId: 'sage', playerId: 'Ann' };
  const ALL = { npcId: 'sage', playerId: null };
  const factsOf = async (owner: KnownOwner) => (await memory.recall(owner)).facts;

  it('are what was told of a player and of everybody, the oldest first, and counts its own', async () => {
    expect(await memory.tell(BOB, 'Bob paid.')).toBe(1);
    expect(await memory.tell(ALL, 'The bridge is closed.')).toBe(1);
    expect(await memory.tell(BOB, 'Bob sang.')).toBe(2);
    expect(await factsOf(BOB)).toEqual(['Bob paid.', 'The bridge is closed.', 'Bob sang.']);
    expect(await factsOf(ALL)).toEqual(['The bridge is closed.']);
  });

  it('never mixes two players or two NPCs, also where they are told at once', async () => {
    const owners = ['Ann', 'Bob', 'bob', 'Bob '].flatMap((playerId) =>
      ['sage', 'guard'].map((npcId) => ({ npcId, playerId })),
    );
    const other = openMemory();
    await Promise.all(
      owners.flatMap((owner) =>
        [1, 2, 3].map((at) =>
          (at % 2 ? memory : other).tell(owner, `${at} of ${owner.npcId}/${owner.playerId}`),
        ),
      ),
    );
    for (const owner of owners) {
      const facts = await factsOf(owner);
      expect(facts.toSorted()).toEqual([1, 2, 3].map((at) => `${at} of ${owner.npcId}/${owner.playerId}`));
    }
  });

  it('keeps the last so many, and knows one that is told again', async () => {
    const most = MEMORY_LIMITS.facts;
    const facts = Array.from({ length: most + 3 }, (_, at) => `Fact ${at}`);
    for (const fact of facts) await memory.tell(BOB, fact);
    expect(await factsOf(BOB)).toEqual(facts.slice(-most));
    expect(await memory.tell(BOB, facts.at(-1)!)).toBe(most);
    expect(await factsOf(BOB)).toEqual(facts.slice(-most));
    const told = await Promise.all([1, 2, 3].map(() => memory.tell(ANN, 'Ann paid.')));
    expect(told).toEqual([1, 1, 1]);
    expect(await factsOf(ANN)).toEqual(['Ann paid.']);
  });

  it('leaves turns and summary as they are, also when turns go into the summary', async () => {
    await memory.tell(BOB, 'Bob paid.');
    for (let at = 1; at <= MOST_TURNS + 2; at += 1) await memory.remember(BOB, turn(`Line ${at}`), null);
    const { turns, summary, facts, turnsBefore } = await memory.recall(BOB);
    expect(turns.length + turnsBefore).toBe(MOST_TURNS + 2);
    expect(summary).not.toContain('paid');
    expect(turns.map(({ said }) => said).join()).not.toContain('paid');
    expect(facts).toEqual(['Bob paid.']);
    expect(await memory.forget(BOB)).toBe(MOST_TURNS + 2);
    expect(await factsOf(BOB)).toEqual([]);
  });

  it("goes with the player, and with the NPC; what is everybody's stays when a player is forgotten", async () => {
    await memory.tell(BOB, 'Bob paid.');
    await memory.tell(ALL, 'The bridge is closed.');
    await memory.forget({ npcId: null, playerId: 'Bob' });
    expect(await factsOf(BOB)).toEqual(['The bridge is closed.']);
    await memory.forget({ npcId: 'sage', playerId: null });
    expect(await factsOf(BOB)).toEqual([]);
  });

  it('gives any text back', async () => {
    for (const fact of ['Où est l’épée? 🗡', `"'\\ -- ; DROP`, 'x'.repeat(MEMORY_LIMITS.charactersPerFact)]) {
      await memory.tell(BOB, fact);
      expect((await factsOf(BOB)).at(-1)).toBe(fact);
    }
  });

  it.each(['', 'a\0b', 'x'.repeat(201), '\ud800'])('refuses the NPC %j', async (npcId) => {
    await expect(memory.tell({ npcId, playerId: 'Bob' }, 'x')).rejects.toMatchObject({
      code: 'bad_argument',
    });
  });
});
