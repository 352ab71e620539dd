import { expect, it } from 'vitest';
import type { CodepageName } from '../../src/game-text/codepage.ts';
import { remembered } from '../integration/support/service-under-test.ts';
import { useModelWay } from '../support/model-way.ts';
import { useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const way = useModelWay();
const ENDED_WITHIN_MS = 60_000;
const SAGE = 'sage-of-prontera';
/** euc-kr: the quotes, the ellipsis and ― are there, a dash of Western length and the emoji are not. */
const KOREAN = Buffer.from('a1aec6f7bcc7a1af203130b0b3a1aa', 'hex');

it.each<[string, CodepageName | 'utf8']>([
  ['the map server alone', 'utf8'],
  ['the service and the map server', 'euckr'],
])('what a model writes reaches the client in its codepage, folded by %s', async (_, clientCodepage) => {
  const said = '‘포션’ 10개— 😀';
  way.model.write(JSON.stringify({ text: said, emotion: 'happy', action: null }));
  const { url } = await way.serve({ clientCodepage });
  await way.startWorker(url);
  const server = await startMapServer(way.queue.settings, { settings: 'client_codepage: euckr\n' });

  const data = JSON.stringify({ npc_id: SAGE, player_id: 7, message: 'potion?' });
  const id = await server.number('ai_db_request', 'dialogue', '/api/v1/npc/dialogue', data);
  const answer = await server.bytes('ai_db_response', id, ENDED_WITHIN_MS);

  expect(await server.bytes('ai_json_get', answer, 'text')).toEqual(KOREAN);
  expect(answer.includes('?')).toBe(false);
  expect(await remembered(url, SAGE, 7)).toMatchObject([{ answered: said }]);
});
