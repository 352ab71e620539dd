// Delete what ended more than an hour ago, with its responses.
import { AiIpc } from 'ai-ipc';

const ai = await AiIpc.open({ kind: 'sqlite', file: './ai_ipc.sqlite' });

console.log(`${await ai.cleanup(3_600)} requests deleted`);

await ai.close();
