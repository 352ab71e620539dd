import type { Figures } from './play.ts';
import type { Times } from './times.ts';

/** Kinds of which a request has fewer are not worth a word. */
const FEWEST = 0.005;
const MEGABYTE = 1_000_000;

/** What the figures of a play are, in a few lines. */
export function tellFigures(name: string, figures: Figures): void {
  const { requests, perSecond, wait, call, total, costs, highestRssBytes, tripsPerRequest } = figures;
  const trips = tripsPerRequest === undefined ? '' : `, ${tripsPerRequest.toFixed(2)} trips of a worker`;
  print(`${name}: ${requests} requests, ${Math.round(perSecond)} answers a second`);
  print(`  wait   ${timesText(wait)}`);
  print(`  call   ${timesText(call)}`);
  print(`  total  ${timesText(total)}`);
  print(
    `  a request: ${(costs.statements / requests).toFixed(2)} statements (${kindsText(figures)})${trips}`,
  );
  const seconds = (ms: number) => `${(ms / requests).toFixed(2)} s`;
  print(
    `  CPU for 1,000: worker ${seconds(costs.workerCpuMs)}, database ${seconds(costs.databaseCpuMs)}; ` +
      `highest RSS of a worker ${megabytes(highestRssBytes)}`,
  );
}

/** A goal beside what was measured. The benchmark ends with 1 where one is missed. */
export function tellGoal(goal: string, measured: string, isKept: boolean): void {
  print(`  ${isKept ? 'kept  ' : 'MISSED'} ${goal}: ${measured}`);
  if (!isKept) process.exitCode = 1;
}

export function timesText({ p50, p95, p99, longest }: Times, digits = 0): string {
  const ms = (value: number) => `${value.toFixed(digits)} ms`;
  return `p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)}, longest ${ms(longest)}`;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / MEGABYTE)} MB`;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function kindsText({ costs, requests }: Figures): string {
  return Object.entries(costs.kinds)
    .map(([kind, count]) => ({ kind, each: count / requests }))
    .filter(({ each }) => each >= FEWEST)
    .map(({ kind, each }) => `${kind} ${each.toFixed(2)}`)
    .join(', ');
}
