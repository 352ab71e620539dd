import { readFileSync } from 'node:fs';
import { type AiStubProcess, startAiStubProcess } from '../test/support/ai-stub-process.ts';
import { TlsServer } from '../test/support/tls-server.ts';
import { median } from './median.ts';
import { measureDrain, onNewDatabase, TUNED } from './one-drain.ts';

const REQUESTS = 20_000;
const WARM_UP = 10_000;
const ROUNDS = 3;
const MODES = ['disabled', 'required'] as const;
/** USER_HZ of Linux, in which /proc counts CPU time. */
const TICKS_PER_SECOND = 100;

interface Cost {
  readonly perSecond: number;
  /** Of the worker, its start and warm-up included, and of the server, in µs a request. */
  readonly workerUs: number;
  readonly serverUs: number;
}

/** `drain` with and without TLS to the database, both on the loopback of this machine: what encrypting costs. */
export async function tls(): Promise<void> {
  const server = new TlsServer();
  const stub = await startAiStubProcess();
  try {
    await server.start();
    for (const [name, settings] of Object.entries({ default: {}, tuned: TUNED }))
      await compare(name, settings, { server, stub });
  } finally {
    await server.remove();
    await stub.stop();
  }
}

interface Parts {
  readonly server: TlsServer;
  readonly stub: AiStubProcess;
}

async function compare(
  name: string,
  settings: Readonly<Record<string, string>>,
  parts: Parts,
): Promise<void> {
  const costs: Record<(typeof MODES)[number], Cost[]> = { disabled: [], required: [] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const mode of MODES) costs[mode].push(await costOf({ ...settings, DB_SSL: mode }, parts));
  }
  for (const mode of MODES) {
    const medianOf = (value: (cost: Cost) => number) => Math.round(median(costs[mode].map(value)));
    process.stdout.write(
      `${name} settings, DB_SSL=${mode}: ${medianOf(({ perSecond }) => perSecond)}/s, worker ` +
        `${medianOf(({ workerUs }) => workerUs)} µs and server ${medianOf(({ serverUs }) => serverUs)} µs of CPU a request\n`,
    );
  }
}

async function costOf(settings: Readonly<Record<string, string>>, { server, stub }: Parts): Promise<Cost> {
  const load = { settings, warmUp: WARM_UP, requests: REQUESTS };
  const before = { children: cpuUs('self', 15), server: cpuUs(server.pid, 13) };
  const { perSecond } = await onNewDatabase(server.address, (database) => measureDrain(database, stub, load));
  const each = WARM_UP + REQUESTS;
  return {
    perSecond,
    workerUs: (cpuUs('self', 15) - before.children) / each,
    serverUs: (cpuUs(server.pid, 13) - before.server) / each,
  };
}

/** user and system time from /proc; `field` 13 for a process, 15 for its children that have ended. */
function cpuUs(pid: number | 'self' | undefined, field: 13 | 15): number {
  const [, rest = ''] = /\) (.*)$/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8').trim()) ?? [];
  // The first field behind the name is the third one.
  const fields = rest.split(' ').map(Number);
  return (((fields[field - 2] ?? 0) + (fields[field - 1] ?? 0)) * 1_000_000) / TICKS_PER_SECOND;
}
