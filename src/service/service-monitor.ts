import { packageVersion } from '../base/version.ts';
import { createMonitorPages, type MonitorPages, type Readiness } from '../observability/monitor-pages.ts';
import type { NotedCall, ServiceMetrics, ServiceNow } from '../observability/service-metrics.ts';
import type { Answer, RequestName } from './base/contract.ts';
import type { HealthReport } from './base/health.ts';
import type { Admission } from './http/admission.ts';
import type { PlayerLimits } from './limits/player-limits.ts';

/** What watches the service: it is told of calls and answers, and answers for the pages of monitoring. */
export interface ServiceMonitor {
  readonly pages: MonitorPages;
  noteCall(call: NotedCall): void;
  /** `wanted`: the model that was asked first; null for the offline brain. */
  noteAnswer(answer: Answer<RequestName>, asked: { readonly wanted: string | null }): void;
}

export interface ServiceMonitorOptions {
  readonly report: () => HealthReport;
  readonly admission: Admission;
  readonly limits: Pick<PlayerLimits, 'isOff' | 'spentOut'>;
  /** null while NPCs do not remember. */
  readonly memory: () => unknown;
}

/** So many calls and answers are kept for the first who reads the metrics; nobody looks at a service that has more. */
const MOST_KEPT = 10_000;

/** prom-client is loaded when the metrics are first read: most services are never asked, and it is 70 ms of CPU. */
export function createServiceMonitor({
  report,
  admission,
  limits,
  memory,
}: ServiceMonitorOptions): ServiceMonitor {
  let kept: ((metrics: ServiceMetrics) => void)[] = [];
  let loaded: ServiceMetrics | undefined;

  function note(tell: (metrics: ServiceMetrics) => void): void {
    if (loaded !== undefined) tell(loaded);
    else if (kept.length < MOST_KEPT) kept.push(tell);
  }

  const now = (): ServiceNow => ({
    ...{ ...report(), inFlight: admission.inFlight, areNpcsOff: limits.isOff() },
    ...{ spentOut: limits.spentOut(), hasMemory: memory() !== null },
  });

  async function load(): Promise<ServiceMetrics['metrics']> {
    const { createServiceMetrics } = await import('../observability/service-metrics.ts');
    // Of two who ask at once, the second finds what the first has made.
    loaded ??= createServiceMetrics(packageVersion(), now);
    for (const tell of kept) tell(loaded);
    kept = [];
    return loaded.metrics;
  }

  return {
    pages: createMonitorPages({ metrics: load, readiness: () => readinessOf(report()) }),
    noteCall: (call) => note((metrics) => metrics.noteCall(call)),
    noteAnswer(answer, { wanted }) {
      // Words say who spoke them; thoughts (an action, a feeling) do not.
      if (!('model' in answer)) return;
      const isLimited = 'limited' in answer && answer.limited !== undefined;
      const by = isLimited ? 'canned' : answer.model === wanted ? 'wanted' : 'fallback';
      note((metrics) => metrics.noteAnswer(by));
    },
  };
}

/** One that does less than it could is ready: NPCs are answered. */
function readinessOf({ status, reason }: HealthReport): Readiness {
  return { isReady: status !== 'down', reasons: reason === undefined ? [] : [reason] };
}
