import { beforeEach, describe, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { ScriptLibrary } from './script-library.ts';

const queue = useQueue();
const NURSE = 'Nurse';
const POTION = 501;

let library: ScriptLibrary;
beforeEach(async () => {
  library = new ScriptLibrary(await queue().database.connect());
});

async function refusal(most: number, seconds: number, item = POTION, npc = NURSE): Promise<string> {
  return String(await library.call('F_AI_GiftRefusal', npc, item, most, seconds));
}

/** A character asks once a second, of an NPC that always wants to give. When he got one, in seconds since the start. */
async function timesOfGifts(forSeconds: number, most: number, seconds: number): Promise<number[]> {
  const begin = library.seconds;
  const times: number[] = [];
  for (; library.seconds < begin + forSeconds; library.seconds += 1) {
    if ((await refusal(most, seconds)) !== '') continue;
    await library.call('F_AI_GiftNote', NURSE, POTION, most);
    times.push(library.seconds - begin);
  }
  return times;
}

describe('an NPC gives no more than so many in any so many seconds', () => {
  it.each([
    [1, 10],
    [2, 10],
    [3, 7],
    [7, 20],
  ])('%i in %i s', async (most, seconds) => {
    const times = await timesOfGifts(200, most, seconds);

    expect(times.length).toBeGreaterThanOrEqual(Math.floor(200 / (seconds + most)) * most);
    for (const [at, first] of times.entries()) {
      const oneMore = times[at + most];
      if (oneMore !== undefined) expect(oneMore - first).toBeGreaterThan(seconds);
    }
  });

  it('neither at the end of one time nor at the beginning of the next', async () => {
    await library.call('F_AI_GiftNote', NURSE, POTION, 2);
    library.seconds += 59;
    expect(await refusal(2, 60)).toBe('');
    await library.call('F_AI_GiftNote', NURSE, POTION, 2);
    library.seconds += 2;
    expect(await refusal(2, 60)).toBe('');
    await library.call('F_AI_GiftNote', NURSE, POTION, 2);
    expect(await refusal(2, 60)).toBe('gift_limit: This character has got 2 in 60 s.');
  });

  it('a script with a smaller number forgets nothing of one with a larger', async () => {
    for (let gift = 0; gift < 5; gift += 1) await library.call('F_AI_GiftNote', NURSE, POTION, 5);
    library.seconds += 20;
    await library.call('F_AI_GiftNote', NURSE, POTION, 1);
    expect(await refusal(5, 3600)).toContain('gift_limit');
    expect(await refusal(6, 3600)).toBe('');
  });

  it('a clock that is put back gives none away', async () => {
    await library.call('F_AI_GiftNote', NURSE, POTION, 1);
    library.seconds -= 1000;
    expect(await refusal(1, 60)).toContain('gift_limit');
  });
});

describe('what is counted', () => {
  it('is each item of each NPC', async () => {
    await library.call('F_AI_GiftNote', NURSE, POTION, 1);
    expect(await refusal(1, 60)).toContain('gift_limit');
    expect(await refusal(1, 60, 502)).toBe('');
    expect(await refusal(1, 60, POTION, 'Monk')).toBe('');
  });

  it('never goes above a hundred', async () => {
    for (let gift = 0; gift < 100; gift += 1) await library.call('F_AI_GiftNote', NURSE, POTION, 1000);
    expect(await refusal(1000, 60)).toBe('gift_limit: This character has got 100 in 60 s.');
  });
});

it('nothing is given to who cannot carry it, and none where the script says none', async () => {
  library.canCarry = false;
  expect(await refusal(1, 60)).toContain('gift_weight');
  library.canCarry = true;
  expect(await refusal(0, 60)).toContain('gift_limit');
});
