import { describe, it } from 'vitest';
import { checkCommandsCompile } from './harness/build.ts';

describe('the commands compile without a warning', () => {
  it.each([
    ['as they stand', []],
    ["against the signatures of rAthena's 2020-01", ['HARNESS_RATHENA_2020']],
    ["for rAthena's tools", ['MAP_GENERATOR']],
    ['without the name escape', ['AI_IPC_NO_ESCAPE']],
    ['without a thread', ['AI_IPC_NO_THREAD']],
  ])('%s', async (_name, definitions) => {
    await checkCommandsCompile(definitions);
  });
});
