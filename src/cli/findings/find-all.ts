import { AiIpcError } from '../../base/errors.ts';
import { packageVersion } from '../../base/version.ts';
import { describeSettings, type SettingsDescription } from '../../config/describe.ts';
import { type LoadOptions, loadSettings } from '../../config/load.ts';
import { examine } from '../../doctor/examine.ts';
import { broken, type Finding, ok, warning } from '../../doctor/finding.ts';
import { databaseName } from '../../store/open-store.ts';

/** What `ai-ipc doctor` finds: settings, every part, and the game's side where its folder is named. */
export async function findAll(
  loadOptions: LoadOptions,
  { rathena }: { readonly rathena?: string } = {},
): Promise<Finding[]> {
  try {
    const description = describeSettings(loadOptions);
    const [parts, game] = await Promise.all([
      examine(loadSettings(loadOptions), packageVersion()),
      rathena === undefined ? [] : findGame(rathena),
    ]);
    return [...settingFindings(description), ...parts, ...game];
  } catch (error) {
    if (!(error instanceof AiIpcError) || error.code !== 'bad_settings') throw error;
    const remedy = 'ai-ipc config check names each; then look again: nothing else was looked at.';
    return [broken('settings', { reason: error.message, remedy, symptom: 'No requests being processed' })];
  }
}

/** Loaded only where it is asked for: it is a quarter of all that this command is made of. */
async function findGame(folder: string): Promise<Finding[]> {
  const { lookAtGame } = await import('../rathena/game-findings.ts');
  return await lookAtGame(folder);
}

/** In short: `ai-ipc config check` has each setting with its source. */
function settingFindings({ database, chosenBy, effective, warnings }: SettingsDescription): Finding[] {
  const sources = new Map<string, number>();
  for (const { source } of effective) {
    const file = source.replace(/, line \d+$/, '');
    sources.set(file, (sources.get(file) ?? 0) + 1);
  }
  const counts = [...sources].map(([source, count]) => `${count} from ${source}`).join(', ');
  const why = chosenBy === undefined ? 'the default: nothing names MariaDB' : `chosen by ${chosenBy}`;
  return [
    ok('settings', `${databaseName(database)} (${why}). Settings: ${counts}.`),
    ...warnings.map((reason) =>
      warning('settings', { reason, remedy: 'ai-ipc config check shows each setting with its source.' }),
    ),
  ];
}
