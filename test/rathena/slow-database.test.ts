import { beforeEach, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { ScriptLibrary } from './script-library.ts';

const queue = useQueue();
const SLOW_MS = 300;
const QUICK_MS = 5;

let library: ScriptLibrary;
let id: number;
let costMs: number;
/** What the clock shows beside the time that statements took. */
let restMs: number;
beforeEach(async () => {
  await queue().clear();
  id = await queue().insertOne('/echo');
  library = new ScriptLibrary(await queue().database.connect());
  let [statements, nowMs] = [0, 1_000_000];
  restMs = 0;
  costMs = QUICK_MS;
  library.clock = {
    now: () => {
      nowMs += (library.statements - statements) * costMs + restMs;
      statements = library.statements;
      restMs = 0;
      return nowMs;
    },
    sleep: async (ms) => {
      restMs += ms;
    },
  };
  // What server it is, it asks once.
  expect(await library.call('F_AI_Status', id)).toBe(1);
});

async function statementsOf(call: () => Promise<unknown>): Promise<number> {
  const before = library.statements;
  await call();
  return library.statements - before;
}

const look = async () => await library.call('F_AI_Status', id);

it('over SQL, one slow answer is still taken, and then nothing is asked for a second', async () => {
  costMs = SLOW_MS;
  expect(await look()).toBe(1);

  expect(await statementsOf(look)).toBe(0);
  expect(await look()).toBe(0);
  expect(await library.call('F_AI_JsonEscape', 'hello')).toBe('');
  expect(await library.call('F_AI_Error', -1)).toMatch(/^database_unavailable: The database took 300 ms/);

  restMs = 1_001;
  expect(await statementsOf(look)).toBe(1);
});

it('over SQL, a database that stays slow is asked less and less, at least twice a minute; a quick answer ends that', async () => {
  costMs = SLOW_MS;
  for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    expect(await statementsOf(look)).toBe(1);
    restMs = pauseMs - 1;
    expect(await statementsOf(look)).toBe(0);
    restMs = 2;
  }
  costMs = QUICK_MS;
  for (let round = 0; round < 3; round += 1) expect(await statementsOf(look)).toBe(1);
  costMs = SLOW_MS;
  await look();
  restMs = 1_001;
  expect(await statementsOf(look)).toBe(1);
});

it('over SQL, who waits for an answer waits on while nothing is asked', async () => {
  costMs = SLOW_MS;
  await look();
  costMs = QUICK_MS;
  expect(await library.call('F_AI_SqlLook', id)).toBe(1);
});
