import { behaviours } from '../support/ai-stub.ts';
import { waitFor } from '../support/wait-for.ts';
import { npcIds, order } from './control.ts';
import { goHome, pressThrough, talkTo } from './player.ts';
import type { Stage } from './stage.ts';

/** Options as no service ought to give them; rAthena disconnects the player for a menu of nothing. */
const HOSTILE_OPTIONS: Readonly<Record<string, unknown>> = {
  none: [],
  null: null,
  'no list': 'Buy:Sell',
  'empty ones': ['', '', ''],
  'blanks and colour codes': [' ', '^FF0000', '\u0001\u0002', '<URL></URL>'],
  'one empty of three': ['Buy', '', 'Sell'],
  colons: [':', '::::', 'Buy:Sell:', ':Rent'],
  '51 options': Array.from({ length: 51 }, (_, at) => `Option ${at}`),
  '3,000 bytes': ['x'.repeat(3_000), 'y'.repeat(3_000), 'z'.repeat(3_000)],
  '3,000 bytes of two-byte characters': ['ü'.repeat(1_500), 'ß'.repeat(1_500)],
  'numbers and objects': [1, 2.5, { text: 'x' }, ['y'], true, null],
  'a quote and a backslash': ['"', '\\', "'; DROP TABLE ai_requests; --"],
};

/** The NPC offers each of these; who asked for it is still there afterwards, and can talk. */
export async function playMenus(stage: Stage): Promise<string[]> {
  const [client] = stage.players;
  if (client === undefined) throw new Error('There is no player.');
  const failures: string[] = [];
  await order(stage, 'kind#F_AI_Menu');
  for (const [name, options] of Object.entries(HOSTILE_OPTIONS)) {
    const ids = npcIds(stage.servers.console);
    stage.ai.behaveAlways(behaviours.json({ options }));
    await stage.world.clearRequests();
    client.window.forget();
    client.click(ids.get('Asker#0') ?? 0);
    try {
      await waitFor(async () => (await stage.world.requests()) === 1, { what: 'the question' });
      await client.until(() => client.window.button !== 'none' || !client.isOnMap, 'a menu, or its end');
      await pressThrough(client);
      await goHome(client, 0);
      await talkTo(client, ids.get('Probe#0') ?? 0);
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message}`);
    }
  }
  return failures;
}
