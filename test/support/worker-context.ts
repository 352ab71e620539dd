import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { createAiClient } from '../../src/ai/ai-client.ts';
import { createBreaker } from '../../src/ai/breaker.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createEvents } from '../../src/base/events.ts';
import { WORKER } from '../../src/config/schema.ts';
import { defaultsOf } from '../../src/config/setting.ts';
import type { ClaimedRequest } from '../../src/queue/request.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import type { WorkerContext } from '../../src/worker/worker-parts.ts';

const WORKER_ID = 'test-host:1:0123abcd';

/** What the parts of a worker need, on a SQLite file of its own. */
export interface TestContext extends WorkerContext {
  /** Another connection to the same file, as another process has it. */
  readonly sql: DatabaseSyncInstance;
  /** Inserts so many requests and claims them. */
  claim(count: number): Promise<ClaimedRequest[]>;
  close(): Promise<void>;
}

export async function openTestContext(aiServiceUrl: string): Promise<TestContext> {
  const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-part-test-'));
  const file = join(folder, 'queue.sqlite');
  const store = await openSqliteStore(file);
  const client = createAiClient({
    baseUrl: aiServiceUrl,
    headers: {},
    maxResponseBytes: 16_384,
    connections: 8,
  });
  const sql = new DatabaseSync(file, { timeout: 5_000 });
  return {
    workerId: WORKER_ID,
    store,
    client,
    breaker: createBreaker(systemClock),
    events: createEvents(),
    clock: systemClock,
    settings: settingsFor(aiServiceUrl),
    sql,
    async claim(count) {
      const request = { type: 't', endpoint: '/echo', data: '{}', priority: 5, timeoutSeconds: 30 };
      const requests = Array.from({ length: count }, () => ({
        ...request,
        sourceNpc: null,
        sourceMap: null,
      }));
      await store.insert(requests);
      return await store.claim(WORKER_ID, count);
    },
    async close() {
      sql.close();
      await client.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function settingsFor(aiServiceBaseUrl: string): WorkerContext['settings'] {
  return { ...defaultsOf(WORKER), concurrency: 8, aiServiceBaseUrl, doorbellBind: null };
}
