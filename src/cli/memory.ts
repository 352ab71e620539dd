import { Command } from 'commander';
import type { ServiceDatabase } from '../service/base/service-database.ts';
import { rememberingNpcOf } from '../service/dialogue/speakers.ts';
import { createNpcMemory } from '../service/memory/npc-memory.ts';
import { type SettingsOptions, settingsFrom, withSettingsOptions } from './base/settings-options.ts';
import { printValue } from './base/terminal.ts';
import { withServiceDatabase } from './base/with-service-database.ts';

interface Options extends SettingsOptions {
  readonly player: string;
  readonly npc?: string;
  readonly personas?: string;
  readonly json?: boolean;
}

/** `ai-ipc memory`: what NPCs remember of players. */
export function memoryCommand(): Command {
  return new Command('memory').description('what NPCs remember of players').addCommand(forgetCommand());
}

function forgetCommand(): Command {
  const command = new Command('forget')
    .description('delete what NPCs remember of a player, and print how many turns went')
    .requiredOption('--player <ID>', 'the player_id, exactly as the scripts send it')
    .option(
      '--npc <ID>',
      'only what this NPC remembers: the name or the id of its persona, else its own name (default: every NPC, and the used budget too)',
    )
    .option(
      '--personas <folder>',
      'folder of persona files that the service uses (default: AI_PERSONAS, else those of this package)',
    )
    .option('--json', 'print {"forgotten"}');
  return withSettingsOptions(command).action((options: Options) =>
    withServiceDatabase(options, (opened) => forget(opened, options), { isOld: true }),
  );
}

async function forget({ database, kind }: ServiceDatabase, options: Options): Promise<void> {
  const { player } = options;
  const memory = createNpcMemory(database, kind);
  const npcIds = await npcIdsOf(options);
  let forgotten = 0;
  for (const npcId of npcIds) forgotten += await memory.forget({ npcId, playerId: player });
  if (forgotten === 0) process.stderr.write(`${nothingFound(player, npcIds)}\n`);
  printValue(options, { value: forgotten, json: { forgotten } });
}

/** As the service calls the NPC now, and as it called one that had no persona yet. null is every NPC. */
async function npcIdsOf({ npc, personas, ...options }: Options): Promise<readonly (string | null)[]> {
  if (npc === undefined) return [null];
  const folder = personas ?? settingsFrom(options).service.personasDir ?? undefined;
  // Loaded only where an NPC is named.
  const { loadPersonas } = await import('../mind/persona/persona-book.ts');
  const persona = (await loadPersonas(folder)).find(npc);
  return [...new Set([rememberingNpcOf({ persona, npcId: npc }), npc])];
}

/** Whoever asked to be forgotten must not be told that he is because of a slip of the pen. */
function nothingFound(player: string, [npcId = null]: readonly (string | null)[]): string {
  const who = npcId === null ? 'No NPC remembers' : `The NPC ${JSON.stringify(npcId)} does not remember`;
  return `Nothing was found. ${who} the player ${JSON.stringify(player)}: check --player${npcId === null ? '' : ', --npc'} and the database.`;
}
