import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { createLogger, descriptor } from '../base/logger.ts';
import {
  loadedFrom,
  loadOptionsFrom,
  type SettingsOptions,
  withSettingsOptions,
} from './base/settings-options.ts';
import { withStop } from './base/stop.ts';
import { print } from './base/terminal.ts';
import { checkThere } from './base/with-operator.ts';
import { makeDashboard } from './make-dashboard.ts';

/** `ai-ipc dashboard`: the operator's view as pages, until a signal asks it to stop. */
export function dashboardCommand(): Command {
  const command = new Command('dashboard')
    .description('show the queue, its requests, NPCs, minds, faults and settings as pages')
    .addHelpText(
      'after',
      `
It listens on DASHBOARD_BIND (127.0.0.1:8010). Without DASHBOARD_TOKEN it is for this machine alone, and who wants to
change anything signs in with the token that is printed at its start. With one, who wants to look signs in, too.

The worker does the same with DASHBOARD=true. From another machine: ssh -L 8010:127.0.0.1:8010 your-server

Exit codes: 0 stopped; 78 a setting or the database needs mending; 1 anything else (a port in use).`,
    );
  return withSettingsOptions(command).action(runDashboard);
}

async function runDashboard(options: SettingsOptions): Promise<void> {
  const { settings } = loadedFrom(options);
  checkThere(settings.database);
  const token = settings.worker.dashboardToken || randomBytes(12).toString('base64url');
  const logger = createLogger({ level: settings.worker.logLevel, format: 'json', to: descriptor(2) });
  const dashboard = makeDashboard(loadOptionsFrom(options), {
    ...{ settings, token, logger, clock: systemClock, breaker: null },
  });
  await withStop(async ({ signal }) => {
    try {
      const { url } = await dashboard.start();
      print(`The dashboard listens on ${url}`);
      if (settings.worker.dashboardToken === '')
        print(`To change anything, sign in with the token of this run: ${token}`);
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    } finally {
      await dashboard.stop();
    }
  });
}
