import { styleText } from 'node:util';
import type { ListedRequest } from '../../operator/request-list.ts';
import { verdictOf } from '../../operator/story.ts';
import { type Column, columns } from '../base/columns.ts';
import { duration, moment } from '../base/figures.ts';

const COLUMNS: readonly Column[] = [
  { title: 'ID', align: 'right' },
  { title: 'MADE', least: 8 },
  { title: 'STATUS' },
  { title: 'PRIO', align: 'right', leaveOut: 3 },
  { title: 'TRIES', align: 'right', leaveOut: 2 },
  { title: 'WAITED', align: 'right', leaveOut: 6 },
  { title: 'AI', align: 'right', leaveOut: 5 },
  { title: 'TOTAL', align: 'right' },
  { title: 'TYPE', least: 8 },
  { title: 'NPC', least: 8 },
  { title: 'MAP', least: 6, leaveOut: 7 },
  { title: 'ENDPOINT', least: 10, leaveOut: 8 },
  { title: 'ERROR', least: 16 },
];
const COLOURS = {
  open: 'cyan',
  completed: 'green',
  healed: 'yellow',
  failed: 'red',
  cancelled: 'gray',
} as const;

/** A line for each, the titles first. */
export function requestLines(requests: readonly ListedRequest[], nowMs: number, width: number): string[] {
  const rows = requests.map((request) => [
    String(request.id),
    madeAt(request.createdMs, nowMs),
    request.status || 'unknown',
    String(request.priority),
    String(request.attempts),
    duration(request.waitedMs),
    duration(request.aiMs),
    duration(request.totalMs),
    request.type,
    request.npc ?? '–',
    request.map ?? '–',
    request.endpoint,
    request.errorCode ?? '',
  ]);
  const [titles = '', ...lines] = columns(COLUMNS, rows, width);
  return [
    styleText('bold', titles),
    ...lines.map((line, index) => {
      const request = requests[index];
      return request === undefined ? line : styleText(COLOURS[verdictOf(request)], line);
    }),
  ];
}

/** Of today the time alone. */
function madeAt(ms: number, nowMs: number): string {
  const [day, time = ''] = moment(ms).split(' ');
  return moment(nowMs).startsWith(`${day} `) ? time : `${day} ${time}`;
}
