import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeAll } from 'vitest';
import type { TestDatabase } from './test-database.ts';
import { waitFor } from './wait-for.ts';

export const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'bin/ai-ipc.js');
/** What a command takes at most, on two busy cores. */
const COMMAND_TIMEOUT_MS = 50_000;

export interface CliOptions {
  /** Added to an environment that has nothing of the developer's own settings. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: an empty folder. */
  readonly cwd?: string;
}

export interface CliResult {
  readonly exitCode: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const folders: string[] = [];
const running = new Set<CliProcess>();

/** Builds once, so that no command has to say that it does; ends what a test left running and deletes its folders. */
export function useCli(): void {
  beforeAll(() => execFileSync(process.execPath, [join(ROOT, 'bin/build.js')], { stdio: 'pipe' }));
  afterEach(async () => {
    for (const cli of [...running]) await cli.kill();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
}

/** A new empty folder, deleted after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-cli-test-'));
  folders.push(folder);
  return folder;
}

/** `node bin/ai-ipc.js …` to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const cli = startCli(args, options);
  cli.endInput();
  return await cli.ended;
}

/** `node bin/ai-ipc.js …`, running. */
export function startCli(args: readonly string[], options: CliOptions = {}): CliProcess {
  return startProgram(process.execPath, [PROGRAM, ...args], options);
}

/** The same on a terminal of 100 columns (script of bsdutils makes one); what it draws comes on stdout. */
export function startOnTerminal(args: readonly string[], options: CliOptions = {}): CliProcess {
  const words = [process.execPath, PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
  return startProgram('script', ['-qec', `stty cols 100 rows 40 && exec ${words}`, '/dev/null'], options);
}

/** Any other program, with the same clean environment. */
export function startProgram(
  program: string,
  args: readonly string[],
  { env = {}, cwd = newFolder() }: CliOptions,
): CliProcess {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const child = spawn(program, args, {
    cwd,
    env: { PATH, HOME, TERM: 'xterm', ...(TMPDIR === undefined ? {} : { TMPDIR }), ...env },
    stdio: 'pipe',
  });
  return new CliProcess(child);
}

export class CliProcess {
  readonly #child: ChildProcess;
  readonly ended: Promise<CliResult>;
  stdout = '';
  stderr = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    // It may end without having read everything.
    child.stdin!.on('error', () => child.stdin!.destroy());
    running.add(this);
    const timer = setTimeout(() => child.kill('SIGKILL'), COMMAND_TIMEOUT_MS);
    this.ended = once(child, 'close').then(([exitCode, signal]: (number | string | null)[]) => {
      clearTimeout(timer);
      running.delete(this);
      return { exitCode: exitCode ?? signal ?? null, stdout: this.stdout, stderr: this.stderr };
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  type(text: string): void {
    this.#child.stdin!.write(text);
  }

  endInput(): void {
    this.#child.stdin!.end();
  }

  /** Resolves with the match as soon as stdout has it. */
  async waitForOutput(pattern: RegExp): Promise<RegExpExecArray> {
    return await waitFor(() => pattern.exec(this.stdout), {
      timeoutMs: 30_000,
      what: `${pattern} in:\n${this.stdout}\n${this.stderr}`,
    });
  }

  async stop(signal: NodeJS.Signals): Promise<CliResult> {
    this.#child.kill(signal);
    return await this.ended;
  }

  async kill(): Promise<void> {
    await this.stop('SIGKILL');
  }
}

/** What stands in the tables of an embedded queue. */
export function querySqlite(file: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(file);
  try {
    return database.prepare(sql).all() as Record<string, unknown>[];
  } finally {
    database.close();
  }
}

/** How a command is told of a test's database. */
export function mariadbOption({ settings }: TestDatabase): string[] {
  const { user, host, port, database } = settings;
  return ['--database', `mariadb://${user}@${host}:${port}/${database}`];
}

/** Its password, which is not for the command line. */
export function mariadbEnv({ settings }: TestDatabase): Record<string, string> {
  return { DB_PASSWORD: settings.password };
}
