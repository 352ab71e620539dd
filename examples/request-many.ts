// Ask for many NPCs at once: one transaction, all or none.
import { AiIpc } from 'ai-ipc';

const ai = await AiIpc.open({ kind: 'sqlite', file: './ai_ipc.sqlite' });

const ids = await ai.requestMany(
  ['Guard', 'Merchant', 'Bard'].map((npc) => ({
    type: 'decision',
    endpoint: '/api/v1/npc/decide',
    data: { npc_id: npc, context: 'It begins to rain.', actions: ['stay', 'take shelter'] },
    sourceNpc: npc,
    sourceMap: 'prontera',
  })),
);
console.log(`${ids.length} requests, from ${ids.at(0)} to ${ids.at(-1)}`);

await ai.close();
