import { Argument, Command } from 'commander';
import type { Operator } from '../../operator/operator.ts';
import { columns } from '../base/columns.ts';
import { count, duration, percent, rate } from '../base/figures.ts';
import { type SettingsOptions, withSettingsOptions } from '../base/settings-options.ts';
import { print, terminalWidth } from '../base/terminal.ts';
import { withOperator } from '../base/with-operator.ts';

interface StatsOptions extends SettingsOptions {
  readonly json?: boolean;
}

/** The figures of the document's monitoring queries, by the names of their columns, and those of its key metrics. */
interface Stats {
  readonly pending: number;
  readonly processing: number;
  readonly oldest_pending_ms: number | null;
  readonly workers: number;
  readonly avg_ms: number | null;
  readonly avg_latency_ms: number | null;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly timeout: number;
  readonly cancelled: number;
  readonly success_rate: number | null;
  readonly requests_per_second: number;
  readonly answers_per_second: number;
}

const NAMES = [
  ...[
    'pending',
    'processing',
    'oldest_pending_ms',
    'workers',
    'avg_ms',
    'avg_latency_ms',
    'total',
    'completed',
  ],
  ...['failed', 'timeout', 'cancelled', 'success_rate', 'requests_per_second', 'answers_per_second'],
] as const satisfies readonly (keyof Stats)[];
const HOUR_MS = 3_600_000;
/** Whoever asks for an exact figure of an hour with millions of requests waits for it; no statement takes long. */
const LOOK_MS = 30_000;

/** `ai-ipc stats`: the document's monitoring queries, answered. */
export function statsCommand(): Command {
  const command = new Command('stats')
    .description(
      'answer the monitoring queries: queue depth, request rate, processing time and success rate of the last hour',
    )
    .addArgument(new Argument('[name]', 'print this figure alone').choices(NAMES))
    .option('--json', 'print all figures by their names')
    .addHelpText(
      'after',
      `
pending, avg_ms, total, completed and failed are the columns of the document's queries (docs/monitoring.md). success_rate
is completed of total. The last hour is looked at row by row: with many millions it takes seconds; \`ai-ipc top\` does not.

Examples:
  ai-ipc stats
  ai-ipc stats pending`,
    );
  return withSettingsOptions(command).action((name: keyof Stats | undefined, options: StatsOptions) =>
    withOperator(options, async (operator) => {
      const { stats, isWhole } = await readStats(operator);
      if (!isWhole) process.stderr.write('The last hour is too large: the figures are of its newest part.\n');
      if (name !== undefined)
        print(options.json ? JSON.stringify({ [name]: stats[name] }) : String(stats[name] ?? ''));
      else if (options.json) print(JSON.stringify(stats));
      else print(...statsLines(stats, terminalWidth()));
    }),
  );
}

async function readStats(operator: Operator): Promise<{ stats: Stats; isWhole: boolean }> {
  const { pending, processing, workers, nowMs } = await operator.overview('15m');
  const hour = await operator.totals({ fromMs: nowMs - HOUR_MS }, { limitMs: LOOK_MS });
  const { requests: total, completed, failed, timeout, cancelled } = hour;
  const stats = {
    pending: pending.requests,
    processing: processing.requests,
    oldest_pending_ms: pending.oldestMs === null ? null : Math.max(0, nowMs - pending.oldestMs),
    workers: workers.filter(({ isAlive }) => isAlive).length,
    avg_ms: hour.meanAiMs,
    avg_latency_ms: hour.meanTotalMs,
    total,
    completed,
    failed,
    timeout,
    cancelled,
    success_rate: total === 0 ? null : completed / total,
    requests_per_second: total / 3_600,
    answers_per_second: completed / 3_600,
  };
  return { stats, isWhole: hour.isWhole };
}

function statsLines(stats: Stats, width: number): string[] {
  const waits =
    stats.oldest_pending_ms === null ? '' : `, the oldest for ${duration(stats.oldest_pending_ms)}`;
  const workers = stats.workers === 0 ? 'none lives: nothing is served' : `${stats.workers} alive`;
  const ends = `${count(stats.failed)} failed, ${count(stats.timeout)} timed out, ${count(stats.cancelled)} cancelled`;
  const rows: [string, string, string][] = [
    ['Queue depth', `${count(stats.pending)} pending${waits}; ${count(stats.processing)} processing`, 'now'],
    ['Workers', workers, 'now'],
    ['Request rate', `${count(stats.total)} requests, ${rate(stats.requests_per_second)}`, 'last hour'],
    [
      'Request throughput',
      `${count(stats.completed)} answers, ${rate(stats.answers_per_second)}`,
      'last hour',
    ],
    ['Success rate', `${percent(stats.success_rate)}; ${ends}`, 'last hour'],
    ['Average processing time', `${duration(stats.avg_ms)} in the AI service`, 'last hour'],
    ['Average latency', `${duration(stats.avg_latency_ms)} from request to response`, 'last hour'],
  ];
  return columns([{ title: '' }, { title: '', least: 20 }, { title: '', leaveOut: 1 }], rows, width).slice(1);
}
