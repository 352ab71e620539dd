import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import { ProgramProcess } from './program-process.ts';
import type { DatabaseSettings } from './test-database.ts';
import { waitFor } from './wait-for.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/ai-ipc.js', import.meta.url));
/** A start takes 0.5 s; a build before it, with other tests on both cores, some ten. */
const START_TIMEOUT_MS = 60_000;
/** Longer than the worker's own last bound: 15 s for outcomes that cannot be written. */
const STOP_TIMEOUT_MS = 180_000;

/** A line of the worker's JSON log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface WorkerExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export type WorkerDatabase = DatabaseSettings | { readonly sqliteFile: string };

export interface WorkerProcessOptions {
  /** What runs in place of bin/ai-ipc.js. */
  readonly program?: string;
  /** Arguments for Node itself, such as `--cpu-prof`. */
  readonly nodeArgs?: readonly string[];
  /** Of ProgramOptions. */
  readonly diesWithUs?: boolean;
}

/**
 * A real `ai-ipc worker`, as an admin runs it: settings by the environment alone, which has nothing of the developer's
 * own. Its folder is empty and is deleted with it.
 */
export class WorkerProcess {
  readonly ended: Promise<WorkerExit>;
  readonly #program: ProgramProcess;

  constructor(
    database: WorkerDatabase,
    env: Readonly<Record<string, string>> = {},
    { program = PROGRAM, nodeArgs = [], diesWithUs = false }: WorkerProcessOptions = {},
  ) {
    const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-worker-test-'));
    this.#program = new ProgramProcess(process.execPath, [...nodeArgs, program, 'worker'], {
      cwd: folder,
      env: { ...databaseEnv(database), ...env },
      diesWithUs,
    });
    this.ended = this.#program.ended.then(({ exitCode }) => {
      rmSync(folder, { recursive: true, force: true });
      return typeof exitCode === 'number' ? { exitCode, signal: null } : { exitCode: null, signal: exitCode };
    });
  }

  get pid(): number {
    return this.#program.pid;
  }

  get hasEnded(): boolean {
    return this.#program.hasEnded;
  }

  /** Everything that it printed, for messages. */
  get output(): string {
    return `${this.#program.stdout}${this.#program.stderr}`;
  }

  get stderr(): string {
    return this.#program.stderr;
  }

  /** The log lines so far, or those with this message. */
  log(message?: string): LogLine[] {
    const lines = this.#program.stdout.split('\n').slice(0, -1);
    const parsed = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
    return message === undefined ? parsed : parsed.filter((line) => line.msg === message);
  }

  /** Resolves with the first log line that has this message. */
  async waitForLog(message: string, timeoutMs = START_TIMEOUT_MS): Promise<LogLine> {
    const line = await waitFor(() => this.log(message)[0] ?? this.hasEnded, {
      timeoutMs,
      what: `the log line "${message}" in:\n${this.output}`,
    });
    if (line !== true) return line;
    await this.ended;
    const last = this.log(message)[0];
    if (last === undefined) throw new Error(`The worker ended without "${message}":\n${this.output}`);
    return last;
  }

  /** Resolves with the worker's id when it is known to the others and serves. */
  async started(): Promise<string> {
    return String((await this.waitForLog('Worker started'))['worker_id']);
  }

  signal(name: NodeJS.Signals): void {
    this.#program.signal(name);
  }

  /** SIGTERM and its end; SIGKILL when it does not come. */
  async stop(): Promise<WorkerExit> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), STOP_TIMEOUT_MS);
    const exit = await this.ended;
    clearTimeout(timer);
    return exit;
  }

  /** SIGKILL, also for a process that was stopped. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** Bytes of memory that it really holds (Linux). */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }
}

/** A way to start workers that end with the test, whatever becomes of it. */
export function useWorkers(): (
  database: WorkerDatabase,
  env?: Readonly<Record<string, string>>,
) => WorkerProcess {
  const started: WorkerProcess[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((worker) => worker.kill()));
  });
  return (database, env) => {
    const worker = new WorkerProcess(database, env);
    started.push(worker);
    return worker;
  };
}

/** How a worker or a service is told of its database, by the environment. */
export function databaseEnv(database: WorkerDatabase): Record<string, string> {
  if ('sqliteFile' in database) return { SQLITE_FILE: database.sqliteFile };
  return {
    DB_HOST: database.host,
    DB_PORT: String(database.port),
    DB_USER: database.user,
    DB_PASSWORD: database.password,
    DB_NAME: database.database,
  };
}
