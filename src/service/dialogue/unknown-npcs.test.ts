import pino from 'pino';
import { expect, it } from 'vitest';
import { loadPersonas } from '../../mind/persona/persona-book.ts';
import { createUnknownNpcs } from './unknown-npcs.ts';

async function meet(npcIds: readonly (string | number | null)[]): Promise<unknown[]> {
  const lines: string[] = [];
  const unknownNpcs = createUnknownNpcs(
    await loadPersonas(),
    pino({}, { write: (line) => void lines.push(line) }),
  );
  for (const npcId of npcIds) unknownNpcs.note(npcId);
  return lines.map((line) => (JSON.parse(line) as { npc_id: unknown }).npc_id);
}

it('are logged once for each name', async () => {
  expect(await meet(['sgae-of-prontera', 12, 'sgae-of-prontera', 12])).toEqual(['sgae-of-prontera', 12]);
});

it('are not those whose persona answers, nor NPCs without a name', async () => {
  expect(await meet(['sage-of-prontera', 'Sage of Prontera#2', 'neutral', null])).toEqual([]);
});

it('are told up to a hundred of', async () => {
  const numbers = Array.from({ length: 500 }, (_, index) => index);
  expect(await meet([...numbers, ...numbers])).toHaveLength(100);
});
