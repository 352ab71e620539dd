import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchPackages } from './fetched-packages.ts';
import { ProgramProcess } from './program-process.ts';
import { asServerUser } from './server-user.ts';
import { makeTinyModel } from './tiny-model.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = 'usr/bin/llama-server';
/** In 0.7.0: where it looks for what computes, one file for each kind of processor, is its own installed path, or here. */
const BACKENDS = 'ggml/backends0';

/**
 * The folder of llama.cpp's server of Debian sid (0.7.0, build 11669; 19 MB to fetch with all that it needs). Rejects with
 * "llama.cpp cannot be had: reason".
 */
export async function fetchLlamaServer(): Promise<string> {
  const wanted = { suite: 'sid', packages: ['llama.cpp'], programs: [PROGRAM] } as const;
  const folder = await fetchPackages('llama.cpp', wanted).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`llama.cpp cannot be had: ${reason}`, { cause: error });
  });
  return join(folder, 'root');
}

export interface LlamaServer {
  /** Without a path; /v1 is OpenAI's API. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a llama.cpp server with a tiny model on a free port. */
export async function startLlamaServer(root: string, args: readonly string[]): Promise<LlamaServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-llama-'));
  chmodSync(folder, 0o755);
  const model = join(folder, 'tiny.gguf');
  writeFileSync(model, makeTinyModel(ROOT), { mode: 0o644 });
  const [program, all] = asServerUser(join(root, PROGRAM), [
    ...['--model', model, '--alias', 'tiny', '--host', '127.0.0.1', '--port', '0'],
    ...['--threads', '1', '--no-webui', ...args],
  ]);
  const server = new ProgramProcess(program, all, { cwd: backendsIn(root) });
  const stop = async () => {
    await server.stop('SIGTERM');
    rmSync(folder, { recursive: true });
  };
  try {
    const [, url = ''] = await server.waitForOutput(/listening on (http:\S+)/, 'stderr');
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function backendsIn(root: string): string {
  const libraries = join(root, 'usr/lib');
  const found = readdirSync(libraries)
    .map((name) => join(libraries, name, BACKENDS))
    .find((folder) => existsSync(folder));
  if (found === undefined) throw new Error(`llama.cpp has no ${BACKENDS} below ${libraries}.`);
  return found;
}
