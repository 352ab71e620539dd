import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { MariadbServer } from '../test/support/mariadb-server.ts';
import type { TestDatabase } from '../test/support/test-database.ts';
import { cpuMsOf } from './cpu-of.ts';
import { onNewDatabase } from './one-drain.ts';
import { startWorker } from './worker-process.ts';

const MEASURE_MS = 20_000;
/** Just below what the worker takes for a flood (src/worker/flood-guard.ts), and as many as one process can send. */
const RATES = [0, 600, 10_000, 1_000_000_000];

/** What a worker without work costs while somebody sends datagrams to its doorbell. */
export async function doorbell(): Promise<void> {
  const server = new MariadbServer();
  try {
    await server.start();
    await onNewDatabase(server.address, measureAll);
  } finally {
    await server.remove();
  }
}

async function measureAll(database: TestDatabase): Promise<void> {
  const worker = startWorker(database.settings, { AI_SERVICE_BASE_URL: 'http://127.0.0.1:9' });
  try {
    await worker.started();
    const [row] = await database.query<{ doorbell: string }[]>('SELECT doorbell FROM ai_workers');
    const port = Number(row?.doorbell.split(':').at(-1));
    for (const rate of RATES) await measure(worker.pid, port, rate);
  } finally {
    await worker.stop();
  }
}

async function measure(pid: number, port: number, rate: number): Promise<void> {
  const flood = rate === 0 ? undefined : await startFlood(port, rate);
  // What follows is not the start of it.
  await delay(2_000);
  const before = { cpuMs: cpuMsOf(pid), atMs: performance.now() };
  await delay(MEASURE_MS);
  const tookMs = performance.now() - before.atMs;
  const percent = ((cpuMsOf(pid) - before.cpuMs) / tookMs) * 100;
  const perSecond = flood === undefined ? 0 : await flood.end();
  const rateText = Math.round(perSecond).toLocaleString('en');
  process.stdout.write(`${rateText} datagrams a second: ${percent.toFixed(1)} % of a core for the worker\n`);
}

/** A process that sends; it tells at its end how many a second. */
async function startFlood(port: number, rate: number) {
  const child = spawn(process.execPath, ['-e', FLOOD, String(port), String(rate)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  await once(child, 'spawn');
  return {
    async end(): Promise<number> {
      const closed = once(child, 'close');
      child.stdin.end();
      await closed;
      return Number(told);
    },
  };
}

const FLOOD = `
const [port, rate] = process.argv.slice(-2).map(Number);
const socket = require('node:dgram').createSocket('udp4');
const startMs = performance.now();
let sent = 0;
let isOver = false;
process.stdin.resume().on('end', () => { isOver = true; });
function more() {
  const seconds = (performance.now() - startMs) / 1000;
  if (isOver) return socket.close(() => console.log(sent / seconds));
  const due = Math.min(256, Math.floor(seconds * rate) - sent);
  let left = due;
  for (let at = 0; at < due; at += 1) socket.send('x', port, '127.0.0.1', () => { if (--left === 0) setImmediate(more); });
  sent += Math.max(0, due);
  if (due <= 0) setTimeout(more, 1);
}
more();
`;
