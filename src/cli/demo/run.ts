import { AiIpcError, exitCodeOf } from '../../base/errors.ts';
import { createEvents, type Events } from '../../base/events.ts';
import { createLogger } from '../../base/logger.ts';
import { AiIpc } from '../../client/ai-ipc.ts';
import type { DatabaseSettings, WorkerSettings } from '../../config/load.ts';
import type { QueueStore } from '../../queue/queue-store.ts';
import { openServiceDatabase } from '../../service/base/service-database.ts';
import { createService } from '../../service/server.ts';
import { databaseName, withStore } from '../../store/open-store.ts';
import type { Stop } from '../base/stop.ts';
import { isTerminal, print } from '../base/terminal.ts';
import { keepingOldRequests, withWorker } from '../base/with-worker.ts';
import { chat } from './chat.ts';
import { askFiveQuestions } from './questions.ts';
import { createSage } from './sage.ts';
import { type DemoOptions, type DemoSettings, demoSettings } from './settings.ts';
import { StepClock } from './steps.ts';

/** Queue, worker and AI service in this process, and somebody who asks: a person, or five questions in their place. */
export async function runDemo(options: DemoOptions, stop: Stop): Promise<void> {
  const settings = demoSettings(options);
  print(`Database: ${databaseName(settings.database)}`);
  await withStore(settings.database, (store) =>
    withAiService(settings, async (url) => {
      print(`AI service: ${url}${settings.aiServiceUrl === undefined ? ` (${whoAnswers(settings)})` : ''}`);
      const worker = { ...settings.worker, aiServiceBaseUrl: url };
      await talk({ store, settings: worker, stop, isShared: options.database !== undefined });
    }),
  );
  if (options.database === undefined) tellWhereItIs(settings.database);
}

interface Talk {
  readonly store: QueueStore;
  readonly settings: WorkerSettings;
  readonly stop: Stop;
  readonly isShared: boolean;
}

async function talk({ store, settings, stop, isShared }: Talk): Promise<void> {
  if (isShared) print('While this runs, its worker also serves what others ask in this database.');
  const events = createEvents();
  const steps = new StepClock(store, events);
  const disk = watchDisk(events, stop.signal);
  const talked = withWorker({ store: keepingOldRequests(store), settings, events }, async () => {
    const client = new AiIpc(steps.store);
    const isChat = isTerminal();
    const sage = createSage({
      client,
      steps,
      timeoutSeconds: settings.timeoutSeconds,
      // Five questions at once come from five people: which answer is remembered first would be a matter of luck.
      playerId: isChat ? 'demo' : null,
    });
    // A chat that a signal ends has ended well; five questions have not.
    if (isChat) await chat(sage, disk.signal);
    else process.exitCode = await exitCodeOfQuestions(() => askFiveQuestions(sage, disk.signal), stop);
  });
  await talked.catch((error: unknown) => {
    if (!disk.isFull()) throw error;
  });
}

interface Disk {
  /** Fires for `stop`, and when nothing can be written any more. */
  readonly signal: AbortSignal;
  readonly isFull: () => boolean;
}

/** What is open is given back within this time, or not at all: on a full disk a worker would try for long. */
const LEAVE_WITHIN_MS = 2_000;

/** The worker tries again until there is room, which is right for a server; here somebody sits and waits. */
function watchDisk(events: Events, stop: AbortSignal): Disk {
  const full = new AbortController();
  events.on('storeFailed', ({ error }) => {
    if (!(error instanceof AiIpcError) || error.code !== 'storage_failed' || full.signal.aborted) return;
    process.stderr.write(`ERROR ${error.code}: ${error.message}\n`);
    process.exitCode = exitCodeOf(error);
    full.abort();
    setTimeout(() => process.exit(), LEAVE_WITHIN_MS).unref();
  });
  return { signal: AbortSignal.any([stop, full.signal]), isFull: () => full.signal.aborted };
}

async function exitCodeOfQuestions(ask: () => Promise<number>, { signal, exitCode }: Stop): Promise<number> {
  try {
    return (await ask()) === 0 ? 0 : 1;
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write('Stopped before all was answered; what was open is cancelled.\n');
    return exitCode() ?? 1;
  }
}

/** Gives `work` the URL of an AI service: the one that was named, or one in this process on a free loopback port. */
async function withAiService(
  { aiServiceUrl, service: settings, database }: DemoSettings,
  work: (url: string) => Promise<void>,
): Promise<void> {
  if (aiServiceUrl !== undefined) return await work(aiServiceUrl);
  const service = createService({
    port: 0,
    // Nobody but the worker here can call it: the port is a free one of this machine.
    settings: { ...settings, serviceKey: '' },
    openDatabase: () => openServiceDatabase(database),
    logger: createLogger({ level: 'error', format: 'readable', to: process.stderr }),
  });
  try {
    await work((await service.start()).url);
  } finally {
    await service.stop();
  }
}

/** Where NPCs get their words from, for the second line. */
function whoAnswers({ service: { modelServer } }: DemoSettings): string {
  return modelServer === null
    ? 'in this process'
    : `in this process, with ${modelServer.model} at ${modelServer.url}`;
}

function tellWhereItIs(database: DatabaseSettings): void {
  if (database.kind !== 'sqlite') return;
  print(`Everything is kept in ${database.file}`);
  print(`Look into it: npx --no ai-ipc response 1 --json --database "sqlite:${database.file}"`);
}
