import type { AiBreaker } from '../ai/breaker.ts';
import { systemClock } from '../base/clock.ts';
import { errorFields } from '../base/errors.ts';
import type { Lifecycle } from '../base/lifecycle.ts';
import type { Logger } from '../base/logger.ts';
import type { LoadedSettings, LoadOptions } from '../config/load.ts';

interface Showing {
  readonly loaded: LoadedSettings;
  readonly loadOptions: LoadOptions;
  readonly logger: Logger;
  readonly breaker: AiBreaker;
}

/** The dashboard in a worker's process. A worker that cannot show itself serves all the same: players come first. */
export async function workerDashboard({
  loaded: { settings },
  loadOptions,
  logger,
  breaker,
}: Showing): Promise<Lifecycle> {
  // Loaded here: a worker without it does without an HTTP server.
  const { makeDashboard } = await import('./make-dashboard.ts');
  const dashboard = makeDashboard(loadOptions, {
    ...{ settings, logger, clock: systemClock, breaker: () => breaker.state },
    token: settings.worker.dashboardToken || null,
  });
  return {
    async start() {
      try {
        const { url } = await dashboard.start();
        logger.info({ url }, 'Dashboard');
      } catch (error) {
        logger.error(errorFields(error), 'The dashboard cannot be shown; requests are served all the same');
      }
    },
    stop: () => dashboard.stop(),
  };
}
