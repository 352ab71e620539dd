import { styleText } from 'node:util';
import type { GroundFacts } from '../../store/bench-place.ts';
import { columns, wrapped } from '../base/columns.ts';
import { count } from '../base/figures.ts';
import { terminalWidth } from '../base/terminal.ts';
import type { Figures } from './figures.ts';
import { msText } from './limit.ts';
import { AT_ONCE, type Measured, MOST_QUEUED } from './stages.ts';

/** A pipe gets lines that fit into a mail. */
const WIDTH = 100;

function width(): number {
  return Math.min(WIDTH, terminalWidth());
}

export function wrap(text: string, margin = ''): string[] {
  return wrapped(text, width(), margin);
}

export interface Announced {
  readonly isSqlite: boolean;
  /** For people. */
  readonly name: string;
  readonly facts: GroundFacts;
  readonly seconds: number;
}

/** Of `--clean`. */
export function nothingLeft({ isSqlite, name }: Pick<Announced, 'isSqlite' | 'name'>): string[] {
  if (isSqlite)
    return wrap(`No killed bench has left a folder beside the file of ${name}: there is nothing to delete.`);
  return wrap(
    `No killed bench has left a database on ${name}, as far as this user may see: there is nothing to delete. If a bench of ` +
      'an administrator was killed, come as him: --db-admin.',
  );
}

/** What a bench is about to do, and what that costs others. */
export function announcement({ isSqlite, name, facts, seconds }: Announced): string[] {
  const place = isSqlite
    ? 'It makes a folder ai-ipc-bench-… beside the file of the queue, with a database of its own'
    : 'It makes a database ai_ipc_bench_… with tables of its own';
  const load = isSqlite ? 'this disk' : 'this server';
  return [
    `Server: ${name}${isSqlite ? '' : `, ${facts.version}`}`,
    ...wrap(
      `For ${seconds} s this bench puts load on ${load}: reads and single commits first, then requests of a worker of its ` +
        `own, as many as are answered, at most ${count(MOST_QUEUED)} waiting at once. Players may notice it: choose a quiet hour.`,
    ),
    ...wrap(
      `${place}, and deletes it at the end. Your own tables and requests are neither read nor changed, and your AI service ` +
        'is not called. Ctrl-C ends it, and cleans up.',
    ),
    ...othersWork(facts).flatMap((sentence) => wrap(sentence)),
  ];
}

function othersWork({ settings }: GroundFacts): string[] {
  if (settings['wsrep_on'] === 'ON') return ['The other nodes of its Galera cluster do the same work.'];
  return settings['log_bin'] === 'ON'
    ? ['It keeps a binary log (log_bin): replicas do the same work, and the log grows by 3 kB a request.']
    : [];
}

const TITLES = [
  { title: '' },
  { title: 'p50 ms', align: 'right' },
  { title: 'p95 ms', align: 'right' },
  { title: 'p99 ms', align: 'right' },
  { title: 'a second', align: 'right' },
  { title: 'of', leaveOut: 1 },
] as const;

/** The figures as a table, the titles first. */
export function tableOf(
  { roundTrip, read, commit, ask, askMany, drain }: Measured,
  isPlain: boolean,
): string[] {
  const rows = [
    row('To the server and back', roundTrip, 'in turn'),
    row('Read by key', read, 'in turn'),
    row('Commit', commit, 'in turn'),
    row('Request to answer', ask, 'in turn'),
    row(`the same, ${AT_ONCE} at once`, askMany, `by ${AT_ONCE} who ask again and again`),
    ...(drain === undefined
      ? []
      : [['A queue, drained', '', '', '', count(drain.perSecond), `${count(drain.count)} that waited`]]),
  ].filter((cells) => cells !== undefined);
  const [titles = '', ...lines] = columns(TITLES, rows, width());
  return [isPlain ? titles : styleText('bold', titles), ...lines];
}

function row(name: string, figures: Figures | undefined, how: string): string[] | undefined {
  if (figures === undefined) return undefined;
  const { p50Ms, p95Ms, p99Ms, perSecond, count: times } = figures;
  return [
    ...[name, msText(p50Ms), msText(p95Ms), msText(p99Ms)],
    ...[count(perSecond), `${count(times)} ${how}`],
  ];
}
