import { describe, expect, it } from 'vitest';
import { openServiceDatabase } from '../../src/service/base/service-database.ts';
import { createNpcMemory } from '../../src/service/memory/npc-memory.ts';
import { SAGE, saidIn } from '../support/old-friend.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { useLlama } from './support/llama-under-test.ts';
import { DIALOGUE, databaseOf, post } from './support/service-under-test.ts';

const FRIENDS = 12;
/** 20 are in the summary then, and 28 there word for word: the most that is remembered. */
const OLD_TALKS = 48;
const ANSWERED =
  'Wolves that speak are rare this side of Geffen; I would write down what it said before supper makes it longer.';
/** Some seconds on a busy machine. */
const TIMEOUT_MS = 300_000;

const serveWithLlama = useLlama();

/** As if these players had talked to the NPC often. */
async function befriend(test: TestDatabase, players: readonly number[]): Promise<void> {
  const { database, kind } = await openServiceDatabase(databaseOf(test.settings));
  try {
    const memory = createNpcMemory(database, kind);
    const talkOften = async (player: number) => {
      const owner = { npcId: SAGE, playerId: String(player) };
      for (let at = 0; at < OLD_TALKS; at += 1)
        await memory.remember(owner, { said: saidIn(at), answered: `${ANSWERED} (${at})` }, null);
    };
    await Promise.all(players.map(talkOften));
  } finally {
    await database.close();
  }
}

describe('twelve old friends at once', () => {
  it.each([
    ['four slots', ['--ctx-size', '8192', '--parallel', '4']],
    ['slots that share one context', ['--ctx-size', '4096']],
  ])(
    'are answered by a server with %s, and none finds an outage',
    async (_, args) => {
      const served = await serveWithLlama(args);
      if (served === undefined) return;
      const { url, log } = served;
      const players = Array.from({ length: FRIENDS }, (__, at) => at + 1);
      await befriend(served.database, players);
      const ask = (player: number) =>
        post(`${url}${DIALOGUE}`, { npc_id: SAGE, player_id: player, message: 'Do you remember me?' });
      const answers = await Promise.all(players.map(ask));
      expect(new Set(answers.map(({ body }) => body['provider']))).toEqual(new Set(['openai']));
      const health = await (await fetch(`${url}/api/v1/health`)).json();
      expect(health).toMatchObject({ status: 'ok' });
      expect(log.join('')).not.toContain('The model does not answer');
      expect((await ask(1)).body).toMatchObject({ provider: 'openai' });
    },
    TIMEOUT_MS,
  );
});
