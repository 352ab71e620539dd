import { beforeEach, describe, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { useMapServers } from './harness/map-server.ts';
import { ScriptLibrary } from './script-library.ts';

const startMapServer = useMapServers();
const queue = useQueue();

const SENTENCES = ['A stranger comes.', 'He says "open!"', '', ' {"a":1}', '[1]'];
const OBJECTS = ['{}', '{"a":"b, c"}', '{"item":"Meat","message":"} ,{"}', '{"a":{"b":[1,2]}}'];
/** What a player may type. */
const HOSTILE = [
  '{},"npc_id":"Another","x":{}',
  '{"a":1},"player_id":7',
  '{"a":1},{"b":2}',
  '{"a":1},',
  '{"a":1}]',
  '{"a":1}],"b":[{}',
  '{"a":1',
  '{a:1}',
  '{"a":"\\',
  '{',
];

describe.each(['with the C++ commands', 'over SQL'])('what a script says of a situation, %s', (way) => {
  let library: ScriptLibrary;
  beforeEach(async () => {
    const server = way === 'over SQL' ? undefined : await startMapServer(queue().settings);
    library = new ScriptLibrary(await queue().database.connect(), server);
  });

  /** The request as it is made of it. */
  async function contextOf(situation: string): Promise<unknown> {
    const context = await library.call('F_AI_Context', situation);
    return JSON.parse(`{"npc_id":"Guard","player_id":1,"context":${context},"actions":["a","b"]}`);
  }

  const REST = { npc_id: 'Guard', player_id: 1, actions: ['a', 'b'] };

  it('is a text where it is a sentence', async () => {
    for (const text of SENTENCES) expect(await contextOf(text)).toEqual({ ...REST, context: text });
  });

  it('is an object where it is one', async () => {
    for (const text of OBJECTS) expect(await contextOf(text)).toEqual({ ...REST, context: JSON.parse(text) });
  });

  it('is never a further field of the request', async () => {
    for (const text of HOSTILE) expect(await contextOf(text)).toEqual({ ...REST, context: text });
  });
});
