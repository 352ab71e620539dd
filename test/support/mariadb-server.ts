import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mariadb';
import { findProgram } from './apt.ts';
import { findMariadbPrograms, type MariadbPrograms } from './mariadb-programs.ts';
import { waitFor } from './wait-for.ts';

/** A cold start with crash recovery took 1 s here; other tests may hold both cores. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
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
}

/**
 * A MariaDB server of the tests' own, in a data folder of its own, on a loopback port of its own. It commits durably, as
 * MariaDB does by default. It dies with the process that started it, whatever ends that process.
 *
 * start → stop or kill → start again keeps port and data; remove ends it for good and deletes its folder.
 */
export class MariadbServer {
  readonly #extraArgs: readonly string[];
  #programs: MariadbPrograms | undefined;
  #folder: string | undefined;
  #port = 0;
  #process: ChildProcess | undefined;

  constructor(options: MariadbServerOptions = {}) {
    this.#extraArgs = options.extraArgs ?? [];
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

  /** Resolves when the server accepts connections. */
  async start(): Promise<MariadbAddress> {
    if (this.#process) throw new Error('This MariaDB server is already running.');
    this.#folder ??= await this.#prepare();
    this.#process = this.#spawn(this.#folder);
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

  async #prepare(): Promise<string> {
    this.#programs = findMariadbPrograms();
    deleteFoldersOfTheDead();
    const folder = mkdtempSync(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
    this.#folder = folder;
    process.once('exit', this.#removeAtExit);
    process.once('disconnect', this.#removeWithoutParent);
    for (const signal of INTERRUPTS) process.once(signal, this.#removeAtInterrupt);
    giveToServerUser(folder);
    const [command, args] = asServerUser(this.#programs.installDb, [
      '--no-defaults',
      `--datadir=${dataFolderOf(folder)}`,
      `--tmpdir=${folder}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
    ]);
    execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#port = await findFreePort();
    return folder;
  }

  #spawn(folder: string): ChildProcess {
    const programs = this.#programs ?? findMariadbPrograms();
    const [command, args] = asServerUser(programs.server, [
      '--no-defaults',
      `--datadir=${dataFolderOf(folder)}`,
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--log-error=${join(folder, 'error.log')}`,
      `--tmpdir=${folder}`,
      '--bind-address=127.0.0.1',
      `--port=${this.#port}`,
      '--skip-name-resolve',
      '--skip-log-bin',
      '--event-scheduler=OFF',
      '--innodb-flush-log-at-trx-commit=1',
      '--innodb-buffer-pool-size=256M',
      '--max-connections=500',
      ...this.#extraArgs,
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

function dataFolderOf(folder: string): string {
  return join(folder, 'data');
}

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

/** mariadbd refuses to run as root. The package mariadb-server makes the user mysql; nobody is everywhere. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['mysql', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('mariadbd needs an unprivileged user, and neither mysql nor nobody is in /etc/passwd.');
}

function giveToServerUser(folder: string): void {
  const user = serverUser();
  if (user) execFileSync('chown', [`${user.uid}:${user.gid}`, folder]);
}

/**
 * The command line that runs a program as the server's user. On Linux the kernel kills it when this process dies, even
 * by SIGKILL (setpriv of util-linux; the option --user of mariadbd would undo that, since setuid clears it).
 */
function asServerUser(program: string, args: readonly string[]): [string, string[]] {
  const user = serverUser();
  const setpriv = findProgram('setpriv');
  if (setpriv) {
    const ids = user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'] : [];
    return [setpriv, ['--pdeathsig=KILL', ...ids, '--', program, ...args]];
  }
  if (user) throw new Error('To run mariadbd as another user than root, setpriv of util-linux is needed.');
  return [program, [...args]];
}

/** A process that was killed could not delete its folder; its pid stands in the name. */
function deleteFoldersOfTheDead(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${FOLDER_PREFIX}(\\d+)-`).exec(name)?.[1] ?? Number.NaN);
    if (pid > 0 && !isAlive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function findFreePort(): Promise<number> {
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
