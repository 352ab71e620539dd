import { createAiClient } from '../src/ai/ai-client.ts';

/** Calls the stub `count` times with our own client and no queue: what these cores can do at the most. Calls a second. */
export async function measureHttpAlone(
  url: string,
  options: { count: number; concurrency: number },
): Promise<number> {
  const { count, concurrency } = options;
  const client = createAiClient({
    baseUrl: url,
    headers: {},
    maxResponseBytes: 16_384,
    connections: concurrency,
  });
  let next = 0;
  async function callUntilDone(): Promise<void> {
    while (next < count) {
      next++;
      const result = await client.call({
        method: 'POST',
        endpoint: '/api/v1/npc/dialogue',
        body: REQUEST_DATA,
        headers: { 'idempotency-key': `bench-${next}`, 'x-ai-ipc-attempt': '1', 'x-deadline-ms': '10000' },
        timeoutMs: 10_000,
        signal: new AbortController().signal,
      });
      if (result.kind !== 'answer') throw new Error(`The stub gave ${result.kind}.`);
    }
  }
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: concurrency }, callUntilDone));
  const seconds = (performance.now() - startedMs) / 1000;
  await client.close();
  return count / seconds;
}

/** About 100 bytes, as the dialogue requests of NPC scripts have. */
export const REQUEST_DATA = JSON.stringify({
  npc_id: 'sage',
  player_id: 150_000,
  message: 'Where do I find the blacksmith of Prontera, please?',
});
