import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mariadb';
import { findChosenServer } from './chosen-server.ts';
import { baseArgs, dataFolderOf, makeDataFolder } from './data-folder.ts';
import { makeOwnFolder } from './own-folder.ts';
import type { ServerPrograms } from './server-programs.ts';
import { asServerUser, giveToServerUser } from './server-user.ts';
import { waitFor } from './wait-for.ts';

/** A cold start with crash recovery took 1 s here; other tests may hold both cores. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 180_000;
const LOG_TAIL_LINES = 30;
const FOLDER_PREFIX = 'ai-ipc-mariadb-';
/** Below the ephemeral ports (32768 and up): no outgoing connection takes the port while the server is down. */
const FIRST_PORT = 20_000;
const PORT_COUNT = 12_000;

export interface MariadbAddress {
  readonly host: string;
  readonly port: number;
  readonly socketPath: string;
  readonly user: string;
  readonly password: string;
}

export interface MariadbServerOptions {
  /** More arguments for mariadbd, such as `--event-scheduler=ON`; the last one of a name wins. */
  readonly extraArgs?: readonly string[];
  /** Those that its data folder is made with, too, such as `--innodb-page-size=8k`. */
  readonly initArgs?: readonly string[];
  /** As on an admin's machine, where 127.0.0.1 is localhost. (MySQL does not take `--skip-name-resolve` back.) */
  readonly looksUpNames?: boolean;
  /** Of another server than the one that the tests are run on. */
  readonly programs?: ServerPrograms;
}

/**
 * A MariaDB (or MySQL) server of the tests' own, in a data folder of its own, on a loopback port of its own. It commits durably, as
 * MariaDB does by default. It dies with the process that started it, whatever ends that process.
 *
 * start → stop or kill → start again keeps port and data; remove ends it for good and deletes its folder.
 */
export class MariadbServer {
  readonly #extraArgs: readonly string[];
  readonly #initArgs: readonly string[];
  readonly #looksUpNames: boolean;
  #onceArgs: readonly string[] = [];
  #onceEnv: Readonly<Record<string, string>> = {};
  #programs: ServerPrograms | undefined;
  #folder: string | undefined;
  #port = 0;
  #process: ChildProcess | undefined;

  constructor(options: MariadbServerOptions = {}) {
    this.#initArgs = options.initArgs ?? [];
    this.#extraArgs = [...this.#initArgs, ...(options.extraArgs ?? [])];
    this.#looksUpNames = options.looksUpNames ?? false;
    this.#programs = options.programs;
  }

  get address(): MariadbAddress {
    if (this.#folder === undefined) throw new Error('This MariaDB server was never started.');
    return {
      host: '127.0.0.1',
      port: this.#port,
      socketPath: join(this.#folder, 'socket'),
      user: 'root',
      password: '',
    };
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** False also for one that has ended by itself. */
  get isRunning(): boolean {
    return this.#process !== undefined && !hasEnded(this.#process);
  }

  /** Resolves when the server accepts connections. */
  async start(): Promise<MariadbAddress> {
    if (this.#process) throw new Error('This MariaDB server is already running.');
    this.#programs ??= await findChosenServer();
    this.#folder ??= await this.#prepare(this.#programs);
    this.#process = this.#spawn(this.#programs, this.#folder);
    try {
      await this.#waitUntilReady(this.#process);
    } catch (error) {
      const log = this.#logTail();
      await this.#end('SIGKILL');
      throw new Error(`mariadbd did not start: ${error}\nThe end of its error log:\n${log}`, {
        cause: error,
      });
    }
    return this.address;
  }

  /** The same, with more arguments and a larger environment for this time. */
  async startWith(
    extraArgs: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<MariadbAddress> {
    this.#onceArgs = extraArgs;
    this.#onceEnv = env;
    try {
      return await this.start();
    } finally {
      this.#onceArgs = [];
      this.#onceEnv = {};
    }
  }

  /** An orderly shutdown; data and port stay for the next start. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** SIGKILL: what a crash or a power cut of the server looks like. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** SIGSTOP: connections stay open and nothing answers, until resume. Resolves when every thread stands still. */
  async pause(): Promise<void> {
    const child = this.#process;
    if (child?.pid === undefined) throw new Error('This MariaDB server is not running.');
    const { pid } = child;
    child.kill('SIGSTOP');
    await waitFor(() => isStopped(pid), {
      timeoutMs: STOP_TIMEOUT_MS,
      what: `mariadbd ${pid} to stand still`,
    });
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Ends the server and deletes its folder. */
  async remove(): Promise<void> {
    await this.#end('SIGKILL');
    process.off('exit', this.#removeAtExit);
    process.off('disconnect', this.#removeWithoutParent);
    for (const signal of INTERRUPTS) process.off(signal, this.#removeAtInterrupt);
    this.#deleteFolder();
    this.#folder = undefined;
  }

  async #prepare(programs: ServerPrograms): Promise<string> {
    const folder = makeOwnFolder(tmpdir(), FOLDER_PREFIX);
    this.#folder = folder;
    process.once('exit', this.#removeAtExit);
    process.once('disconnect', this.#removeWithoutParent);
    for (const signal of INTERRUPTS) process.once(signal, this.#removeAtInterrupt);
    giveToServerUser(folder);
    makeDataFolder(programs, folder, this.#initArgs);
    this.#port = await findFreePort();
    return folder;
  }

  #spawn(programs: ServerPrograms, folder: string): ChildProcess {
    // By `env`, as its own user: libfaketime, loaded by root before, could not open its semaphore afterwards.
    const environment = Object.entries(this.#onceEnv).map(([name, value]) => `${name}=${value}`);
    const [command, args] = asServerUser('env', [
      ...environment,
      programs.server,
      ...baseArgs(programs),
      `--datadir=${dataFolderOf(folder)}`,
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--log-error=${join(folder, 'error.log')}`,
      `--tmpdir=${folder}`,
      '--bind-address=127.0.0.1',
      `--port=${this.#port}`,
      ...(this.#looksUpNames ? [] : ['--skip-name-resolve']),
      '--skip-log-bin',
      '--event-scheduler=OFF',
      '--innodb-flush-log-at-trx-commit=1',
      '--innodb-buffer-pool-size=256M',
      '--max-connections=500',
      ...(programs.kind === 'mysql' ? mysqlArgs(folder) : []),
      ...this.#extraArgs,
      ...this.#onceArgs,
    ]);
    return spawn(command, args, { stdio: 'ignore' });
  }

  async #waitUntilReady(child: ChildProcess): Promise<void> {
    let failure: string | undefined;
    child.once('error', (error) => {
      failure = error.message;
    });
    const { host, port, user, password } = this.address;
    await waitFor(
      async () => {
        if (failure !== undefined || hasEnded(child)) return { isUp: false };
        const connection = await createConnection({ host, port, user, password, connectTimeout: 2_000 });
        await connection.end();
        return { isUp: true };
      },
      { timeoutMs: START_TIMEOUT_MS, what: `connections to 127.0.0.1:${port}` },
    ).then(({ isUp }) => {
      if (!isUp) throw new Error(failure ?? `it ended with ${child.exitCode ?? child.signalCode}`);
    });
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.pid === undefined || hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill('SIGCONT'); // A paused server hears no SIGTERM.
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }

  #logTail(): string {
    const path = join(this.#folder ?? '', 'error.log');
    if (!existsSync(path)) return '(there is none)';
    return readFileSync(path, 'utf8').split('\n').slice(-LOG_TAIL_LINES).join('\n');
  }

  #deleteFolder(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  readonly #removeAtExit = (): void => {
    this.#process?.kill('SIGKILL');
    this.#deleteFolder();
  };

  /** A vitest worker whose vitest was killed would run its test to the end, for nobody. */
  readonly #removeWithoutParent = (): void => {
    this.#removeAtExit();
    process.kill(process.pid, 'SIGKILL');
  };

  readonly #removeAtInterrupt = (signal: NodeJS.Signals): void => {
    this.#removeAtExit();
    // With no other listener, having this one is all that kept the signal from ending the process.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
}

const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** The signal reaches the threads one by one: a query sent right after it was still answered. State T is stopped. */
function isStopped(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).every((task) => {
    const stat = readFileSync(join(tasks, task, 'stat'), 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
  });
}

/** No second port, which two servers would both want, and no folder that only the installed package makes. */
function mysqlArgs(folder: string): string[] {
  return ['--mysqlx=OFF', `--secure-file-priv=${folder}`];
}

/** A loopback port that nobody listens on, outside of those that outgoing connections take. */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORT_COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port was found from ${FIRST_PORT} to ${FIRST_PORT + PORT_COUNT - 1}.`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
    return true;
  } catch {
    return false; // Somebody listens there: the caller tries another one.
  } finally {
    probe.close();
  }
}
