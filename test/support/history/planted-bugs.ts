import { AiIpcError } from '../../../src/base/errors.ts';
import type { SettledAttempt, SettleFate } from '../../../src/queue/outcome.ts';
import type { QueueStore } from '../../../src/queue/queue-store.ts';
import { logRow } from '../../../src/store/log-rows.ts';
import { type Planted, TOO_SHORT_LIFE_S } from './small-run.ts';
import type { ReadRows } from './tables.ts';

/** A bug as somebody might make it, and the rule of check-history.ts that finds it. */
interface PlantedBug extends Planted {
  readonly name: string;
  readonly rule: string;
}

type Plant = (store: QueueStore, sql: ReadRows) => Partial<QueueStore>;

function inStore(name: string, rule: string, plant: Plant): PlantedBug {
  return { name, rule, store: (store, sql) => ({ ...store, ...plant(store, sql) }) };
}

/** After each settle, for the answers that met this fate. */
function afterSettle(
  fate: SettleFate,
  then: (sql: ReadRows, workerId: string, attempt: SettledAttempt, answer: string) => Promise<unknown>,
): Plant {
  return (store, sql) => ({
    async settle(workerId, attempts) {
      const fates = await store.settle(workerId, attempts);
      for (const [index, attempt] of attempts.entries())
        if (fates[index] === fate && attempt.outcome.kind === 'completed')
          await then(sql, workerId, attempt, attempt.outcome.answer);
      return fates;
    },
  });
}

const LOG = 'INSERT INTO ai_request_log (request_id, event_type, event_data) VALUES (?, ?, ?)';
const RESPOND = `
  INSERT INTO ai_responses (request_id, response_data) VALUES (?, ?)
      ON DUPLICATE KEY UPDATE response_data = VALUES(response_data), error_message = NULL`;

async function complete(
  sql: ReadRows,
  workerId: string,
  attempt: SettledAttempt,
  answer: string,
): Promise<void> {
  const set =
    "UPDATE ai_requests SET status = 'completed', processed_at = NOW(3), error_code = NULL WHERE id = ?";
  await sql(set, [attempt.id]);
  await sql(RESPOND, [attempt.id, answer]);
  await sql(LOG, logRow(attempt.id, 'completed', { worker: workerId, attempt: attempt.attempt }));
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  // The first, since it takes longest: another worker has to see that somebody is dead.
  inStore('a release that is lost', 'nothing left behind', () => ({
    release: async (_, claims) => claims.length,
  })),
  inStore(
    'a fence that is dropped: who lost its claim writes all the same',
    'possible story',
    afterSettle('dropped', complete),
  ),
  inStore('a settle that happens twice', 'one end', afterSettle('written', complete)),
  inStore('a release that keeps the attempt', 'possible story', (store, sql) => ({
    async release(workerId, claims) {
      const released = await store.release(workerId, claims);
      const ids = claims.map(({ id }) => id);
      if (ids.length > 0) await sql('UPDATE ai_requests SET attempts = attempts + 1 WHERE id IN (?)', [ids]);
      return released;
    },
  })),
  inStore('an answer that is stored for another id', 'own answer', (store) => {
    let last: SettledAttempt['outcome'] | undefined;
    const swapped = (attempt: SettledAttempt): SettledAttempt => {
      if (attempt.outcome.kind !== 'completed') return attempt;
      const outcome = last ?? attempt.outcome;
      last = attempt.outcome;
      return { ...attempt, outcome };
    };
    return { settle: (workerId, attempts) => store.settle(workerId, attempts.map(swapped)) };
  }),
  {
    name: 'an AI service that answers one caller with what is for another',
    rule: 'own answer',
    deliver: mixUp(),
  },
  inStore('an answer that is told to another', 'true words', (store) => {
    let last: string | undefined;
    return {
      async read(id) {
        const view = await store.read(id);
        if (view?.responseData === null || view === undefined) return view;
        const responseData = last ?? view.responseData;
        last = view.responseData;
        return { ...view, responseData };
      },
    };
  }),
  inStore(
    'an answer that is not stored with its request',
    'one response',
    afterSettle('written', (sql, _, { id }) => sql('DELETE FROM ai_responses WHERE request_id = ?', [id])),
  ),
  inStore('an answer that is written after the end of the life', 'no late answer', (store, sql) => ({
    async settle(workerId, attempts) {
      const fates = await store.settle(workerId, attempts);
      for (const attempt of attempts) {
        if (attempt.outcome.kind !== 'timeout') continue;
        await sql('SELECT SLEEP(0.05)', []);
        await complete(sql, workerId, attempt, '{}');
      }
      return fates;
    },
  })),
  inStore('a cancel that does nothing and says true', 'cancelled for good', () => ({
    cancel: async () => true,
  })),
  inStore('a cancel that cancels and says false', 'true words', (store) => ({
    async cancel(id) {
      await store.cancel(id);
      return false;
    },
  })),
  inStore('a request that is lost after its id was told', 'one end', (store, sql) => ({
    async insert(requests, connection) {
      const ids = await store.insert(requests, connection);
      if (requests[0]?.timeoutSeconds === TOO_SHORT_LIFE_S)
        await sql('DELETE FROM ai_requests WHERE id IN (?)', [ids]);
      return ids;
    },
  })),
  inStore('a request that is stored twice', 'asked once', (store) => ({
    async insert(requests, connection) {
      await store.insert(requests, connection);
      return await store.insert(requests, connection);
    },
  })),
  inStore('a stored request that is told as not stored', 'true words', (store) => {
    let isFirst = true;
    return {
      async insert(requests, connection) {
        const ids = await store.insert(requests, connection);
        if (!isFirst) return ids;
        isFirst = false;
        throw new AiIpcError('database_unavailable', 'The connection broke: it was not stored.');
      },
    };
  }),
  inStore('a claim that is served twice', 'calls are claimed', (store) => {
    let isFirst = true;
    return {
      async claim(workerId, limit) {
        const claimed = await store.claim(workerId, limit);
        const again = isFirst ? claimed.slice(0, 1) : [];
        if (claimed.length > 0) isFirst = false;
        return [...claimed, ...again];
      },
    };
  }),
  inStore('a change that is not logged', 'possible story', (store, sql) => ({
    async claim(workerId, limit) {
      const claimed = await store.claim(workerId, limit);
      const ids = claimed.map(({ id }) => id);
      if (ids.length > 0)
        await sql("DELETE FROM ai_request_log WHERE event_type = 'claimed' AND request_id IN (?)", [ids]);
      return claimed;
    },
  })),
  inStore('an end that is taken back', 'one end', takeBackFirst()),
  inStore('a sweep that ends nothing', 'not left open', () => ({ expire: async () => 0 })),
];

/** Of each store, one: it is served anew. */
function takeBackFirst(): Plant {
  return (store, sql) => {
    let isFirst = true;
    const takeBack = async (reader: ReadRows, _: string, { id }: SettledAttempt) => {
      if (!isFirst) return;
      isFirst = false;
      await reader("UPDATE ai_requests SET status = 'pending', processed_at = NULL WHERE id = ?", [id]);
    };
    return afterSettle('written', takeBack)(store, sql);
  };
}

/** Each answer goes to the caller after the one that it is for. */
function mixUp(): NonNullable<Planted['deliver']> {
  let last: Parameters<NonNullable<Planted['deliver']>>[0] | undefined;
  return (answer, call, response) => {
    (last ?? answer)(call, response);
    last = answer;
  };
}
