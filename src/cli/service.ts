import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { AiIpcError } from '../base/errors.ts';
import { createEvents } from '../base/events.ts';
import type { Lifecycle } from '../base/lifecycle.ts';
import type { Logger } from '../base/logger.ts';
import type { LoadedSettings, Settings } from '../config/load.ts';
import { envFileWarningsOf } from '../config/warnings.ts';
import { logHostChange, subscribeLog } from '../observability/log-subscriber.ts';
import { openServiceDatabase, type ServiceDatabase } from '../service/base/service-database.ts';
import { createService, DEFAULT_HOST, DEFAULT_PORT } from '../service/server.ts';
import { databaseName } from '../store/open-store.ts';
import { lateAlertStore } from './base/late-alert-store.ts';
import { withLog } from './base/open-log.ts';
import { loadedFrom, type SettingsOptions, withSettingsOptions } from './base/settings-options.ts';
import { onStopSignal } from './base/stop.ts';
import { listenForStop } from './base/stop-pipe.ts';
import { print } from './base/terminal.ts';
import { watchAlerts } from './base/watch-alerts.ts';
import { serviceStopCommand, serviceStopName } from './service-stop.ts';

interface Options extends SettingsOptions {
  readonly port: number;
  readonly host: string;
  readonly testEndpoints?: boolean;
  readonly personas?: string;
}

const LOOPBACK = /^(127\.|::1$|localhost$)/;

/** `ai-ipc service`: the AI service until a signal asks it to stop. */
export function serviceCommand(): Command {
  const command = new Command('service')
    .description('run the AI service: NPCs that answer, remember and decide, with a model or with none')
    .option('--port <number>', 'port to listen on, 0 for any free one', toPort, DEFAULT_PORT)
    .option('--host <address>', 'address to listen on', DEFAULT_HOST)
    .option('--test-endpoints', 'add /api/v1/test/delay/{ms} and /api/v1/test/status/{code}')
    .option(
      '--personas <folder>',
      'folder of persona files (default: AI_PERSONAS, else those of this package)',
    )
    .addHelpText(
      'after',
      `
NPCs remember in the database of the queue; without a usable one they answer all the same, and health says so.
AI_PROVIDER_URL and AI_MODEL name a model server; without them the rules of the persona files answer.

Signals: SIGTERM, SIGINT or SIGHUP lets answers in the making end (3 s at most) and stops; a second one ends it at
once.
Exit codes: 0 stopped; 2 wrong option; 78 a setting or a persona file needs mending; 1 anything else (a port in use).`,
    );
  command.addCommand(serviceStopCommand());
  return withSettingsOptions(command).action(async (options: Options) => {
    const loaded = loadedFrom(options);
    const { worker } = loaded.settings;
    await withLog({ name: 'service', fd: 2, settings: worker }, (logger) =>
      runService(options, loaded, logger),
    );
  });
}

async function runService(options: Options, loaded: LoadedSettings, logger: Logger): Promise<void> {
  const { settings } = loaded;
  const { host } = options;
  for (const warning of envFileWarningsOf(loaded))
    logger.warn({ warning }, 'Likely a mistake in the settings');
  print(`Database: ${databaseName(settings.database)}`);
  const service = createService({
    ...optionsFor(settings, options, logger),
    ...{ logger, beside: (present) => alertsOf(settings, present, logger) },
  });
  const stopping = new AbortController();
  const told = stopSignal(stopping.signal);
  const { url } = await service.start();
  const closePipe = await listenForStop(serviceStopName(Number(new URL(url).port)), () => stopping.abort());
  if (!LOOPBACK.test(host)) warnOfHost(host, settings, logger);
  print(`AI service listens on ${url}`);
  await told;
  await service.stop();
  closePipe?.();
}

function optionsFor(
  { service, database }: Settings,
  { port, host, testEndpoints = false, personas }: Options,
  logger: Logger,
) {
  return {
    port,
    host,
    hasTestEndpoints: testEndpoints,
    settings: personas === undefined ? service : { ...service, personasDir: personas },
    openDatabase: () =>
      openServiceDatabase(database, { onHostChange: (change) => logHostChange(logger, change) }),
  };
}

/** A worker that stands still tells nobody: the service does, where there is a webhook. The rest is for the worker's log. */
function alertsOf(
  { alerts, database }: Settings,
  present: () => ServiceDatabase | null,
  logger: Logger,
): readonly Lifecycle[] {
  if (alerts.webhookUrl === null) return [];
  const events = createEvents();
  subscribeLog(events, logger, () => systemClock.nowMs());
  const store = lateAlertStore(present, database);
  return [watchAlerts({ store, settings: alerts, events, queue: databaseName(database) })];
}

function warnOfHost(host: string, { service }: Settings, logger: Logger): void {
  if (service.serviceKey === '')
    logger.warn(
      { host },
      'AI service asks nobody for a key: set AI_SERVICE_KEY, or let only the worker reach it',
    );
}

/** After the first signal nobody listens any more: a second one ends the process at once. `asked` is another way. */
function stopSignal(asked: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const unlisten = onStopSignal(() => {
      unlisten();
      resolve();
    });
    asked.addEventListener('abort', () => resolve(), { once: true });
  });
}

function toPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new AiIpcError(
    'bad_argument',
    `--port ${JSON.stringify(text)} is not a port. Give a number from 0 (any free port) to 65535.`,
  );
}
