import type { Command } from 'commander';
import {
  type LoadedSettings,
  type LoadOptions,
  loadSettings,
  loadWithSources,
  type Settings,
} from '../../config/load.ts';

/** What commander hands to the action of a command that has the options of {@link withSettingsOptions}. */
export interface SettingsOptions {
  readonly config?: string;
  readonly database?: string;
}

/** Gives a command the options --config and --database. */
export function withSettingsOptions(command: Command): Command {
  return command
    .option('--config <FILE>', 'read this file in place of ./inference_config.yaml')
    .option(
      '--database <WHERE>',
      'mariadb, mariadb://user@host:port/database (password in DB_PASSWORD), sqlite or sqlite:file',
    );
}

/** The settings of this process. Throws AiIpcError (bad_settings) that names everything which is wrong. */
export function settingsFrom(options: SettingsOptions): Settings {
  return loadSettings(loadOptionsFrom(options));
}

/** {@link settingsFrom} with where each came from, for the warnings of a start. */
export function loadedFrom(options: SettingsOptions): LoadedSettings {
  return loadWithSources(loadOptionsFrom(options));
}

/** Where this process looks for its settings. */
export function loadOptionsFrom({ config, database }: SettingsOptions): LoadOptions {
  return {
    env: process.env,
    cwd: process.cwd(),
    ...(config === undefined ? {} : { configFile: config }),
    ...(database === undefined ? {} : { database }),
  };
}
