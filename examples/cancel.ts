// Take a request back, because the player has walked away.
import { AI_REQ_CANCELLED, AiIpc } from 'ai-ipc';

const ai = await AiIpc.open({ kind: 'sqlite', file: './ai_ipc.sqlite' });

const id = await ai.request('dialogue', '/api/v1/npc/dialogue', { message: 'Wait for me!' });
const isCancelled = await ai.cancel(id); // false when it has ended already
console.log(isCancelled, (await ai.status(id)) === AI_REQ_CANCELLED);

await ai.close();
