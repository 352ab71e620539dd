import { describe, expect, it } from 'vitest';
import { createNpcMemory, type KeptMemory } from '../../src/service/memory/npc-memory.ts';
import {
  type Backend,
  MariadbBackend,
  openDatabase,
  SqliteBackend,
  useBackend,
} from '../conformance/backends.ts';
import { RECALL_LINES, type RecallLines, turnsOf } from './recall-lines.ts';

const NPC = 'sage';
const FIRST = 5;
/** 105 of 120. */
const LEAST_PART = 0.875;

describe.each([
  ['the server', () => MariadbBackend.create()],
  ['SQLite', () => SqliteBackend.create()],
] as const)('what was told among 300 turns, on %s', (_, create) => {
  const backend = useBackend<Backend>(create);

  it('is among the first five that are recalled, where it is asked for in other words', async () => {
    const database = openDatabase(backend());
    try {
      const memory = createNpcMemory(database, backend().kind);
      for (const lines of RECALL_LINES) await tellAll(lines);
      await memory.completeWords();
      const lost: string[] = [];
      for (const lines of RECALL_LINES) lost.push(...(await lostOf(memory, lines)));
      const asked = RECALL_LINES.reduce((sum, { recall }) => sum + recall.length, 0);
      expect(asked).toBeGreaterThanOrEqual(10);
      expect(lost.length, lost.join('\n')).toBeLessThanOrEqual(asked * (1 - LEAST_PART));
    } finally {
      await database.close();
    }
  });

  /** As a memory is whose turns have all gone into the summary. */
  async function tellAll(lines: RecallLines): Promise<void> {
    const turns = turnsOf(lines);
    const rows = turns.flatMap((said) => [NPC, lines.language, said]);
    await backend().sql(
      `INSERT INTO ai_npc_memory (npc_id, player_id, said, kind, turns) VALUES ${turns.map(() => "(?, ?, ?, 'folded', 0)").join(', ')}`,
      rows,
    );
    await backend().sql(
      "INSERT INTO ai_npc_memory (npc_id, player_id, said, kind, turns) VALUES (?, ?, '', 'summary', ?)",
      [NPC, lines.language, turns.length],
    );
  }
});

async function lostOf(memory: KeptMemory, { language, recall }: RecallLines): Promise<string[]> {
  const lost: string[] = [];
  for (const { told, asked } of recall) {
    const { recalled } = await memory.recall({ npcId: NPC, playerId: language }, asked);
    if (!recalled.slice(0, FIRST).includes(told)) lost.push(`${language}: ${asked} ← ${told}`);
  }
  return lost;
}
