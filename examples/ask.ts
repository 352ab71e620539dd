// Ask and wait for the answer.
import { AiIpc } from 'ai-ipc';

const ai = await AiIpc.open({ kind: 'sqlite', file: './ai_ipc.sqlite' });

const { id, status, text, error } = await ai.ask(
  'dialogue',
  '/api/v1/npc/dialogue',
  { npc_id: 'sage-of-prontera', message: 'Where am I?' },
  { priority: 2, timeoutSeconds: 10 },
);
console.log(error ? `No answer: ${error.message}` : `The sage says: ${text}`);
console.log(`request ${id}: ${status}`);

await ai.close();
