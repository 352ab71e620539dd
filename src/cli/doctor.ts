import { Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../base/clock.ts';
import { worstOf } from '../doctor/finding.ts';
import { loadOptionsFrom, type SettingsOptions, withSettingsOptions } from './base/settings-options.ts';
import { withStop } from './base/stop.ts';
import { doctorLines, EXIT_CODES } from './findings/doctor-lines.ts';
import { findAll } from './findings/find-all.ts';

interface DoctorOptions extends SettingsOptions {
  readonly json?: boolean;
  /** Seconds between two looks; true for the usual ones. */
  readonly watch?: number | true;
  readonly rathena?: string;
}

const WATCH_SECONDS = 5;
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
  const { rathena } = options;
  const findings = await findAll(loadOptionsFrom(options), rathena === undefined ? {} : { rathena });
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

function secondsFrom(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('It is a whole number of seconds, from 1 to 86400.');
}
