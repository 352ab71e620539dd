import { afterAll, afterEach, beforeAll } from 'vitest';
import type { ServiceSettings } from '../../src/config/load.ts';
import { databaseOf, modelServer, useServices } from '../integration/support/service-under-test.ts';
import { type ModelStub, startModelStub } from './model-stub.ts';
import { type QueueObserver, useQueue } from './queue-observer.ts';
import { useWorkers, type WorkerProcess } from './worker-process.ts';

/** The whole way of a request: row, worker, service, model, and back. */
export interface ModelWay {
  readonly queue: QueueObserver;
  readonly model: ModelStub;
  /** A service of this model, with its memory in the queue's database unless it is told to have none. */
  serve(
    settings?: Partial<ServiceSettings>,
    options?: { readonly hasMemory?: boolean },
  ): Promise<{ readonly url: string }>;
  /** A worker that calls this service, and serves. */
  startWorker(url: string, env?: Readonly<Record<string, string>>): Promise<WorkerProcess>;
  /** The answers of these requests, in the order of their ids. */
  answersOf(ids: readonly number[]): Promise<Record<string, unknown>[]>;
  answerOf(id: number): Promise<Record<string, unknown>>;
}

/** The stub answers at once, but a machine that others use may not: no limit of ours ends a call before this. */
const PATIENCE_SECONDS = 120;

/** A queue and a model for the tests of a file, each of which leaves them as it found them. */
export function useModelWay(): ModelWay {
  const queue = useQueue();
  const startWorker = useWorkers();
  const serve = useServices();
  let model: ModelStub;
  beforeAll(async () => {
    model = await startModelStub();
  });
  afterAll(() => model.close());
  afterEach(async () => {
    model.clear();
    await queue().database.query('DELETE FROM ai_npc_memory');
    await queue().clear();
  });
  const answersOf = async (ids: readonly number[]) => {
    const rows = await queue().database.query<{ response_data: string }[]>(
      'SELECT response_data FROM ai_responses WHERE request_id IN (?) ORDER BY request_id',
      [ids],
    );
    return rows.map((row) => JSON.parse(row.response_data) as Record<string, unknown>);
  };
  return {
    get queue() {
      return queue();
    },
    get model() {
      return model;
    },
    serve: (settings = {}, { hasMemory = true } = {}) =>
      serve(
        { ...modelServer(model), modelTimeoutSeconds: PATIENCE_SECONDS, ...settings },
        ...(hasMemory ? [databaseOf(queue().settings)] : []),
      ),
    async startWorker(url, env = {}) {
      const patience = { AI_SERVICE_TIMEOUT: String(PATIENCE_SECONDS) };
      const worker = startWorker(queue().settings, { AI_SERVICE_BASE_URL: url, ...patience, ...env });
      await worker.started();
      return worker;
    },
    answersOf,
    async answerOf(id) {
      const [answer] = await answersOf([id]);
      if (answer === undefined) throw new Error(`Request ${id} has no answer.`);
      return answer;
    },
  };
}
