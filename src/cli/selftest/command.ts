import { styleText } from 'node:util';
import { Command } from 'commander';
import { AiIpcError, type ErrorCode, messageOf } from '../../base/errors.ts';
import { createEvents } from '../../base/events.ts';
import { WorkerDirectory } from '../../client/worker-directory.ts';
import type { Settings } from '../../config/load.ts';
import type { QueueStore } from '../../queue/queue-store.ts';
import { databaseName, openStore } from '../../store/open-store.ts';
import { type SettingsOptions, settingsFrom, withSettingsOptions } from '../base/settings-options.ts';
import { keepingOldRequests, type Stop, withStop, withWorker } from '../base/stack.ts';
import { Report, type TestResult } from './report.ts';
import { OwnRequests } from './requests.ts';
import { type Lab, runQueueTests, testTables } from './tests.ts';

interface SelftestOptions extends SettingsOptions {
  readonly json?: boolean;
}

/** A worker beats every 2 s: one that missed two beats may be dead, and a test must not wait for it. */
const LIVING_MS = 5_000;
/** The server answered, so there is a connection; what it holds is the matter of the second test. */
const SCHEMA_CODES: readonly ErrorCode[] = [
  'schema_missing',
  'schema_old',
  'schema_new',
  'database_unsupported',
];

/** `ai-ipc selftest`: the eight tests of an installation, on its own database and AI service. */
export function selftestCommand(): Command {
  const command = new Command('selftest')
    .description('test this installation: its database, its worker and its AI service')
    .option('--json', 'print {"database", "worker", "passed", "failed", "tests": […], "warnings": […]}')
    .addHelpText(
      'after',
      `
Eight tests: Database connectivity, Table existence, Request insertion, Request processing, Response retrieval, Timeout
handling, Cleanup operations, Performance metrics. They queue one dialogue (an NPC is told "Hello", by no player) and
about 130 requests that only ask for the AI service's health, and delete them at the end, with their log. A worker that
is running serves them; if there is none, the self-test runs one for as long as it takes, which then also serves what
others have queued. A WARN line below the eight tells what passed and is still not well: NPCs that are switched off, a
model that does not answer.

Exit codes: 0 all passed; 1 a test failed; 78 the settings are wrong; 130 stopped by Ctrl-C.`,
    );
  return withSettingsOptions(command).action((options: SelftestOptions) =>
    withStop((stop) => runSelftest(options, stop)),
  );
}

async function runSelftest(options: SelftestOptions, stop: Stop): Promise<void> {
  const settings = settingsFrom(options);
  const output = options.json ? process.stderr : process.stdout;
  const say = (line: string) => output.write(`${line}\n`);
  const database = databaseName(settings.database);
  say(`Database: ${database}`);
  const report = new Report((result) => say(lineOf(result, output)));
  const worker = await runTests(settings, { report, stop, say });
  report.skipRest(stop.signal.aborted ? 'the self-test was stopped.' : 'it needs the tests before it.');
  const passed = report.results.filter(({ status }) => status === 'passed').length;
  const failed = report.results.length - passed;
  const { results: tests, warnings } = report;
  for (const warning of warnings) say(`${colored('WARN', 'yellow', output)}  ${warning}`);
  say(`${passed} passed, ${failed} failed`);
  if (options.json)
    process.stdout.write(`${JSON.stringify({ database, worker, passed, failed, tests, warnings })}\n`);
  process.exitCode = stop.exitCode() ?? (report.isGood ? 0 : 1);
}

interface Surroundings {
  readonly report: Report;
  readonly stop: Stop;
  readonly say: (line: string) => void;
}

/** Returns which worker served the tests: its id, own, or null where it did not come to that. */
async function runTests(settings: Settings, surroundings: Surroundings): Promise<string | null> {
  const { report } = surroundings;
  const store = await connect(settings, report);
  if (store === undefined) return null;
  try {
    await report.run('Table existence', () => testTables(store));
    return report.hasPassed('Table existence') ? await testQueue(settings, store, surroundings) : null;
  } finally {
    await store.close();
  }
}

/** The first test, and the second where that is known to fail already. */
async function connect({ database }: Settings, report: Report): Promise<QueueStore | undefined> {
  let store: QueueStore | undefined;
  let schemaError: AiIpcError | undefined;
  await report.run('Database connectivity', async () => {
    try {
      store = await openStore(database);
    } catch (error) {
      if (!(error instanceof AiIpcError) || !SCHEMA_CODES.includes(error.code)) throw error;
      schemaError = error;
    }
    return 'the database answers';
  });
  if (schemaError !== undefined) await report.run('Table existence', () => Promise.reject(schemaError));
  return store;
}

async function testQueue(settings: Settings, store: QueueStore, surroundings: Surroundings): Promise<string> {
  const { report, stop, say } = surroundings;
  const { signal } = stop;
  const requests = await OwnRequests.open({ store, database: settings.database, signal });
  const runOn = async (ring: Lab['ring']) => {
    try {
      await runQueueTests(report, { store, requests, ring, signal, warn: (warning) => report.warn(warning) });
    } finally {
      await requests.cancelOpen();
    }
  };
  try {
    const living = await livingWorker(store);
    if (living === undefined) {
      say(
        `Worker: none is running on this database; the self-test runs its own, with ${settings.worker.aiServiceBaseUrl}`,
      );
      const parts = { store: keepingOldRequests(store), settings: settings.worker, events: createEvents() };
      await withWorker(parts, (worker) => runOn(async () => worker.wake()));
    } else {
      say(`Worker: ${living}`);
      await withDoorbell(store, runOn);
    }
    return living ?? 'own';
  } finally {
    await removeAll(requests, report);
  }
}

async function withDoorbell(store: QueueStore, work: (ring: Lab['ring']) => Promise<void>): Promise<void> {
  const workers = new WorkerDirectory(store);
  try {
    await work(() => workers.ring());
  } finally {
    workers.close();
  }
}

async function livingWorker(store: QueueStore): Promise<string | undefined> {
  const workers = await store.sightings();
  return workers.find(({ heartbeatAgeMs }) => heartbeatAgeMs !== null && heartbeatAgeMs <= LIVING_MS)?.id;
}

/** The tests have their results by then, and the worker deletes the rest: no reason to fail. */
async function removeAll(requests: OwnRequests, report: Report): Promise<void> {
  try {
    await requests.remove();
  } catch (error) {
    report.warn(
      `The self-test could not delete its own requests or their log: ${messageOf(error)} It needs the right DELETE on ` +
        "ai_requests and ai_request_log, which the worker's user has. What is left has source_npc 'AI IPC self-test'; " +
        'the worker deletes it after retention_days, and its log after log_retention_days.',
    );
  }
}

function lineOf({ name, status, ms, detail }: TestResult, output: NodeJS.WriteStream): string {
  const [word, color] = WORDS[status];
  return `${colored(word, color, output)}  ${name.padEnd(21)}  ${String(ms).padStart(6)} ms  ${detail}`;
}

function colored(word: string, color: 'green' | 'red' | 'yellow', output: NodeJS.WriteStream): string {
  return output.isTTY ? styleText(color, word) : word;
}

const WORDS = {
  passed: ['PASS', 'green'],
  failed: ['FAIL', 'red'],
  'not run': ['FAIL', 'yellow'],
} as const satisfies Record<TestResult['status'], readonly [string, 'green' | 'red' | 'yellow']>;
