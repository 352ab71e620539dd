import { Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../base/clock.ts';
import { AiIpcError } from '../base/errors.ts';
import { packageVersion } from '../base/version.ts';
import { describeSettings, type SettingsDescription } from '../config/describe.ts';
import { examine } from '../doctor/examine.ts';
import { broken, type Finding, ok, warning, worstOf } from '../doctor/finding.ts';
import { databaseName } from '../store/open-store.ts';
import {
  loadOptionsFrom,
  type SettingsOptions,
  settingsFrom,
  withSettingsOptions,
} from './base/settings-options.ts';
import { withStop } from './base/stop.ts';
import { doctorLines } from './doctor-lines.ts';
import { lookAtGame } from './rathena/game-findings.ts';

interface DoctorOptions extends SettingsOptions {
  readonly json?: boolean;
  /** Seconds between two looks; true for the usual ones. */
  readonly watch?: number | true;
  readonly rathena?: string;
}

const WATCH_SECONDS = 5;
/** As monitoring programs have them. A wrong call is 2, too, as with every command. */
const EXIT_CODES = { ok: 0, unseen: 0, warning: 1, broken: 2 } as const;
const CLEAR_SCREEN = '\u001b[2J\u001b[H';

/** `ai-ipc doctor`: what is wrong, with the figure and the command that mends it. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('look at every part, and say what is wrong and what mends it')
    .option('--json', 'print {"verdict", "findings": [{"part", "verdict", "reason", "remedy", "symptom"}]}')
    .option('--watch [seconds]', 'look again and again, every 5 seconds or as many as given', secondsFrom)
    .option('--rathena <FOLDER>', "look at the game's side, too: the folder of the rAthena source")
    .addHelpText(
      'after',
      `
It changes nothing, asks the AI service for its health, and gives each part a few seconds at most. "unseen" is what this
database user may not see, which is no fault.

Exit codes: 0 nothing is wrong; 1 at worst a warning; 2 something is broken (or the call was wrong).`,
    );
  return withSettingsOptions(command).action(runDoctor);
}

async function runDoctor(options: DoctorOptions): Promise<void> {
  if (options.watch !== undefined) {
    await watch(options, options.watch === true ? WATCH_SECONDS : options.watch);
    return;
  }
  process.exitCode = await lookOnce(options, '');
  // A part that is dead would hold the process for as long as its own time-outs take.
  process.exit();
}

/** Prints what is found, whole, and gives the exit code. */
async function lookOnce(options: DoctorOptions, before: string): Promise<number> {
  const findings = await findAll(options);
  const verdict = worstOf(findings);
  const text = options.json ? JSON.stringify({ verdict, findings }) : doctorLines(findings).join('\n');
  await new Promise<void>((resolve) => {
    process.stdout.write(`${before}${text}\n`, () => resolve());
  });
  return EXIT_CODES[verdict];
}

async function watch(options: DoctorOptions, seconds: number): Promise<void> {
  const before = process.stdout.isTTY && !options.json ? CLEAR_SCREEN : '';
  await withStop(async ({ signal, exitCode }) => {
    while (!signal.aborted) {
      process.exitCode = await lookOnce(options, before);
      await systemClock.sleep(seconds * 1_000, signal);
    }
    process.exitCode = exitCode();
  });
  process.exit();
}

async function findAll(options: DoctorOptions): Promise<Finding[]> {
  try {
    const description = describeSettings(loadOptionsFrom(options));
    const [parts, game] = await Promise.all([
      examine(settingsFrom(options), packageVersion()),
      options.rathena === undefined ? [] : lookAtGame(options.rathena),
    ]);
    return [...settingFindings(description), ...parts, ...game];
  } catch (error) {
    if (!(error instanceof AiIpcError) || error.code !== 'bad_settings') throw error;
    const remedy = 'ai-ipc config check names each; then look again: nothing else was looked at.';
    return [broken('settings', { reason: error.message, remedy, symptom: 'No requests being processed' })];
  }
}

/** In short: `ai-ipc config check` has each setting with its source. */
function settingFindings({ database, chosenBy, effective, warnings }: SettingsDescription): Finding[] {
  const sources = new Map<string, number>();
  for (const { source } of effective) sources.set(source, (sources.get(source) ?? 0) + 1);
  const counts = [...sources].map(([source, count]) => `${count} from ${source}`).join(', ');
  const why = chosenBy === undefined ? 'the default: nothing names MariaDB' : `chosen by ${chosenBy}`;
  return [
    ok('settings', `${databaseName(database)} (${why}). Settings: ${counts}.`),
    ...warnings.map((reason) =>
      warning('settings', { reason, remedy: 'ai-ipc config check shows each setting with its source.' }),
    ),
  ];
}

function secondsFrom(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('It is a whole number of seconds, from 1 to 86400.');
}
