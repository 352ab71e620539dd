import { afterAll, beforeAll, beforeEach } from 'vitest';
import { ModelError } from '../../src/providers/model-error.ts';
import { createOpenAiProvider } from '../../src/providers/openai.ts';
import type { LearntProfile } from '../../src/providers/profile-book.ts';
import type { ModelProvider, ModelQuestion, ModelServer } from '../../src/providers/provider.ts';
import { behaviours } from './ai-stub.ts';
import { FakeClock } from './fake-clock.ts';
import { type ModelStub, startModelStub } from './model-stub.ts';

export const QUESTION: ModelQuestion = {
  model: 'tiny',
  system: 'You are a sage. Answer in JSON.',
  user: '{"says":"Is the road safe?"}',
  schema: { name: 'npc_speaks', schema: { type: 'object', properties: {} } },
  temperature: 0.8,
  maxTokens: 500,
};

export interface ProviderUnderTest {
  readonly stub: ModelStub;
  readonly clock: FakeClock;
  readonly learnt: readonly LearntProfile[];
  connect(changes?: Partial<ModelServer>): ModelProvider;
}

/** A stub of a model server for all tests of a file; for each of them a clock, and what was learnt. */
export function useProvider(): ProviderUnderTest {
  let stub: ModelStub;
  let clock: FakeClock;
  let learnt: LearntProfile[];
  beforeAll(async () => {
    stub = await startModelStub();
  });
  afterAll(() => stub.close());
  beforeEach(() => {
    stub.clear();
    clock = new FakeClock(0);
    learnt = [];
  });
  return {
    get stub() {
      return stub;
    },
    get clock() {
      return clock;
    },
    get learnt() {
      return learnt;
    },
    connect: (changes = {}) =>
      createOpenAiProvider({
        ...{ baseUrl: stub.url, apiKey: null, timeoutMs: 8_000, clock },
        onLearnt: (one) => learnt.push(one),
        ...changes,
      }),
  };
}

/** The ModelError with which the work ends. */
export async function failureOf(work: Promise<unknown>): Promise<ModelError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ModelError)) throw new Error(`no ModelError: ${String(error)}`);
  return error;
}

/** A server that answers with this message. */
export const chat = (message: object, finish = 'stop') =>
  behaviours.json({ choices: [{ index: 0, message, finish_reason: finish }] });
