import type { AiStubProcess } from '../../test/support/ai-stub-process.ts';
import type { TestDatabase } from '../../test/support/test-database.ts';
import { measureDrain } from '../one-drain.ts';

const TABLES = 'ai_requests, ai_responses, ai_request_log';

/** Requests a second after `OPTIMIZE` and `ANALYZE`, to those before, in a table of which half was deleted. */
export async function measureOptimize(
  database: TestDatabase,
  stub: AiStubProcess,
  requests: number,
): Promise<number> {
  const load = { settings: {}, warmUp: requests, requests };
  await measureDrain(database, stub, load);
  await database.query('DELETE FROM ai_requests WHERE id MOD 2 = 0');
  await database.query('DELETE FROM ai_request_log');
  const before = await speed(database, stub, requests);
  await database.query(`OPTIMIZE TABLE ${TABLES}`);
  await database.query(`ANALYZE TABLE ${TABLES}`);
  return (await speed(database, stub, requests)) / before;
}

async function speed(database: TestDatabase, stub: AiStubProcess, requests: number): Promise<number> {
  const { perSecond } = await measureDrain(database, stub, {
    settings: {},
    warmUp: requests / 2,
    requests,
    areOthersThere: true,
  });
  return perSecond;
}
