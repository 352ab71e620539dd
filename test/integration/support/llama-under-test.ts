import pino from 'pino';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { ServiceSettings } from '../../../src/config/load.ts';
import { MODEL_SERVER } from '../../../src/config/service-schema.ts';
import { defaultsOf } from '../../../src/config/setting.ts';
import { fetchLlamaServer, type LlamaServer, startLlamaServer } from '../../support/llama-server.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';
import { startTimingsProxy, type TimingsProxy } from '../../support/timings-proxy.ts';
import { databaseOf, SCHEMA, useServices } from './service-under-test.ts';

const FETCH_TIMEOUT_MS = 600_000;
/** The sampler's, so that the model with its random weights writes the same in each run. */
const SEED = ['--seed', '1'];

export interface ServedLlama {
  /** The AI service's. */
  readonly url: string;
  readonly llama: LlamaServer;
  /** Between the two. */
  readonly proxy: TimingsProxy;
  readonly database: TestDatabase;
  /** What the service has logged. */
  readonly log: readonly string[];
}

interface LlamaOptions {
  /** An admin's own fields for the body of each call. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Of the service, besides the model server. */
  readonly settings?: Partial<ServiceSettings>;
}

/** Starts llama.cpp servers with services before them that end with the test; undefined where the package cannot be had. */
export function useLlama(): (
  args: readonly string[],
  options?: LlamaOptions,
) => Promise<ServedLlama | undefined> {
  let root: string | undefined;
  let reason = '';
  let database: TestDatabase;
  let llama: LlamaServer | undefined;
  let proxy: TimingsProxy | undefined;
  const serve = useServices();
  beforeAll(async () => {
    root = await fetchLlamaServer().catch((error: Error) => {
      reason = error.message;
      process.stderr.write(`left out: no real llama.cpp server was asked, as ${reason}\n`);
      return undefined;
    });
  }, FETCH_TIMEOUT_MS);
  beforeEach(async () => {
    database = await createTestDatabase();
    await database.loadSqlFile(SCHEMA);
  });
  afterEach(async () => {
    await proxy?.close();
    await llama?.stop();
    await database.drop();
    proxy = undefined;
    llama = undefined;
  });
  return async (args, { body = {}, settings = {} } = {}) => {
    if (root === undefined) {
      expect(reason).toMatch(/^llama\.cpp cannot be had: /);
      return undefined;
    }
    llama = await startLlamaServer(root, [...SEED, ...args]);
    proxy = await startTimingsProxy(llama.url);
    const server = { url: `${proxy.url}/v1`, model: 'tiny', isWarmedUp: false, body };
    const modelServer = { ...defaultsOf(MODEL_SERVER), ...server };
    const log: string[] = [];
    const { url } = await serve(
      { modelServer, modelTimeoutSeconds: 60, deadlineMs: 60_000, ...settings },
      databaseOf(database.settings),
      { logger: pino({ level: 'info' }, { write: (line: string) => log.push(line) }) },
    );
    return { url, llama, proxy, database, log };
  };
}
