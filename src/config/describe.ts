import { type DatabaseSettings, type EffectiveSetting, type LoadOptions, loadWithSources } from './load.ts';
import { warningsOf } from './warnings.ts';

/** The settings as people read them: never with a secret. */
export interface SettingsDescription {
  readonly database: DatabaseSettings;
  /** What chose the database: "--database", "DB_HOST in .env"; undefined when nothing did. */
  readonly chosenBy: string | undefined;
  /** Each setting in effect with its source. */
  readonly effective: readonly EffectiveSetting[];
  /** What is allowed and still likely to be a mistake. */
  readonly warnings: readonly string[];
}

/** What is in effect and where it came from. Throws AiIpcError (bad_settings) as loadSettings does. */
export function describeSettings(options: LoadOptions): SettingsDescription {
  const loaded = loadWithSources(options);
  return {
    database: loaded.settings.database,
    chosenBy: loaded.sources.choice.reason,
    effective: loaded.effective,
    warnings: warningsOf(loaded),
  };
}
