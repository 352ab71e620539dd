import { afterAll, beforeEach, expect, it } from 'vitest';
import { AiIpc } from '../../src/client/ai-ipc.ts';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { holdAnswers } from '../support/held-answers.ts';
import { useQueue } from '../support/queue-observer.ts';
import { RefusingProxy } from '../support/refusing-proxy.ts';
import { waitFor } from '../support/wait-for.ts';
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
    const env = { AI_SERVICE_BASE_URL: stub.url, DB_SSL: 'disabled', AI_SERVICE_TIMEOUT: '120' };
    const worker = startWorker(through, env);
    await worker.started();
    const held = holdAnswers();
    stub.behaveAlways(held.behaviour);
    const asked = client.ask('dialogue', '/echo', { message: 'Hello' }, { timeoutSeconds: 300 });
    // Two looks of the worker at its claims, of which the first finds none; and twice no reads of the client find it.
    const isBehind = () => looks > 1 && reads > 2 * BEHIND;
    await waitFor(isBehind, { timeoutMs: 20_000, what: 'looks and reads of a server that is behind' });
    held.release();
    expect(await asked).toMatchObject({ status: 'completed', error: null });
    expect(stub.calls).toHaveLength(1);
    await worker.stop();
  } finally {
    await client.close();
    await proxy.close();
  }
});
