import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Figures, KindFigures } from './figures.ts';

export const REPORT = 'docs/reliability.md';
const MOST_BREACHES = 20;

interface RunFacts {
  readonly minutes: number;
  readonly rate: number;
  readonly workers: number;
  readonly clients: number;
}

/** The figures of some runs, as they stand on the page. */
export function reportOf(all: readonly Figures[], { minutes, rate, workers, clients }: RunFacts): string {
  const seeds = all.map(({ seed }) => `--seed ${seed}`).join(' ');
  return `\`npm run test:fault -- --minutes ${minutes} ${seeds} --rate ${rate}\`: ${workers} workers, ${clients} client programs, one MariaDB,
Node ${process.version}.

${all.map(summaryOf).join('\n\n')}

| fault | times | longest recovery | what is measured | calm again after |
|---|---|---|---|---|
${kindsOf(all).map(rowOf).join('\n')}
${leftOutOf(all)}${breachesOf(all)}`;
}

/** Puts it between the marks of the page. */
export function writeReport(report: string): void {
  const page = fileURLToPath(new URL(`../../${REPORT}`, import.meta.url));
  writeFileSync(page, `${INTRODUCTION}\n${report.trim()}\n`);
}

const INTRODUCTION = `# Reliability

For admins: what was done to AI IPC while it worked, and what became of the requests. A command writes this page
([CONTRIBUTING.md](../CONTRIBUTING.md) has it, and what can be chosen).

Clients ask, watch, cancel and give up at a steady rate, while something goes wrong, one after the other, in an order that
the seed alone decides. Each client notes what it asked and all that it was told; the AI service notes its calls. Every five
minutes, everybody rests, and all of it is compared with the tables: each request has one end and at most one answer, its
own; nothing is answered after its life, called without a claim, or left open; its log tells one possible story; no client
was told what is not so; no program ended by itself, or keeps what it took. How the check is itself checked is in
[design.md](design.md#promises-and-the-tests-that-hold-them).
`;

function summaryOf({ seed, faults, requests, calls, words, ends, events, breaches }: Figures): string {
  const ended = countsOf(ends, ['completed', 'failed', 'timeout', 'cancelled']);
  const again = countsOf(events, ['retried', 'released', 'rescued', 'dropped']);
  return `- Seed ${seed}: ${number(faults)} faults, ${number(requests)} requests (${ended}), ${number(calls)} calls, of which some again
  (${again}), ${number(words)} words to clients. ${breaches.length === 0 ? 'Nothing was broken.' : `**${number(breaches.length)} promises were broken**, see below.`}`;
}

function countsOf(counts: Readonly<Record<string, number>>, names: readonly string[]): string {
  return names.map((name) => `${number(counts[name] ?? 0)} ${name}`).join(', ');
}

/** Those of all runs together. */
function kindsOf(all: readonly Figures[]): KindFigures[] {
  const together = new Map<string, KindFigures>();
  for (const [name, kind] of all.flatMap(({ kinds }) => [...kinds])) {
    const before = together.get(name);
    together.set(name, {
      fault: kind.fault,
      times: kind.times + (before?.times ?? 0),
      longestRecoveryMs: Math.max(kind.longestRecoveryMs, before?.longestRecoveryMs ?? 0),
      longestCalmMs: Math.max(kind.longestCalmMs, before?.longestCalmMs ?? 0),
    });
  }
  return [...together.values()].sort((a, b) => a.fault.name.localeCompare(b.fault.name));
}

function rowOf({ fault, times, longestRecoveryMs, longestCalmMs }: KindFigures): string {
  return `| ${fault.name} | ${times} | ${seconds(longestRecoveryMs)} | ${fault.recovery} | ${seconds(longestCalmMs)} |`;
}

function leftOutOf(all: readonly Figures[]): string {
  const reasons = new Set(
    all.flatMap(({ leftOut }) => leftOut.map(({ fault, reason }) => `${fault}, since ${reason}`)),
  );
  return reasons.size === 0 ? '' : `\nLeft out: ${[...reasons].join('; ')}.\n`;
}

function breachesOf(all: readonly Figures[]): string {
  const breaches = all.flatMap((figures) =>
    figures.breaches.map((breach) => ({ ...breach, seed: figures.seed })),
  );
  if (breaches.length === 0) return '';
  const lines = breaches
    .slice(0, MOST_BREACHES)
    .map(
      ({ seed, rule, id, words }) =>
        `- seed ${seed}, ${rule}${id === null ? '' : `, request ${id}`}: ${words}`,
    );
  const more = breaches.length > MOST_BREACHES ? `\n- … and ${breaches.length - MOST_BREACHES} more` : '';
  return `\n## What was broken\n\n${lines.join('\n')}${more}\n`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function number(count: number): string {
  return count.toLocaleString('en-US');
}
