import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type AiClient, type AiResult, createAiClient } from '../../src/ai/ai-client.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import { type AiStub, startAiStub } from './ai-stub.ts';

/** What the clients of these tests let through. */
export const MAX_BYTES = 16_384;

export function clientFor(
  baseUrl: string,
  changes: { headers?: Record<string, string>; connections?: number } = {},
): AiClient {
  return createAiClient({ baseUrl, headers: {}, maxResponseBytes: MAX_BYTES, connections: 4, ...changes });
}

export function errorOf(result: AiResult): { code: ErrorCode; message: string } {
  if (!('error' in result)) throw new Error(`no error in ${JSON.stringify(result)}`);
  return result.error;
}

/** A stub for all tests of a file, and for each a client of its own. */
export function useAiClient() {
  let stub: AiStub;
  let client: AiClient;
  beforeAll(async () => {
    stub = await startAiStub();
  });
  beforeEach(() => {
    stub.clear();
    client = clientFor(stub.url);
  });
  afterEach(() => client.close());
  afterAll(() => stub.close());
  return {
    get stub() {
      return stub;
    },
    get client() {
      return client;
    },
    /** Another client for this test: below a path of the stub, or with other headers. */
    async replaceClient(path: string, changes: Parameters<typeof clientFor>[1] = {}): Promise<void> {
      await client.close();
      client = clientFor(`${stub.url}${path}`, changes);
    },
  };
}
