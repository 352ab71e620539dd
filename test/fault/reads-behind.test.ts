import { afterAll, beforeEach, expect, it } from 'vitest';
import { AiIpc } from '../../src/client/ai-ipc.ts';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { useQueue } from '../support/queue-observer.ts';
import { RefusingProxy } from '../support/refusing-proxy.ts';
import { useWorkers } from '../support/worker-process.ts';

/** As of another server than the one that was written to: so many reads find nothing. */
const BEHIND = 5;
const isRead = (sql: string) => sql.includes('LEFT JOIN ai_responses');
const isLookForClaims = (sql: string) => sql.includes("WHERE status = 'processing' AND claimed_by =");

const queue = useQueue();
const startWorker = useWorkers();
const stub: AiStub = await startAiStub();

beforeEach(() => queue().clear());
afterAll(() => stub.close());

it('a request that reads do not find yet, at first and once more, is answered, and called once', async () => {
  const { settings } = queue();
  let [reads, looks] = [0, 0];
  const proxy = await RefusingProxy.start({
    target: settings,
    onStatement(sql) {
      if (isLookForClaims(sql) && looks++ === 0) return `${sql} LIMIT 0`;
      return isRead(sql) && reads++ % (2 * BEHIND) < BEHIND ? `${sql} LIMIT 0` : undefined;
    },
  });
  const through = { ...settings, host: '127.0.0.1', port: proxy.port };
  const client = await AiIpc.open({ ...through, kind: 'mariadb', ssl: 'disabled' });
  try {
    const worker = startWorker(through, { AI_SERVICE_BASE_URL: stub.url, DB_SSL: 'disabled' });
    await worker.started();
    // Long enough for two looks of the worker at its claims, of which the first finds none.
    const result = await client.ask('dialogue', '/delay/2500', { message: 'Hello' });
    expect(result).toMatchObject({ status: 'completed', error: null });
    expect(reads).toBeGreaterThan(2 * BEHIND);
    expect(looks).toBeGreaterThan(1);
    expect(stub.calls).toHaveLength(1);
    await worker.stop();
  } finally {
    await client.close();
    await proxy.close();
  }
});
