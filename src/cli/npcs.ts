import { Command } from 'commander';
import { createNpcSwitch, type NpcSwitch } from '../service/limits/npc-switch.ts';
import { type SettingsOptions, withSettingsOptions } from './base/settings-options.ts';
import { printValue } from './base/terminal.ts';
import { withServiceDatabase } from './base/with-service-database.ts';

interface Options extends SettingsOptions {
  readonly json?: boolean;
}

/** `ai-ipc npcs`: the switch that silences all NPCs. */
export function npcsCommand(): Command {
  const command = new Command('npcs').description(
    'silence all NPCs within 2 seconds, or let them speak again; each AI service on the database obeys',
  );
  command.addCommand(
    subcommand('off', 'all NPCs answer with a canned line, and no model is asked', (npcSwitch) =>
      npcSwitch.setOff(true),
    ),
  );
  command.addCommand(subcommand('on', 'NPCs speak again', (npcSwitch) => npcSwitch.setOff(false)));
  command.addCommand(subcommand('status', 'print on or off', async () => undefined));
  return command;
}

function subcommand(
  name: string,
  description: string,
  work: (npcSwitch: NpcSwitch) => Promise<void>,
): Command {
  const command = new Command(name).description(description).option('--json', 'print {"npcs"}');
  return withSettingsOptions(command).action((options: Options) =>
    withServiceDatabase(options, async (opened) => {
      const npcSwitch = createNpcSwitch(opened);
      await work(npcSwitch);
      const state = (await npcSwitch.isOff()) ? 'off' : 'on';
      printValue(options, { value: state, json: { npcs: state } });
    }),
  );
}
