import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** An AI service for benchmarks, in a process of its own so that its CPU time is not the worker's. */
export interface AiStubProcess {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** How long an answer takes: `delayMs` (0), or mixed from there up to `mostDelayMs`. */
export interface AiDelays {
  readonly delayMs?: number;
  readonly mostDelayMs?: number;
}

/** Starts this file as a child; it ends with its parent, because it watches its standard input as soon as it serves. */
export async function startAiStubProcess({
  delayMs = 0,
  mostDelayMs = delayMs,
}: AiDelays = {}): Promise<AiStubProcess> {
  const file = fileURLToPath(import.meta.url);
  const args = ['--import', 'tsx', file, String(delayMs), String(mostDelayMs)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  // One that is still starting would make its folders once more after they were deleted.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const exited = once(child, 'exit').finally(() => process.off('exit', kill));
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line') as Promise<[string]>,
    exited.then(([code]) => Promise.reject(new Error(`The AI stub ended at once, with exit code ${code}.`))),
  ]);
  const { port } = JSON.parse(line) as { port: number };
  return {
    pid: child.pid!,
    port,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}

/** As little as node:http allows: the body is read and forgotten, the answer is one buffer of 102 bytes. */
function serve(nextDelayMs: () => number): void {
  const answer = Buffer.from(
    JSON.stringify({
      npc_id: 'sage',
      text: 'The road to Prontera is safe today.',
      emotion: 'calm',
      provider: 'stub',
    }),
  );
  const headers = ['content-type', 'application/json', 'content-length', String(answer.byteLength)];
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    request.resume();
    request.on('end', () => {
      const delayMs = nextDelayMs();
      if (delayMs > 0) setTimeout(() => response.writeHead(200, headers).end(answer), delayMs);
      else response.writeHead(200, headers).end(answer);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
  });
  process.stdin.resume().on('end', () => process.exit(0));
}

/** The part of a whole by which each next one is furthest from all before: every mix of any number is an even one. */
const GOLDEN = 0.618_033_988_749_895;

/** Mixed, as many take 0.1 to 1 s as 1 to 10 s; the same in each run. */
function delaysBetween(leastMs: number, mostMs: number): () => number {
  let calls = 0;
  return () => (mostMs === leastMs ? leastMs : leastMs * (mostMs / leastMs) ** ((calls++ * GOLDEN) % 1));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [leastMs = 0, mostMs = leastMs] = process.argv.slice(2).map(Number);
  serve(delaysBetween(leastMs, mostMs));
}
