import { styleText } from 'node:util';
import { Command } from 'commander';
import { SQLITE } from '../../config/schema.ts';
import { databaseName } from '../../store/open-store.ts';
import { loadedFrom, type SettingsOptions, withSettingsOptions } from '../base/settings-options.ts';
import { type Stop, withStop } from '../base/stop.ts';
import { print } from '../base/terminal.ts';
import { Report, type TestResult } from './report.ts';
import { runTests } from './run.ts';

interface SelftestOptions extends SettingsOptions {
  readonly json?: boolean;
  readonly ownWorker?: boolean;
}

/** `ai-ipc selftest`: the eight tests of an installation, on its own database and AI service. */
export function selftestCommand(): Command {
  const command = new Command('selftest')
    .description('test this installation: its database, its worker and its AI service')
    .option('--json', 'print {"database", "worker", "passed", "failed", "tests": […], "warnings": […]}')
    .option(
      '--own-worker',
      'where no worker runs, run one that serves the requests of this test and no others',
    )
    .addHelpText(
      'after',
      `
Eight tests: Database connectivity, Table existence, Request insertion, Request processing, Response retrieval, Timeout
handling, Cleanup operations, Performance metrics. They queue one dialogue (an NPC is told "Hello", by no player) and
about 130 requests that only ask for the AI service's health, and delete them at the end, with their log. The worker
that is running serves them; without one the self-test fails. A WARN line below the eight tells what passed and is
still not well: NPCs that are switched off, a model that does not answer. It takes seconds, two minutes at the most.

Exit codes: 0 all passed; 1 a test failed; 78 the settings are wrong; 130 stopped by Ctrl-C.`,
    );
  return withSettingsOptions(command).action((options: SelftestOptions) =>
    withStop((stop) => runSelftest(options, stop)),
  );
}

async function runSelftest(options: SelftestOptions, stop: Stop): Promise<void> {
  const { settings, sources, effective } = loadedFrom(options);
  const output = options.json ? process.stderr : process.stdout;
  const say = (line: string) => output.write(`${line}\n`);
  const database = databaseName(settings.database);
  say(`Database: ${database}`);
  const report = new Report(
    (result) => say(lineOf(result, output)),
    (name, seconds) => say(`${WAITING}  ${name.padEnd(21)}  ${String(seconds).padStart(6)} s   so far`),
  );
  const isDefault =
    sources.choice.reason === undefined &&
    effective.find(({ key }) => key === SQLITE.file.key)?.source === 'default';
  const { ownWorker: mayRunWorker = false } = options;
  const worker = await runTests(settings, { report, stop, say, isDefault, mayRunWorker });
  report.skipRest(stop.signal.aborted ? 'the self-test was stopped.' : 'it needs the tests before it.');
  const passed = report.results.filter(({ status }) => status === 'passed').length;
  const failed = report.results.length - passed;
  const { results: tests, warnings } = report;
  for (const warning of warnings) say(`${colored('WARN', 'yellow', output)}  ${warning}`);
  say(`${passed} passed, ${failed} failed`);
  if (options.json) print(JSON.stringify({ database, worker, passed, failed, tests, warnings }));
  process.exitCode = stop.exitCode() ?? (report.isGood ? 0 : 1);
}

function lineOf({ name, status, ms, detail }: TestResult, output: NodeJS.WriteStream): string {
  const [word, color] = WORDS[status];
  return `${colored(word, color, output)}  ${name.padEnd(21)}  ${String(ms).padStart(6)} ms  ${detail}`;
}

function colored(word: string, color: 'green' | 'red' | 'yellow', output: NodeJS.WriteStream): string {
  return output.isTTY ? styleText(color, word) : word;
}

const WAITING = '…   ';
const WORDS = {
  passed: ['PASS', 'green'],
  failed: ['FAIL', 'red'],
  'not run': ['FAIL', 'yellow'],
} as const satisfies Record<TestResult['status'], readonly [string, 'green' | 'red' | 'yellow']>;
