import { styleText } from 'node:util';
import type { LoggedEvent } from '../../operator/log-event.ts';
import type { StoredRequest, Story, Verdict } from '../../operator/story.ts';
import type { Stretch } from '../../operator/stretches.ts';
import { columns, shown, wrapped } from '../base/columns.ts';
import { duration, moment } from '../base/figures.ts';

const WIDEST_BAR = 60;
const LEAST_BAR = 10;
const COLOURS = { waited: 'gray', ai: 'cyan', settle: 'magenta' } as const;

/** One request from its creation to its end, for a person. */
export function storyLines(story: Story, width: number): string[] {
  const { request, response } = story;
  return [
    `${styleText('bold', `Request ${request.id}`)}: ${verdictLine(story.verdict, request)}`,
    ...factLines(request, width),
    '',
    styleText('bold', 'Where the time went'),
    ...timeLines(story, width),
    '',
    styleText('bold', 'Log'),
    ...logLines(story, width),
    '',
    styleText('bold', 'Data'),
    ...jsonLines(request.data ?? '(none: {} was sent)'),
    ...(response === null ? [] : answerLines(response, width)),
    ...adviceLines(story.verdict, request, width),
  ];
}

function verdictLine(verdict: Verdict, { status, attempts, errorCode }: StoredRequest): string {
  const tries = attempts === 1 ? 'the first attempt' : `attempt ${attempts}`;
  const because = errorCode === null ? '' : ` (${shown(errorCode)})`;
  switch (verdict) {
    case 'completed':
      return styleText('green', `completed at ${tries}`);
    case 'healed':
      return styleText('yellow', `completed at ${tries}: what went wrong before has healed by itself`);
    case 'failed':
      return styleText('red', `${status}${because} after ${attempts} attempt${attempts === 1 ? '' : 's'}`);
    case 'cancelled':
      return styleText('gray', 'cancelled');
    case 'open':
      return styleText('cyan', `${status || 'without a known status'}${because}`);
  }
}

function factLines(request: StoredRequest, width: number): string[] {
  const place = request.map === null ? '' : ` on ${request.map}`;
  const facts: [string, string][] = [
    ['type', request.type],
    ['endpoint', request.endpoint],
    ['NPC', `${request.npc ?? '–'}${place}`],
    ['priority', String(request.priority)],
    ['made', moment(request.createdMs, { hasMs: true })],
    ['life', lifeOf(request)],
    ['ended', request.processedMs === null ? '–' : moment(request.processedMs, { hasMs: true })],
    ['worker', request.claimedBy ?? '–'],
  ];
  return columns([{ title: '' }, { title: '', least: 10 }], facts, width)
    .slice(1)
    .map((line) => `  ${line}`);
}

function lifeOf({ createdMs, expiresMs }: StoredRequest): string {
  if (expiresMs === null) return '–';
  const lifeMs = expiresMs - createdMs;
  return lifeMs < 0 ? `over ${duration(-lifeMs)} before it was made: check the time zones` : duration(lifeMs);
}

/** A line for each stretch, each where it lies in the whole. */
function timeLines({ stretches }: Story, width: number): string[] {
  const first = stretches[0];
  const last = stretches.at(-1);
  if (first === undefined || last === undefined) return [];
  const wholeMs = Math.max(1, last.toMs - first.fromMs);
  const labels = stretches.map(labelOf);
  const figures = stretches.map(
    ({ fromMs, toMs, isOpen }) => `${duration(toMs - fromMs)}${isOpen ? ' so far' : ''}`,
  );
  const labelWidth = Math.max(...labels.map(({ length }) => length));
  const figureWidth = Math.max(...figures.map(({ length }) => length));
  const room = Math.min(width, 140) - labelWidth - figureWidth - 6;
  const barWidth = Math.max(LEAST_BAR, Math.min(WIDEST_BAR, room));
  return [
    ...stretches.map((stretch, index) => {
      const bar = barOf(stretch, { fromMs: first.fromMs, wholeMs, barWidth });
      const label = (labels[index] ?? '').padEnd(labelWidth);
      return `  ${label}  ${styleText(COLOURS[stretch.kind], bar)}  ${(figures[index] ?? '').padStart(figureWidth)}`;
    }),
    `  ${'in all'.padEnd(labelWidth)}  ${' '.repeat(barWidth)}  ${duration(wholeMs).padStart(figureWidth)}`,
  ];
}

function labelOf({ kind, attempt }: Stretch): string {
  if (kind === 'waited') return 'waited';
  return kind === 'ai' ? `AI, attempt ${attempt}` : 'settle';
}

function barOf(
  { fromMs, toMs }: Stretch,
  whole: { readonly fromMs: number; readonly wholeMs: number; readonly barWidth: number },
): string {
  const at = (ms: number) => Math.round(((ms - whole.fromMs) / whole.wholeMs) * whole.barWidth);
  const start = Math.min(at(fromMs), whole.barWidth - 1);
  // What took no time to speak of is a thin line, and not nothing.
  const length = at(toMs) - start;
  const bar = length < 1 ? '▏' : '█'.repeat(length);
  return `${' '.repeat(start)}${bar}`.padEnd(whole.barWidth);
}

function logLines({ events, request }: Story, width: number): string[] {
  if (events.length === 0) return ['  (nothing yet, or older than log_retention_days)'];
  const rows = events.map((event) => [
    `+${((event.atMs - request.createdMs) / 1000).toFixed(3)} s`,
    event.event,
    event.attempt === null ? '' : `attempt ${event.attempt}`,
    event.ms === null ? '' : duration(event.ms),
    detailOf(event),
  ]);
  const titles = [
    { title: '', align: 'right' as const },
    { title: '' },
    { title: '' },
    { title: '', align: 'right' as const },
  ];
  return columns([...titles, { title: '', least: 10 }], rows, width - 2)
    .slice(1)
    .map((line) => `  ${line}`);
}

function detailOf({ errorCode, worker, by, as, of, action }: LoggedEvent): string {
  return [
    errorCode,
    by === null ? null : `by ${by}`,
    as === null ? null : `as request ${as}`,
    of === null ? null : `a copy of request ${of}`,
    action,
    worker,
  ]
    .filter((part) => part !== null)
    .join('  ');
}

function answerLines(response: NonNullable<Story['response']>, width: number): string[] {
  if (response.data !== null) return ['', styleText('bold', 'Answer'), ...jsonLines(response.data)];
  return [
    '',
    styleText('bold', 'Why there is no answer'),
    ...wrapped(shown(response.errorMessage ?? '(nobody said)'), width, '  '),
  ];
}

/** Indented where it is JSON, else as it is. */
function jsonLines(text: string): string[] {
  return pretty(text)
    .split('\n')
    .map((line) => `  ${shown(line)}`);
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function adviceLines(verdict: Verdict, { id, errorCode }: StoredRequest, width: number): string[] {
  if (verdict !== 'failed') return [];
  const what =
    errorCode === null ? 'docs/errors.md explains each code' : `docs/errors.md explains ${shown(errorCode)}`;
  return ['', ...wrapped(`${what}. When its cause is mended: ai-ipc retry ${id}`, width, '')];
}
