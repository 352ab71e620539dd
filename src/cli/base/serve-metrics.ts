import { ALERT_NAMES } from '../../alerts/alert.ts';
import { systemClock } from '../../base/clock.ts';
import type { Events } from '../../base/events.ts';
import type { Lifecycle } from '../../base/lifecycle.ts';
import { packageVersion } from '../../base/version.ts';
import type { Worker } from '../../worker/worker.ts';

export interface MetricsServing {
  /** host:port; null for nowhere. */
  readonly listen: string | null;
  readonly events: Events;
  readonly running: Running;
}

/** The worker of this process, when it is there. */
export interface Running {
  worker: Worker | undefined;
  /** Why there is none yet. */
  trouble: string | undefined;
}

/**
 * Serves the metrics of a worker; undefined where nobody wants them. Their library is loaded only then: it is 70 ms of CPU
 * at the start.
 */
export async function serveMetrics({
  listen,
  events,
  running,
}: MetricsServing): Promise<Lifecycle | undefined> {
  if (listen === null) return undefined;
  const { subscribeMetrics } = await import('../../observability/worker-metrics.ts');
  const { MonitorServer } = await import('../../observability/monitor-server.ts');
  const { createMonitorPages } = await import('../../observability/monitor-pages.ts');
  const { readinessOf } = await import('../../observability/worker-readiness.ts');
  const now = () => running.worker?.vitals();
  const metrics = subscribeMetrics(events, { version: packageVersion(), now, alertNames: ALERT_NAMES });
  const pages = createMonitorPages({
    metrics: async () => metrics,
    readiness: () => readinessOf(now(), running.trouble),
  });
  return new MonitorServer({ listen, pages, events, clock: systemClock });
}
