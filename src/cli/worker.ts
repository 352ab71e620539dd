import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { AiIpcError } from '../base/errors.ts';
import { createEvents } from '../base/events.ts';
import { createLogger, type Logger } from '../base/logger.ts';
import type { LoadedSettings, Settings } from '../config/load.ts';
import { startWarningsOf } from '../config/warnings.ts';
import { subscribeLog } from '../observability/log-subscriber.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import { databaseName, openStore } from '../store/open-store.ts';
import { loadedFrom, type SettingsOptions, withSettingsOptions } from './base/settings-options.ts';
import { withWorker } from './base/with-worker.ts';

/** Between two tries to reach the database at the start: 1 s, doubled up to 15 s. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/** `ai-ipc worker`: serves the queue until SIGTERM or SIGINT. */
export function workerCommand(): Command {
  const command = new Command('worker')
    .description('serve the queue: claim requests, call the AI service, write the answers back')
    .addHelpText(
      'after',
      `
Signals: SIGTERM or SIGINT lets calls under way end and stops; a second one gives them back at once.
         SIGUSR2 writes the Statistics line now (otherwise every 5 minutes).
Exit codes: 0 stopped, or enabled: false; 78 the settings or the database need an admin; 1 anything else.`,
    );
  return withSettingsOptions(command).action((options: SettingsOptions) => runWorker(loadedFrom(options)));
}

async function runWorker(loaded: LoadedSettings): Promise<void> {
  const { settings } = loaded;
  const logger = createLogger({
    level: settings.worker.logLevel,
    format: process.stdout.isTTY ? 'readable' : 'json',
    fd: 1,
  });
  logger.info({ database: databaseName(settings.database) }, 'Database');
  for (const warning of startWarningsOf(loaded)) logger.warn({ warning }, 'Likely a mistake in the settings');
  if (!settings.worker.enabled) {
    logger.info('The worker is switched off (ipc_worker.enabled: false) and ends');
    return;
  }
  const stopping = stopSignals();
  // Without a listener the signal would end a process that has no figures to tell yet, or no more.
  process.on('SIGUSR2', () => undefined);
  const store = await openWhenReachable(settings, logger, stopping.first);
  if (store === undefined) return;
  try {
    await serve(settings, store, logger, stopping);
  } finally {
    await store.close();
  }
}

async function serve(
  settings: Settings,
  store: QueueStore,
  logger: Logger,
  stopping: StopSignals,
): Promise<void> {
  const events = createEvents();
  subscribeLog(events, logger, () => systemClock.nowMs());
  await withWorker({ store, settings: settings.worker, events }, async (worker) => {
    process.on('SIGUSR2', () => void worker.reportStatistics());
    // The first signal ends this function, and so stops the worker; stopped a second time it gives its calls back.
    stopping.second.addEventListener('abort', () => void worker.stop());
    await aborted(stopping.first);
  });
}

/** Tries until the server can be reached; every other trouble needs an admin and is thrown. undefined: told to stop. */
async function openWhenReachable(
  settings: Settings,
  logger: Logger,
  signal: AbortSignal,
): Promise<QueueStore | undefined> {
  for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    try {
      return await openStore(settings.database);
    } catch (error) {
      if (!(error instanceof AiIpcError) || error.code !== 'database_unavailable') throw error;
      logger.error({ error: error.message, retry_in_ms: waitMs }, 'Database cannot be reached, trying again');
      await systemClock.sleep(waitMs, signal);
    }
  }
  logger.info('Stopped before the database could be reached');
  return undefined;
}

interface StopSignals {
  readonly first: AbortSignal;
  readonly second: AbortSignal;
}

/** SIGTERM and SIGINT, and SIGBREAK of a Windows console: the first asks to stop, the second to stop at once. */
function stopSignals(): StopSignals {
  const first = new AbortController();
  const second = new AbortController();
  const onSignal = () => (first.signal.aborted ? second : first).abort();
  for (const name of ['SIGTERM', 'SIGINT', 'SIGBREAK'] as const) process.on(name, onSignal);
  return { first: first.signal, second: second.signal };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
