// What cannot be accepted throws an AiIpcError; nothing is stored.
import { AiIpc, AiIpcError } from 'ai-ipc';

const ai = await AiIpc.open({ kind: 'sqlite', file: './ai_ipc.sqlite' });

try {
  await ai.request('dialogue', 'http://example.com/', { message: 'Hello' });
} catch (error) {
  if (!(error instanceof AiIpcError)) throw error;
  console.log(error.code, error.message);
}

await ai.close();
