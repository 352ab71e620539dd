import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type ProgramOptions, ProgramProcess, type ProgramResult } from './program-process.ts';
import type { TestDatabase } from './test-database.ts';

export const ROOT = join(import.meta.dirname, '../..');
export const PROGRAM = join(ROOT, 'bin/ai-ipc.js');
/** What a command takes at most, on two busy cores. */
const COMMAND_TIMEOUT_MS = 300_000;

/** How long something stays: until the test ends that has it, or with all tests of the file. */
type Stay = 'test' | 'file';

export interface CliOptions extends Omit<ProgramOptions, 'cwd'> {
  /** Default: an empty folder. */
  readonly cwd?: string;
  /** Default: test. What stays for the file may run as long as the file wants. */
  readonly stay?: Stay;
}

const running: Readonly<Record<Stay, Set<ProgramProcess>>> = { test: new Set(), file: new Set() };
const folders: Readonly<Record<Stay, Set<string>>> = { test: new Set(), file: new Set() };

let isBuilt = false;

/** Builds once, so that no command has to say that it does; ends what a test left running and deletes its folders. */
export function useCli(): void {
  beforeAll(build);
  afterEach(() => clearUp('test'));
  afterAll(() => clearUp('file'));
}

/** Once for all files of a process: the look at the sources is a start of Node, 0.1 s of CPU. */
function build(): void {
  if (isBuilt) return;
  execFileSync(process.execPath, [join(ROOT, 'bin/build.js')], { stdio: 'pipe' });
  isBuilt = true;
}

async function clearUp(stay: Stay): Promise<void> {
  for (const program of running[stay]) await program.kill();
  for (const folder of folders[stay]) rmSync(folder, { recursive: true, force: true });
  folders[stay].clear();
}

/** A new empty folder, deleted when its stay is over. */
export function newFolder(stay: Stay = 'test'): string {
  const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-cli-test-'));
  folders[stay].add(folder);
  return folder;
}

/** A folder in which npx finds ai-ipc, as in this repository and in a project that has it installed. */
export function newFolderWithAiIpc(): string {
  const folder = newFolder();
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(PROGRAM, join(folder, 'node_modules/.bin/ai-ipc'));
  symlinkSync(join(ROOT, 'node_modules/.bin/tsx'), join(folder, 'node_modules/.bin/tsx'));
  return folder;
}

/** `node bin/ai-ipc.js …` to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<ProgramResult> {
  return await endOf(startCli(args, options));
}

/** `node bin/ai-ipc.js …`, running. */
export function startCli(args: readonly string[], options: CliOptions = {}): ProgramProcess {
  return startProgram(process.execPath, [PROGRAM, ...args], options);
}

/** The same on a terminal of 100 columns (script of bsdutils makes one); what it draws comes on stdout. */
export function startOnTerminal(args: readonly string[], options: CliOptions = {}): ProgramProcess {
  const words = [process.execPath, PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
  return startProgram('script', ['-qec', `stty cols 100 rows 40 && exec ${words}`, '/dev/null'], options);
}

/** `ai-ipc …` to its end, where no file may grow beyond this: what a full disk does, without a disk to fill. */
export async function runCliWithin(kibibytes: number, args: readonly string[]): Promise<ProgramResult> {
  const limit = `trap '' XFSZ && ulimit -f ${kibibytes} && exec "$0" "$@"`;
  return await runProgram('bash', ['-c', limit, process.execPath, PROGRAM, ...args]);
}

/** `ai-ipc …` to its end, without the right of root to read and write everything (setpriv of util-linux takes it). */
export async function runCliAsMereUser(
  args: readonly string[],
  options: CliOptions = {},
): Promise<ProgramResult> {
  if (process.getuid?.() !== 0) return await runCli(args, options);
  const rights = '-dac_override,-dac_read_search,-fowner';
  const limits = [`--bounding-set=${rights}`, `--inh-caps=${rights}`];
  return await runProgram('setpriv', [...limits, process.execPath, PROGRAM, ...args], options);
}

/** Any other program to its end, with the same clean environment. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: CliOptions = {},
): Promise<ProgramResult> {
  return await endOf(startProgram(program, args, options));
}

/** Any other program, running. */
export function startProgram(
  program: string,
  args: readonly string[],
  { stay = 'test', cwd = newFolder(stay), ...options }: CliOptions = {},
): ProgramProcess {
  const timeout = stay === 'test' ? { timeoutMs: COMMAND_TIMEOUT_MS } : {};
  const started = new ProgramProcess(program, args, { cwd, ...timeout, ...options });
  running[stay].add(started);
  const forget = () => running[stay].delete(started);
  void started.ended.then(forget, forget);
  return started;
}

async function endOf(program: ProgramProcess): Promise<ProgramResult> {
  program.endInput();
  return await program.ended;
}

/** Where an `ai-ipc service` listens, as soon as it does. */
export async function urlOf(service: ProgramProcess): Promise<string> {
  const [, url = ''] = await service.waitForOutput(/^Database: .+\nAI service listens on (http:\S+)\n/);
  return url;
}

/** Resolves when an `ai-ipc worker` serves. */
export async function serving(worker: ProgramProcess): Promise<ProgramProcess> {
  await worker.waitForOutput(/Worker started/);
  return worker;
}

/** What stands in the tables of an embedded queue. */
export function querySqlite(file: string, sql: string): Record<string, unknown>[] {
  // A program that a busy machine stops in the middle of a transaction is waited for.
  const database = new DatabaseSync(file, { timeout: 10_000 });
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
