import { Pool } from 'undici';

const TIMEOUT_MS = 10_000;

/**
 * Calls the AI service as our own worker does, with its HTTP client, which takes a fraction of what Node's `fetch` takes:
 * peers are to differ by their queues alone. Gives the answer's text.
 */
export function createAiCall(url: string, connections: number): (data: unknown) => Promise<string> {
  const pool = new Pool(url, { connections, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  return async (data) => {
    const response = await pool.request({
      method: 'POST',
      path: '/api/v1/npc/dialogue',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(data),
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`The AI service answered with ${response.statusCode}.`);
    return text;
  };
}
