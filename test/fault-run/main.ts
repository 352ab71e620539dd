// `npm run test:fault -- --minutes 60 --seed 1`: faults of every kind at random under load, and a proof that nothing was
// lost, doubled or told wrongly. CONTRIBUTING.md says more.

import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runFaults } from './fault-run.ts';
import { ALL_FAULTS } from './faults/all-faults.ts';
import type { Figures } from './figures.ts';
import { REPORT, reportOf, writeReport } from './report.ts';

const WORKERS = 3;
const CLIENTS = 2;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    /** Several are run one after the other. */
    seed: { type: 'string', multiple: true, default: ['1'] },
    /** Requests a second. */
    rate: { type: 'string', default: '200' },
    /** Only faults that have this in their name. */
    only: { type: 'string', multiple: true },
    /** The folder of another built version: one of its workers takes part. */
    older: { type: 'string' },
    /** Puts the figures into the report. */
    write: { type: 'boolean', default: false },
  },
});

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => process.exit(128 + constants.signals[name]));

const faults = ALL_FAULTS.filter(({ name }) => values.only?.some((part) => name.includes(part)) ?? true);
const [minutes, rate] = [values.minutes, values.rate].map(Number) as [number, number];
const seeds = values.seed.map(Number);
const older = values.older === undefined ? {} : { older: resolve(values.older, 'bin', 'ai-ipc.js') };
const wrong = wrongChoice();
if (wrong !== undefined) {
  process.stderr.write(`ERROR ${wrong}\n`);
  process.exitCode = 2;
} else {
  const all: Figures[] = [];
  for (const seed of seeds) {
    print(`seed ${seed}: ${minutes} minutes at ${rate} requests a second`);
    const options = { seed, rate, faults, workers: WORKERS, clients: CLIENTS, hasDisk: true, ...older };
    all.push(await runFaults({ ...options, until: { afterMs: minutes * 60_000 }, onLine: print }));
  }
  const report = reportOf(all, { minutes, rate, workers: WORKERS, clients: CLIENTS });
  print(report);
  if (values.write) {
    writeReport(report);
    print(`written to ${REPORT}`);
  }
  const broken = all.reduce((sum, { breaches }) => sum + breaches.length, 0);
  print(broken === 0 ? 'nothing was broken' : `${broken} BROKEN`);
  process.exitCode = broken === 0 ? 0 : 1;
}

function wrongChoice(): string | undefined {
  if (!(minutes > 0) || !(rate > 0)) return '--minutes and --rate want a number above 0';
  if (!seeds.every(Number.isInteger)) return '--seed wants a whole number';
  if ('older' in older && !existsSync(older.older)) return `--older: there is no ${older.older}`;
  if (faults.length > 0) return undefined;
  return `--only ${values.only} is part of no name. There are:\n${ALL_FAULTS.map(({ name }) => `  ${name}`).join('\n')}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
