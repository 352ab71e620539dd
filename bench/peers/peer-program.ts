import { fileURLToPath } from 'node:url';
import { ProgramProcess } from '../../test/support/program-process.ts';
import type { PeerTask, PeerWorker } from './peer.ts';
import { READY, TASK_VARIABLE } from './programs/task.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Nothing that deploy/ai-ipc-worker.service does not give ours. */
const NODE_ARGS = ['--import', 'tsx'];

/** A file of `programs/`, in a process of its own. */
export function startPeerProgram(node: string, file: string, task: PeerTask): ProgramProcess {
  return startWith(node, [...NODE_ARGS, pathOf(file)], task);
}

/** Resolves when it serves. */
export async function startPeerWorker(node: string, file: string, task: PeerTask): Promise<PeerWorker> {
  return await untilReady(startPeerProgram(node, file, task));
}

export async function startPythonWorker(python: string, file: string, task: PeerTask): Promise<PeerWorker> {
  return await untilReady(startWith(python, [pathOf(file)], task));
}

function startWith(program: string, args: readonly string[], task: PeerTask): ProgramProcess {
  const env = { [TASK_VARIABLE]: JSON.stringify(task) };
  return new ProgramProcess(program, args, { cwd: ROOT, env, diesWithUs: true });
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(`programs/${file}`, import.meta.url));
}

async function untilReady(program: ProgramProcess): Promise<PeerWorker> {
  try {
    await program.waitForOutput(new RegExp(READY.trim()));
  } catch (error) {
    await program.kill();
    throw error;
  }
  return {
    pid: program.pid,
    ended: program.ended,
    get output() {
      return `${program.stdout}${program.stderr}`;
    },
    stop: () => program.stop('SIGTERM'),
  };
}
