// Stop waiting after a while: the request is cancelled.
import { AiIpc, AiIpcError } from 'ai-ipc';

const ai = await AiIpc.open({ kind: 'sqlite', file: './ai_ipc.sqlite' });

try {
  const signal = AbortSignal.timeout(2_000);
  const { text } = await ai.ask('dialogue', '/api/v1/npc/dialogue', { message: 'Hello?' }, { signal });
  console.log(text);
} catch (error) {
  if (!(error instanceof AiIpcError) || error.code !== 'aborted') throw error;
  console.log(error.message);
}

await ai.close();
