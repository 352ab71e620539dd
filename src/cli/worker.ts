import { Command } from 'commander';
import { createBreaker } from '../ai/breaker.ts';
import { backoffMs } from '../base/backoff.ts';
import { systemClock } from '../base/clock.ts';
import { AiIpcError } from '../base/errors.ts';
import { createEvents, type Events } from '../base/events.ts';
import { takeLittleMemory } from '../base/heap.ts';
import { type Lifecycle, startAll, stopAll } from '../base/lifecycle.ts';
import type { Logger } from '../base/logger.ts';
import type { LoadedSettings, LoadOptions } from '../config/load.ts';
import { startWarningsOf } from '../config/warnings.ts';
import { subscribeLog } from '../observability/log-subscriber.ts';
import { databaseName, openStore } from '../store/open-store.ts';
import { withLog } from './base/open-log.ts';
import { type Running, serveMetrics } from './base/serve-metrics.ts';
import {
  loadedFrom,
  loadOptionsFrom,
  type SettingsOptions,
  withSettingsOptions,
} from './base/settings-options.ts';
import { isHangUp, onStopSignal } from './base/stop.ts';
import { listenForStop } from './base/stop-pipe.ts';
import { watchAlerts } from './base/watch-alerts.ts';
import { type WorkerParts, withWorker } from './base/with-worker.ts';
import { workerDashboard } from './worker-dashboard.ts';
import { stopNameOf, workerStopCommand } from './worker-stop.ts';

/** Between two tries to reach the database at the start. */
const RETRY = { firstMs: 1_000, longestMs: 15_000 } as const;

/** `ai-ipc worker`: serves the queue until a signal asks it to stop. */
export function workerCommand(): Command {
  const command = new Command('worker')
    .description('serve the queue: claim requests, call the AI service, write the answers back')
    .addHelpText(
      'after',
      `
Signals: SIGTERM or SIGINT (Ctrl-C) lets calls under way end and stops; a second one gives them back at once, as
         SIGHUP (a terminal or console that is closed) and Ctrl-Break on Windows do.
         SIGUSR2 writes the Statistics line now (otherwise every 5 minutes).
Exit codes: 0 stopped, or enabled: false; 78 the settings or the database need an admin; 1 anything else.`,
    );
  command.addCommand(workerStopCommand());
  return withSettingsOptions(command).action(async (options: SettingsOptions) => {
    const given = { loaded: loadedFrom(options), loadOptions: loadOptionsFrom(options) };
    const { worker } = given.loaded.settings;
    await withLog({ name: 'worker', fd: 1, settings: worker }, (logger) => runWorker(given, logger));
  });
}

async function runWorker({ loaded, loadOptions }: Given, logger: Logger): Promise<void> {
  const { settings } = loaded;
  logger.info({ database: databaseName(settings.database) }, 'Database');
  for (const warning of startWarningsOf(loaded)) logger.warn({ warning }, 'Likely a mistake in the settings');
  if (!settings.worker.enabled) {
    logger.info('The worker is switched off (ipc_worker.enabled: false) and ends');
    return;
  }
  takeLittleMemory();
  const stopping = stopSignals();
  // Without a listener the signal would end a process that has no figures to tell yet, or no more.
  process.on('SIGUSR2', () => undefined);
  const events = createEvents();
  subscribeLog(events, logger, () => systemClock.nowMs());
  const running: Running = { worker: undefined, trouble: undefined };
  const monitor = await serveMetrics({ listen: settings.worker.metricsListen, events, running });
  await monitor?.start();
  try {
    await untilReachable({ logger, running }, stopping.first, () =>
      serve({ loaded, loadOptions }, { events, logger, running, stopping }),
    );
  } finally {
    await monitor?.stop();
  }
}

const SERVER_WARNING = 'The database server has a setting that costs something';

interface Given {
  readonly loaded: LoadedSettings;
  readonly loadOptions: LoadOptions;
}

interface Serving {
  readonly events: Events;
  readonly logger: Logger;
  readonly running: Running;
  readonly stopping: StopSignals;
}

/** Serves the queue of these settings until it is told to stop. */
async function serve({ loaded, loadOptions }: Given, serving: Serving): Promise<void> {
  const { events, logger } = serving;
  const { settings } = loaded;
  const store = await openStore(settings.database, {
    onWarning: (warning) => logger.warn({ warning }, SERVER_WARNING),
    onConnected: (encryption) => logger.info({ encryption }, 'Connected to the database'),
    onHostChange: (change) => events.emit('databaseHostChanged', { ...change }),
  });
  const breaker = createBreaker(systemClock);
  const alerts = watchAlerts({
    ...{ store: store.alerts, settings: settings.alerts, events, queue: databaseName(settings.database) },
  });
  try {
    const dashboard = settings.worker.hasDashboard
      ? [await workerDashboard({ loaded, loadOptions, logger, breaker })]
      : [];
    await serveStore({ store, settings: settings.worker, events, breaker }, [alerts, ...dashboard], serving);
  } finally {
    await store.close();
  }
}

async function serveStore(
  parts: WorkerParts,
  beside: readonly Lifecycle[],
  { running, stopping }: Serving,
): Promise<void> {
  await withWorker(parts, async (worker) => {
    running.worker = worker;
    process.on('SIGUSR2', () => worker.reportStatistics());
    // The first signal ends this function, and so stops the worker: that stop tells how it ends.
    stopping.second.addEventListener('abort', () => worker.stopAtOnce().catch(() => undefined));
    await listenForStop(stopNameOf(worker.id), (word) => stopping.ask(word === 'stop now'));
    await startAll(beside);
    await aborted(stopping.first);
    await stopAll(beside);
  });
}

/**
 * Tries until the server can be reached and has taken the worker's first heartbeat, which fails as well as the first
 * connection where it comes in the middle of a restart. Every other trouble needs an admin and is thrown.
 */
async function untilReachable(
  { logger, running }: Pick<Serving, 'logger' | 'running'>,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AiIpcError) || error.code !== 'database_unavailable') throw error;
      const waitMs = backoffMs(RETRY, tries);
      running.trouble = error.message;
      logger.error({ error: error.message, retry_in_ms: waitMs }, 'Database cannot be reached, trying again');
      await systemClock.sleep(waitMs, signal);
    }
  }
  logger.info('Stopped before the database could be reached');
}

interface StopSignals {
  readonly first: AbortSignal;
  readonly second: AbortSignal;
  /** As a signal asks: once to stop, a second time, or with `now`, to stop at once. */
  ask(now: boolean): void;
}

/** The first signal asks to stop, the second to stop at once; a hang-up leaves no time for calls to end. */
function stopSignals(): StopSignals {
  const first = new AbortController();
  const second = new AbortController();
  const ask = (now: boolean) => {
    if (first.signal.aborted || now) second.abort();
    first.abort();
  };
  onStopSignal((name) => ask(isHangUp(name)));
  return { first: first.signal, second: second.signal, ask };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
