import { waitFor } from '../support/wait-for.ts';
import * as packets from './packets.ts';
import type { Stage } from './stage.ts';

/** What each NPC prints at its OnInit. */
const PRESENT = /npc-id (\S+) (\d+)/;

/** An @command of the GM, or what the NPC named Control does to all others. */
export async function order(stage: Stage, what: string): Promise<string> {
  const { gm, players, servers } = stage;
  if (what.startsWith('@')) {
    const shown = servers.console.filter((line) => PRESENT.test(line)).length;
    gm.say(what);
    await gm.settle();
    if (what === '@reloadscript')
      await waitFor(
        () => servers.console.filter((line) => PRESENT.test(line)).length >= shown + 2 * players.length,
        {
          what: 'the NPCs after @reloadscript',
        },
      );
    return '';
  }
  const text = what.includes('#') ? what : `${what}#${players.length}`;
  gm.chat.length = 0;
  gm.send(packets.whisper('npc:Control', text));
  await gm.until(() => gm.chat.some((line) => line.startsWith('done ')), `"${what}" to be done`);
  return gm.chat.find((line) => line.startsWith('done ')) ?? '';
}

/** The newest number of each NPC, as their OnInit told it. */
export function npcIds(console: readonly string[]): Map<string, number> {
  const ids = new Map<string, number>();
  for (const line of console) {
    const [, name, id] = PRESENT.exec(line) ?? [];
    if (name !== undefined) ids.set(name, Number(id));
  }
  return ids;
}
