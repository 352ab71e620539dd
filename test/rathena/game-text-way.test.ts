import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { CodepageName } from '../../src/game-text/codepage.ts';
import {
  databaseOf,
  modelServer,
  remembered,
  useServices,
} from '../integration/support/service-under-test.ts';
import { type ModelStub, startModelStub } from '../support/model-stub.ts';
import { useQueue } from '../support/queue-observer.ts';
import { useWorkers } from '../support/worker-process.ts';
import { useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const startWorker = useWorkers();
const serve = useServices();
const queue = useQueue();
const ENDED_WITHIN_MS = 20_000;
const SAGE = 'sage-of-prontera';
/** euc-kr: the quotes, the ellipsis and ― are there, a dash of Western length and the emoji are not. */
const KOREAN = Buffer.from('a1aec6f7bcc7a1af203130b0b3a1aa', 'hex');

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

it.each<[string, CodepageName | 'utf8']>([
  ['the map server alone', 'utf8'],
  ['the service and the map server', 'euckr'],
])('what a model writes reaches the client in its codepage, folded by %s', async (_, clientCodepage) => {
  const said = '‘포션’ 10개— 😀';
  model.write(JSON.stringify({ text: said, emotion: 'happy', action: null }));
  const { url } = await serve({ ...modelServer(model), clientCodepage }, databaseOf(queue().settings));
  await startWorker(queue().settings, { AI_SERVICE_BASE_URL: url }).started();
  const server = await startMapServer(queue().settings, { settings: 'client_codepage: euckr\n' });

  const data = JSON.stringify({ npc_id: SAGE, player_id: 7, message: 'potion?' });
  const id = await server.number('ai_db_request', 'dialogue', '/api/v1/npc/dialogue', data);
  const answer = await server.bytes('ai_db_response', id, ENDED_WITHIN_MS);

  expect(await server.bytes('ai_json_get', answer, 'text')).toEqual(KOREAN);
  expect(answer.includes('?')).toBe(false);
  expect(await remembered(url, SAGE, 7)).toMatchObject([{ answered: said }]);
});
