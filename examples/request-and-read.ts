// Ask, do something else, and look for the answer, as an NPC script does.
import { setTimeout as sleep } from 'node:timers/promises';
import { AI_REQ_COMPLETED, AI_REQ_PENDING, AI_REQ_PROCESSING, AiIpc } from 'ai-ipc';

const ai = await AiIpc.open({ kind: 'sqlite', file: './ai_ipc.sqlite' });

const id = await ai.request('dialogue', '/api/v1/npc/dialogue', { message: 'Hello' });

let status = await ai.status(id);
while (status === AI_REQ_PENDING || status === AI_REQ_PROCESSING) {
  await sleep(100);
  status = await ai.status(id);
}
if (status === AI_REQ_COMPLETED) console.log(await ai.response(id));
else console.log(`No answer: ${(await ai.read(id))?.errorMessage}`);

await ai.close();
