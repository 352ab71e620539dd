import { AiIpc } from '../../src/client/index.ts';
import { startModelStub } from '../../test/support/model-stub.ts';
import { startServiceProcess } from '../service-process.ts';
import { msOf, type Promised } from './promise.ts';

const CALLS_AT_ONCE = 64;
const CALL_MS = 500;
const ROUNDS = 20;
const DEADLINE_MS = 1_000;

/** What is promised of an answer. */
export const ANSWERS: readonly Promised[] = [
  {
    name: `${ROUNDS} requests, one after the other, of a client that rings a worker at rest: the slowest answer`,
    withinMs: 700,
    async measure({ queue, startWorker }) {
      await startWorker({ POLL_INTERVAL_MS: '60000' });
      const ai = await AiIpc.open({ kind: 'mariadb', ...queue.settings });
      try {
        let slowestMs = 0;
        for (let round = 0; round < ROUNDS; round++)
          slowestMs = Math.max(slowestMs, await msOf(() => ai.ask('dialogue', '/echo', {})));
        return slowestMs;
      } finally {
        await ai.close();
      }
    },
  },
  {
    name: `200 requests at once, ${CALLS_AT_ONCE} calls at a time of ${CALL_MS} ms: the last answer`,
    withinMs: 3_000,
    async measure({ queue, startWorker }) {
      await startWorker({ CONCURRENCY: `${CALLS_AT_ONCE}` });
      return await msOf(async () => {
        await queue.insert(200, `/delay/${CALL_MS}`);
        await queue.waitForCounts({ completed: 200 }, 60_000);
      });
    },
  },
  {
    name: `a model that never answers, and a deadline of ${DEADLINE_MS} ms: the offline brain's answer`,
    withinMs: DEADLINE_MS,
    async measure() {
      const model = await startModelStub();
      model.fail('never');
      const service = await startServiceProcess({ AI_PROVIDER_URL: model.url, AI_MODEL: 'any' });
      try {
        return await msOf(() =>
          fetch(`${service.url}/api/v1/npc/dialogue`, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', 'X-Deadline-Ms': `${DEADLINE_MS}` },
            body: '{"message":"Hello"}',
          }).then((response) => response.json()),
        );
      } finally {
        await service.stop();
        await model.close();
      }
    },
  },
];
