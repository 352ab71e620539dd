import { barChart } from './bar-chart.ts';
import type { Comparison } from './compare.ts';
import type { Row } from './rounds.ts';

/** Of the machine that measured. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
  /** Of each program and package that took part. */
  readonly versions: readonly string[];
}

/** The pictures of the page, by the name of their file in the folder `pictures` beside it. */
export function benchmarkPictures({ rows }: Comparison): ReadonlyMap<string, string> {
  const drain = barChart({
    title: 'Drain: requests a second (more is better)',
    bars: rows.map(({ name, perSecond }) => ({ name, value: perSecond })),
    valueText: count,
  });
  const paces = pacesOf(rows).map((pace, at) => {
    const bars = rows.map(({ name, paces: own }) => ({ name, value: own[at]?.p50 ?? Number.NaN }));
    const title = `At ${pace} a second: milliseconds to the answer, p50 (less is better)`;
    const valueText = (value: number) => `${value.toFixed(1)} ms`;
    return [paceFile(pace), barChart({ title, bars, valueText })] as const;
  });
  return new Map([[DRAIN_FILE, drain], ...paces]);
}

const DRAIN_FILE = 'benchmark-drain.svg';

function paceFile(pace: number): string {
  return `benchmark-at-${pace}.svg`;
}

function pacesOf(rows: readonly Row[]): number[] {
  return (rows[0]?.paces ?? []).map(({ perSecond }) => perSecond);
}

/** docs/benchmarks.md, all of it from what was measured. */
export function benchmarksPage(comparison: Comparison, machine: Machine, date: string): string {
  const { rounds, requests, rows, leftOut } = comparison;
  const paces = pacesOf(rows);
  return `${[
    '# Benchmarks',
    'The same work through AI IPC and through other queues, as `npm run bench -- report` measured and wrote it; it overwrites ' +
      'this page. [docs/performance.md](performance.md) says what each figure is.',
    `Measured on ${date}: ${machine.cores} cores (${machine.processor}), ${machine.memoryGib.toFixed(1)} GiB of memory, ` +
      `${machine.system}. All of it ran on this machine: database, worker, AI service (which answers in 0 ms) and load. ` +
      `Each figure is the middle one of ${rounds} rounds, in each of which all took their turn.`,
    '## Drain',
    `${requests} requests, queued while the worker runs. The ratio is that to the peer with 1.00 in the same round, with the ` +
      'least and the most of the rounds. CPU seconds are those for 20,000 requests.',
    `![Requests a second](pictures/${DRAIN_FILE})`,
    table(
      ['', 'requests a second', 'ratio', 'CPU of the worker', 'CPU of its database'],
      [
        ['HTTP alone', count(comparison.httpPerSecond), '', '', ''],
        ...rows.map((row) => [
          row.name,
          count(row.perSecond),
          ratioText(row.ratio),
          `${row.workerCpuSeconds.toFixed(1)} s`,
          `${row.databaseCpuSeconds.toFixed(1)} s`,
        ]),
      ],
    ),
    '## At a pace',
    'Milliseconds from when a request was due until who asked has its answer, p50 and p99.',
    ...paces.map((pace) => `![p50 at ${pace} a second](pictures/${paceFile(pace)})`),
    table(
      ['', ...paces.map((pace) => `${pace} a second`)],
      rows.map((row) => [
        row.name,
        ...row.paces.map(({ p50, p99 }) => `${p50.toFixed(1)} / ${p99.toFixed(1)}`),
      ]),
    ),
    '## What took part',
    [...machine.versions, ...leftOut].map((line) => `- ${line}`).join('\n'),
    '## Again',
    '```bash\nnpm run bench -- report --install\n```\n\n`--before FOLDER` has an older build of AI IPC take its turn, too.',
  ].join('\n\n')}\n`;
}

function ratioText(ratio: Row['ratio']): string {
  if (ratio === undefined) return '';
  const [middle, least, most] = [ratio.median, ratio.least, ratio.most].map((value) => value.toFixed(2));
  return least === most ? `${middle}` : `${middle} (${least} to ${most})`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, titles.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
