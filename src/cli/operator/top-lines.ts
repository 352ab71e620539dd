import { styleText } from 'node:util';
import type { LoggedEvent } from '../../operator/log-event.ts';
import type { Overview, SeenWorker } from '../../operator/overview.ts';
import type { Percentiles } from '../../operator/percentiles.ts';
import type { Traffic, TrafficBucket } from '../../operator/traffic.ts';
import { columns, shown } from '../base/columns.ts';
import { count, duration, moment, percent, rate } from '../base/figures.ts';

/** What came in between two looks. */
export interface Flow {
  readonly requestsPerSecond: number;
  readonly answersPerSecond: number;
}

export interface TopView {
  readonly database: string;
  readonly overview: Overview;
  /** Undefined at the first look. */
  readonly flow: Flow | undefined;
}

const BARS = [...'·▁▂▃▄▅▆▇█'];
const LABEL = 10;
const WINDOW_WORDS = { '15m': '15 minutes', '1h': 'hour', '24h': '24 hours', '7d': '7 days' } as const;

/** Between two looks at the highest ids: what was deleted since is counted all the same. */
export function flowOf(before: Overview | undefined, now: Overview): Flow | undefined {
  if (before === undefined || now.nowMs <= before.nowMs) return undefined;
  const seconds = (now.nowMs - before.nowMs) / 1_000;
  return {
    requestsPerSecond: Math.max(0, now.lastRequestId - before.lastRequestId) / seconds,
    answersPerSecond: Math.max(0, now.lastResponseId - before.lastResponseId) / seconds,
  };
}

/** The whole picture; the most important stands first, since a low terminal shows the beginning alone. */
export function topLines({ database, overview, flow }: TopView, width: number): string[] {
  const { nowMs, traffic, window } = overview;
  return [
    `${styleText('bold', 'AI IPC')}  ${shown(database)}  ${moment(nowMs)}`,
    '',
    ...queueLines(overview),
    `${label('Now')}${flow === undefined ? '…' : `${rate(flow.requestsPerSecond)} in, ${rate(flow.answersPerSecond)} answered`}`,
    '',
    styleText(
      'bold',
      `The last ${WINDOW_WORDS[window]}${traffic.isSampled ? ' (of a part that stands for all)' : ''}`,
    ),
    ...trafficLines(traffic, width),
    '',
    styleText('bold', 'Workers'),
    ...workerLines(overview.workers, width),
    '',
    styleText('bold', 'Last errors'),
    ...errorLines(overview.lastErrors, nowMs, width),
  ];
}

function queueLines({ pending, processing, nowMs, workers }: Overview): string[] {
  const more = pending.isCapped ? ' or more' : '';
  const age =
    pending.oldestMs === null ? '' : `, the oldest for ${duration(Math.max(0, nowMs - pending.oldestMs))}`;
  const priorities = pending.byPriority
    .map(({ priority, requests }) => `${priority}: ${count(requests)}`)
    .join('  ');
  const isServed = workers.some(({ isAlive }) => isAlive);
  const waiting = `${count(pending.requests)}${more}${age}`;
  return [
    `${label('Pending')}${pending.requests > 0 && !isServed ? styleText('red', `${waiting}: no worker lives`) : waiting}`,
    ...(pending.requests === 0 ? [] : [`${label('')}by priority  ${priorities}`]),
    `${label('Processing')}${count(processing.requests)}`,
  ];
}

function trafficLines(traffic: Traffic, width: number): string[] {
  const { completed, failed, timeout, cancelled, healed, successRate } = traffic;
  const good =
    successRate !== null && successRate < 0.95
      ? styleText('red', percent(successRate))
      : percent(successRate);
  const retried = healed === 0 ? '' : ` (${count(healed)} not at once)`;
  return [
    `${label('Requests')}${count(traffic.requests)}, ${rate(traffic.requestsPerSecond)}; answers ${rate(traffic.answersPerSecond)}`,
    `${label('Success')}${good}: ${count(completed)} completed${retried}, ${count(failed)} failed, ${count(timeout)} timed out, ${count(cancelled)} cancelled`,
    `${label('')}${graph(
      traffic.series.map(({ requests }) => requests),
      width - LABEL,
    )}  requests`,
    `${label('')}${graph(traffic.series.map(unansweredIn), width - LABEL)}  failed, timed out`,
    ...timeTable(traffic),
  ];
}

function unansweredIn({ failed, timeout }: TrafficBucket): number {
  return failed + timeout;
}

function timeTable({ waitedMs, aiMs, totalMs }: Traffic): string[] {
  const cells = (name: string, times: Percentiles | null) => [
    name,
    ...(['p50', 'p95', 'p99'] as const).map((which) => duration(times === null ? null : times[which])),
  ];
  const titles = [
    { title: '' },
    ...['half', '95 %', '99 %'].map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = [cells('waited', waitedMs), cells('AI', aiMs), cells('total', totalMs)];
  return columns(titles, rows, Number.POSITIVE_INFINITY).map((line) => `${label('')}${line}`);
}

/** A column for each stretch of time; two neighbours become one where there is no room. */
function graph(values: readonly number[], room: number): string {
  let shownValues = [...values];
  while (shownValues.length > Math.max(4, room - 20))
    shownValues = shownValues
      .filter((_, index) => index % 2 === 0)
      .map((value, index) => value + (values[2 * index + 1] ?? 0));
  const most = Math.max(1, ...shownValues);
  return shownValues
    .map((value) => BARS[value === 0 ? 0 : Math.max(1, Math.round((value / most) * 8))] ?? '')
    .join('');
}

function workerLines(workers: readonly SeenWorker[], width: number): string[] {
  if (workers.length === 0)
    return [`  ${styleText('red', 'None: nothing is served. Start one: ai-ipc worker')}`];
  const rows = workers.map(({ id, version, inFlight, heartbeatAgeMs, isAlive }) => [
    id,
    version,
    `${inFlight} in flight`,
    isAlive ? `heard ${duration(Math.max(0, heartbeatAgeMs))} ago` : `silent for ${duration(heartbeatAgeMs)}`,
  ]);
  const lines = columns(
    [{ title: '', least: 20 }, { title: '' }, { title: '' }, { title: '' }],
    rows,
    width - 2,
  ).slice(1);
  return lines.map((line, index) => `  ${workers[index]?.isAlive ? line : styleText('yellow', line)}`);
}

function errorLines(errors: readonly LoggedEvent[], nowMs: number, width: number): string[] {
  if (errors.length === 0) return ['  None is in the log.'];
  const rows = errors.map(({ requestId, atMs, event, errorCode, attempt, ms }) => [
    `${duration(Math.max(0, nowMs - atMs))} ago`,
    `request ${requestId}`,
    event,
    errorCode ?? '–',
    attempt === null ? '' : `attempt ${attempt}`,
    ms === null ? '' : duration(ms),
  ]);
  const titles = [
    { title: '', align: 'right' as const },
    { title: '' },
    { title: '' },
    { title: '', least: 8 },
  ];
  return columns(
    [...titles, { title: '', leaveOut: 2 }, { title: '', leaveOut: 1, align: 'right' }],
    rows,
    width - 2,
  )
    .slice(1)
    .map((line) => `  ${line}`);
}

function label(text: string): string {
  return text.padEnd(LABEL + 2);
}
