import { beforeEach, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { settle } from './arrange.ts';
import { ScriptLibrary } from './script-library.ts';

const queue = useQueue();
const DIALOGUE = '/api/v1/npc/dialogue';
/** What may wait, and the guard against a second click. */
const STEPS = /^F_AI_(?:Request|Response|Error|Cancel)\b|^F_AI_SetBusy (?:0|\d+)$/;
/** Of a wait of 1 ms. */
const LIFE_SECONDS = 1;

let library: ScriptLibrary;
beforeEach(async () => {
  await queue().clear();
  library = new ScriptLibrary(await queue().database.connect());
});

/** In which order it went; a guard that stands for so many seconds is +N. */
async function stepsOf(endpoint: string, timeoutMs: number): Promise<string[]> {
  await library.call('F_AI_Fetch', 'dialogue', endpoint, '{}', timeoutMs);
  return library.calls
    .filter((call) => STEPS.test(call))
    .map((call) => {
      const [name = '', argument] = call.split(' ');
      if (name !== 'F_AI_SetBusy') return name;
      return argument === '0' ? 'free' : `+${Number(argument) - library.seconds}`;
    });
}

it('the guard stands until the last wait of a question that nobody answers', async () => {
  expect(await stepsOf(DIALOGUE, 1)).toEqual([
    ...[`+${LIFE_SECONDS + 4}`, 'F_AI_Request', `+${LIFE_SECONDS + 4}`, 'F_AI_Response'],
    ...['+5', 'F_AI_Error', 'F_AI_Cancel', 'free'],
  ]);
  expect(await library.call('F_AI_Last', 'error')).toBe('timeout: There was no answer within 1 ms.');
  expect(await queue().statusCounts()).toEqual({ cancelled: 1 });
});

it('of a question that is refused, until the reason is known', async () => {
  expect(await stepsOf('nonsense', 1)).toEqual([
    ...[`+${LIFE_SECONDS + 4}`, 'F_AI_Request', 'F_AI_Error', 'free'],
  ]);
  expect(await library.call('F_AI_Last', 'error')).toMatch(/^bad_endpoint: /);
  expect(await library.call('F_AI_Last', 'id')).toBe(0);
});

it('and of one that is answered, until the answer', async () => {
  library.clock = {
    ...library.clock,
    sleep: async () => {
      const [row] = await queue().database.query<{ id: bigint | number }[]>('SELECT id FROM ai_requests');
      await settle(queue(), Number(row!.id), { response: '{"text":"Hi"}' });
      library.clock = { ...library.clock, sleep: async () => undefined };
    },
  };
  expect((await stepsOf(DIALOGUE, 60_001)).slice(-2)).toEqual(['F_AI_Response', 'free']);
  expect(await library.call('F_AI_Last', 'error')).toBe('');
  expect(await library.call('F_AI_Last', 'text')).toBe('Hi');
});
