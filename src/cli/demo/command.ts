import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { AiIpcError, messageOf } from '../../base/errors.ts';
import { createEvents } from '../../base/events.ts';
import { createLogger } from '../../base/logger.ts';
import { AiIpc } from '../../client/ai-ipc.ts';
import { baseUrl } from '../../config/allowed.ts';
import {
  type DatabaseSettings,
  type LoadedSettings,
  loadWithSources,
  type ServiceSettings,
  type WorkerSettings,
} from '../../config/load.ts';
import { WORKER } from '../../config/schema.ts';
import type { QueueStore } from '../../queue/queue-store.ts';
import { openServiceDatabase } from '../../service/base/service-database.ts';
import { createService } from '../../service/server.ts';
import { databaseName } from '../../store/open-store.ts';
import { loadOptionsFrom, type SettingsOptions } from '../base/settings-options.ts';
import { keepingOldRequests, type Stop, withStop, withStore, withWorker } from '../base/stack.ts';
import { chat } from './chat.ts';
import { askFiveQuestions } from './questions.ts';
import { createSage } from './sage.ts';
import { StepClock } from './steps.ts';

interface DemoOptions extends SettingsOptions {
  readonly aiService?: string;
}

interface DemoSettings {
  readonly database: DatabaseSettings;
  readonly worker: WorkerSettings;
  /** Of the AI service in this process: a model server of the settings is used. */
  readonly service: ServiceSettings;
  /** An AI service that runs somewhere else; undefined for one in this process. */
  readonly aiServiceUrl: string | undefined;
}

/** `ai-ipc demo` (`npm start`): everything in one process, and an NPC to talk to. */
export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'talk to an NPC through a queue, a worker and an AI service of its own: needs nothing but Node',
    )
    .option('--config <FILE>', 'read this file in place of ./inference_config.yaml')
    .option(
      '--database <WHERE>',
      'use this in place of a new SQLite file in the temp folder: mariadb://user@host:port/database ' +
        '(password in DB_PASSWORD), or sqlite:file',
    )
    .option('--ai-service <URL>', 'call this AI service in place of the one in this process')
    .addHelpText(
      'after',
      `
On a terminal it is a chat. Without one (in a pipe, or with </dev/null) it asks five questions and ends: exit code 0
when all were answered, else 1. AI_SERVICE_BASE_URL in the environment is used like --ai-service; so is the one in .env
or in the settings file, when it is not the default. AI_PROVIDER_URL and AI_MODEL let a model speak for the NPC.

Examples:
  npm start
  npm start -- --database mariadb://ragnarok@127.0.0.1/ragnarok`,
    )
    .action((options: DemoOptions) => withStop((stop) => runDemo(options, stop)));
}

async function runDemo(options: DemoOptions, stop: Stop): Promise<void> {
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
  await withWorker({ store: keepingOldRequests(store), settings, events }, async (worker) => {
    const client = new AiIpc(steps.store, { onRequest: () => worker.wake() });
    const isChat = process.stdin.isTTY && process.stdout.isTTY;
    const sage = createSage({
      client,
      steps,
      timeoutSeconds: settings.timeoutSeconds,
      // Five questions at once come from five people: which answer is remembered first would be a matter of luck.
      playerId: isChat ? 'demo' : null,
    });
    // A chat that a signal ends has ended well; five questions have not.
    if (isChat) await chat(sage, stop.signal);
    else process.exitCode = await exitCodeOfQuestions(() => askFiveQuestions(sage, stop.signal), stop);
  });
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
    logger: createLogger({ level: 'error', format: 'readable', fd: 2 }),
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

/**
 * The settings, but for the database: a demo that a DB_HOST in .env sent to the game's own database would answer real
 * players, so that one must be named on the command line.
 */
function demoSettings({ aiService, ...options }: DemoOptions): DemoSettings {
  const loaded = loadWithSources(loadOptionsFrom({ ...options, database: options.database ?? 'sqlite' }));
  const { worker, service, database } = loaded.settings;
  const aiServiceUrl = aiService === undefined ? chosenAiService(loaded) : urlFrom(aiService);
  // The folder is made last: nothing is left behind where the settings are refused.
  return {
    worker,
    service,
    aiServiceUrl,
    database: options.database === undefined ? { kind: 'sqlite', file: newFile() } : database,
  };
}

/** The AI service of the settings, where they really choose one. */
function chosenAiService({ settings, effective }: LoadedSettings): string | undefined {
  const { aiServiceBaseUrl: url } = settings.worker;
  const source = effective.find(({ key }) => key === WORKER.aiServiceBaseUrl.key)?.source;
  // The files that come with the package name the default AI service, which nobody may have started.
  const isDefault = url === WORKER.aiServiceBaseUrl.fallback;
  return source === 'environment' || !isDefault ? url : undefined;
}

function urlFrom(text: string): string {
  const allowed = baseUrl();
  const checked = allowed.schema.safeParse(text);
  if (checked.success) return checked.data;
  const message = `--ai-service is ${allowed.showRefused(text)}. Allowed: ${allowed.words}.`;
  throw new AiIpcError('bad_argument', message);
}

function newFile(): string {
  try {
    return join(mkdtempSync(join(tmpdir(), 'ai-ipc-demo-')), 'ai_ipc.sqlite');
  } catch (error) {
    const message = `No folder can be made in ${tmpdir()} (${messageOf(error)}). Set TMPDIR to a folder that you may write to.`;
    throw new AiIpcError('storage_failed', message, { cause: error });
  }
}

function tellWhereItIs(database: DatabaseSettings): void {
  if (database.kind !== 'sqlite') return;
  print(`Everything is kept in ${database.file}`);
  print(`Look into it: npx ai-ipc response 1 --json --database "sqlite:${database.file}"`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
