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
  async function callUntil(end: number): Promise<void> {
    while (next < end) {
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
  const callAll = (end: number) => Promise.all(Array.from({ length: concurrency }, () => callUntil(end)));
  // Its connections are open before the measuring begins, as those of the worker are.
  const opening = 4 * concurrency;
  await callAll(opening);
  const startedMs = performance.now();
  await callAll(opening + count);
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
