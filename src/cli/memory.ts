import { Command } from 'commander';
import { createNpcMemory } from '../service/memory/npc-memory.ts';
import { type SettingsOptions, withSettingsOptions } from './settings-options.ts';
import { withServiceDatabase } from './with-service-database.ts';

interface Options extends SettingsOptions {
  readonly player: string;
  readonly npc?: string;
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
    .option('--npc <ID>', 'only what this NPC remembers (default: every NPC, and the used budget too)')
    .option('--json', 'print {"forgotten"}');
  return withSettingsOptions(command).action((options: Options) =>
    withServiceDatabase(options, async ({ database, kind }) => {
      const { player, npc = null, json } = options;
      const forgotten = await createNpcMemory(database, kind).forget({ npcId: npc, playerId: player });
      process.stdout.write(`${json ? JSON.stringify({ forgotten }) : forgotten}\n`);
    }),
  );
}
