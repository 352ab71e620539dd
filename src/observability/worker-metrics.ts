import type { BreakerState } from '../base/breaker.ts';
import type { AttemptEnded, Events, QueueLook } from '../base/events.ts';
import { endpointLabel } from './endpoint-label.ts';
import { Metrics } from './registry.ts';

/** What of a worker is asked for when somebody reads its metrics. */
interface WorkerNow {
  readonly inFlight: number;
  readonly concurrency: number;
  readonly outbox: number;
  readonly breaker: BreakerState;
}

export interface WorkerMetricsOptions {
  readonly version: string;
  /** undefined while no worker runs. */
  readonly now: () => WorkerNow | undefined;
  /** The names of all alerts that there are. */
  readonly alertNames: readonly string[];
}

const NOTHING_SEEN: QueueLook = {
  ...{ pending: null, processing: null, oldestPendingSeconds: null, workers: null },
  ...{ dailyTokens: null, diskFreeBytes: null, alerts: [] },
};
const BREAKER_STATES: readonly BreakerState[] = ['closed', 'half_open', 'open'];

/** Makes the metrics of a worker from the same events as its log. */
export function subscribeMetrics(events: Events, options: WorkerMetricsOptions): Metrics {
  const metrics = new Metrics();
  metrics
    .gauge('ai_ipc_worker_info', 'Always 1; the version is a label.', ['version'])
    .set({ version: options.version }, 1);
  countAttempts(events, metrics);
  countEnds(events, metrics);
  countHousekeeping(events, metrics);
  showQueue(events, metrics);
  showAlerts(events, metrics, options.alertNames);
  showWorker(metrics, options.now);
  return metrics;
}

function countAttempts(events: Events, metrics: Metrics): void {
  const attempts = metrics.counter(
    'ai_ipc_attempts_total',
    'Attempts by what they gave; retry is tried again.',
    ['endpoint', 'outcome'],
  );
  const errors = metrics.counter('ai_ipc_errors_total', 'Attempts that gave no answer, by error code.', [
    'code',
  ]);
  const slow = metrics.counter('ai_ipc_slow_calls_total', 'Calls that took longer than max_processing_time.');
  const waited = metrics.seconds(
    'ai_ipc_waited_seconds',
    'From the making of a request to the claim for its first attempt.',
  );
  const called = metrics.seconds('ai_ipc_call_seconds', 'One call to the AI service.', ['endpoint']);
  events.on('attemptEnded', (ended: AttemptEnded) => {
    const endpoint = endpointLabel(ended.endpoint);
    attempts.inc({ endpoint, outcome: ended.outcome });
    if (ended.error !== undefined) errors.inc({ code: ended.error.code });
    if (ended.isSlow) slow.inc();
    if (ended.waitedMs !== null) waited.observe(Math.max(0, ended.waitedMs) / 1000);
    if (ended.durationMs !== null) called.observe({ endpoint }, ended.durationMs / 1000);
  });
}

function countEnds(events: Events, metrics: Metrics): void {
  const claimed = metrics.counter('ai_ipc_claimed_total', 'Requests that this worker claimed.');
  const settled = metrics.counter(
    'ai_ipc_settled_total',
    'Outcomes; dropped: the claim was lost meanwhile.',
    ['fate'],
  );
  const total = metrics.seconds(
    'ai_ipc_total_seconds',
    'From the making of a request until its end is in the database, of those that this worker answered.',
  );
  events.on('claimed', ({ count }) => claimed.inc(count));
  events.on('settled', ({ written, dropped, lifeMs }) => {
    if (written > 0) settled.inc({ fate: 'written' }, written);
    if (dropped.length > 0) settled.inc({ fate: 'dropped' }, dropped.length);
    for (const ms of lifeMs) total.observe(Math.max(0, ms) / 1000);
  });
}

function countHousekeeping(events: Events, metrics: Metrics): void {
  const released = metrics.counter('ai_ipc_released_total', 'Claims given back uncalled.', ['reason']);
  const rescued = metrics.counter('ai_ipc_rescued_total', 'Requests taken back from dead workers.', ['fate']);
  const expired = metrics.counter('ai_ipc_expired_total', 'Requests whose life ended unserved.');
  const cleaned = metrics.counter('ai_ipc_cleaned_total', 'Old requests that were deleted.');
  const aborted = metrics.counter(
    'ai_ipc_aborted_calls_total',
    'Calls cut: their request was cancelled or expired.',
  );
  const broken = metrics.counter('ai_ipc_broken_calls_total', 'Calls that broke off by a bug of AI IPC.');
  const failures = metrics.counter('ai_ipc_database_failures_total', 'Statements that failed, by duty.', [
    'part',
  ]);
  const moves = metrics.counter(
    'ai_ipc_database_host_changes_total',
    'Times that the worker went on with another host of DB_HOST.',
  );
  const held = metrics.counter(
    'ai_ipc_held_outcomes_total',
    'Times that outcomes waited for rows that somebody held.',
  );
  const unsent = metrics.counter('ai_ipc_webhook_failures_total', 'Alerts that the webhook did not take.');
  events.on('released', ({ count, reason }) => released.inc({ reason }, count));
  events.on('rescued', ({ rescued: pending, failed }) => {
    rescued.inc({ fate: 'pending' }, pending);
    rescued.inc({ fate: 'failed' }, failed);
  });
  events.on('expired', ({ count }) => expired.inc(count));
  events.on('cleaned', ({ deleted }) => cleaned.inc(deleted));
  events.on('attemptAborted', () => aborted.inc());
  events.on('callBroken', () => broken.inc());
  events.on('storeFailed', ({ part }) => failures.inc({ part }));
  events.on('databaseHostChanged', () => moves.inc());
  events.on('rowsHeld', () => held.inc());
  events.on('webhookFailed', () => unsent.inc());
}

/** What a look does not see keeps no old value: NaN says that nobody knows. */
function showQueue(events: Events, metrics: Metrics): void {
  const requests = metrics.gauge('ai_ipc_queue_requests', 'Requests in the queue, counted up to 100,000.', [
    'status',
  ]);
  const shown: readonly (readonly [string, string, (look: QueueLook) => number | null])[] = [
    [
      'ai_ipc_queue_oldest_pending_seconds',
      'How long the oldest request has waited that could be served now.',
      (look) => look.oldestPendingSeconds,
    ],
    ['ai_ipc_queue_workers', 'Workers that live, of all on this queue.', (look) => look.workers],
    [
      'ai_ipc_queue_daily_tokens',
      'Tokens of models that players have used today, where their budgets are counted.',
      (look) => look.dailyTokens,
    ],
    [
      'ai_ipc_queue_disk_free_bytes',
      'Free on the disk of the database, where that is on this machine.',
      (look) => look.diskFreeBytes,
    ],
  ];
  const gauges = shown.map(([name, help, read]) => ({ gauge: metrics.gauge(name, help), read }));
  const show = (look: QueueLook) => {
    for (const status of ['pending', 'processing'] as const)
      requests.set({ status }, look[status] ?? Number.NaN);
    for (const { gauge, read } of gauges) gauge.set(read(look) ?? Number.NaN);
  };
  show(NOTHING_SEEN);
  events.on('queueLooked', show);
}

function showAlerts(events: Events, metrics: Metrics, names: readonly string[]): void {
  const active = metrics.gauge('ai_ipc_alert_active', '1 while an alert of the settings holds, else 0.', [
    'alert',
  ]);
  for (const alert of names) active.set({ alert }, 0);
  events.on('queueLooked', ({ alerts }) => {
    for (const alert of names) active.set({ alert }, alerts.includes(alert) ? 1 : 0);
  });
}

function showWorker(metrics: Metrics, now: WorkerMetricsOptions['now']): void {
  metrics.ask({ name: 'ai_ipc_in_flight', help: 'Calls under way.' }, (gauge) =>
    gauge.set(now()?.inFlight ?? 0),
  );
  metrics.ask({ name: 'ai_ipc_concurrency', help: 'The most calls at once.' }, (gauge) =>
    gauge.set(now()?.concurrency ?? 0),
  );
  metrics.ask({ name: 'ai_ipc_outbox', help: 'Outcomes that wait for the database.' }, (gauge) =>
    gauge.set(now()?.outbox ?? 0),
  );
  metrics.ask(
    { name: 'ai_ipc_breaker_state', help: '1 at the state of the breaker, else 0.', labelNames: ['state'] },
    (gauge) => {
      for (const state of BREAKER_STATES) gauge.set({ state }, now()?.breaker === state ? 1 : 0);
    },
  );
}
