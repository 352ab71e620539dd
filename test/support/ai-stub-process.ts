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

/** Starts this file as a child; it ends with its parent, because it watches its standard input. */
export async function startAiStubProcess(options: { delayMs?: number } = {}): Promise<AiStubProcess> {
  const file = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, ['--import', 'tsx', file, String(options.delayMs ?? 0)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
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
function serve(delayMs: number): void {
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
      if (delayMs > 0) setTimeout(() => response.writeHead(200, headers).end(answer), delayMs);
      else response.writeHead(200, headers).end(answer);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
  });
  process.stdin.resume().on('end', () => process.exit(0));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) serve(Number(process.argv[2] ?? 0));
