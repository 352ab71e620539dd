import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach } from 'vitest';
import { waitFor } from '../support/wait-for.ts';

/** Where windows-commands.sh has put them. */
const {
  AI_IPC_WINDOWS_NODE: NODE = '',
  AI_IPC_WINDOWS_PACKAGE: PACKAGE = '',
  AI_IPC_WINDOWS_KOFFI: KOFFI = '',
} = process.env;

export interface WindowsOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

const running = new Set<WindowsProgram>();
const folders: string[] = [];

/** Ends what a test left running, and deletes its folders. */
export function useWine(): void {
  afterEach(() => {
    for (const program of running) program.kill();
    running.clear();
  });
  afterAll(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-windows-'));
  folders.push(folder);
  return folder;
}

/** The path of a Linux file as Windows has it: Wine shows all files as drive Z. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`;
}

/** `ai-ipc …`, as the package that npm installs has it, on the Node of Windows. */
export function startAiIpc(args: readonly string[], options: WindowsOptions): WindowsProgram {
  return startNode([windowsPath(join(PACKAGE, 'bin/ai-ipc.js')), ...args], options);
}

export function startNode(args: readonly string[], options: WindowsOptions): WindowsProgram {
  const program = new WindowsProgram(args, options);
  running.add(program);
  return program;
}

export async function runAiIpc(args: readonly string[], options: WindowsOptions) {
  return await startAiIpc(args, options).ended;
}

/** As Windows does where the window of a program's console is closed. */
export async function closeConsole(pid: number): Promise<{ readonly closedAtMs: number }> {
  const script = windowsPath(fileURLToPath(new URL('close-console.cjs', import.meta.url)));
  const env = { AI_IPC_WINDOWS_KOFFI: windowsPath(KOFFI) };
  const { exitCode, stdout, stderr } = await startNode([script, String(pid)], { cwd: newFolder(), env })
    .ended;
  if (exitCode !== 0) throw new Error(`close-console.cjs ended with ${exitCode}: ${stderr}`);
  return { closedAtMs: Number(stdout) };
}

/** A program under Wine. Its output goes to files: a pipe of Linux is no handle that Node can write to there. */
class WindowsProgram {
  readonly #outputs = mkdtempSync(join(tmpdir(), 'ai-ipc-windows-output-'));
  readonly #child;
  readonly ended: Promise<{ exitCode: number | null; stdout: string; stderr: string }>;

  constructor(args: readonly string[], { cwd, env = {} }: WindowsOptions) {
    folders.push(this.#outputs);
    const files = ['stdout', 'stderr'].map((name) => openSync(join(this.#outputs, name), 'w'));
    const { PATH = '', HOME = '' } = process.env;
    this.#child = spawn('wine', [NODE, ...args], {
      cwd,
      env: { PATH, HOME, WINEDEBUG: '-all', WINEARCH: 'win64', ...env },
      stdio: ['ignore', ...files],
    });
    for (const file of files) closeSync(file);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (exitCode) => resolve({ exitCode, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  get stdout(): string {
    return this.#read('stdout');
  }

  /** Without what Wine says of a machine without a screen. */
  get stderr(): string {
    return this.#read('stderr').replace(/^error: XDG_RUNTIME_DIR .*\n/gm, '');
  }

  async waitForOutput(pattern: RegExp): Promise<RegExpExecArray> {
    const look = () => pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
    return await waitFor(look, { timeoutMs: 30_000, what: String(pattern) }).catch((error: Error) => {
      throw new Error(`${error.message} It printed:\n${this.stdout}\n${this.stderr}`, { cause: error });
    });
  }

  /** As the Task Manager does: nothing in it is asked. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #read(name: string): string {
    return readFileSync(join(this.#outputs, name), 'utf8').replaceAll('\r\n', '\n');
  }
}
