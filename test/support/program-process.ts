import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dyingWithUs } from './server-user.ts';
import { waitFor } from './wait-for.ts';

/** A start takes 0.5 s; a build before it, with other tests on both cores, some ten. */
const START_TIMEOUT_MS = 60_000;

export interface ProgramOptions {
  readonly cwd: string;
  /** Added to an environment that has nothing of the developer's own settings. */
  readonly env?: Readonly<Record<string, string>>;
  /** It is killed then. Default: it may run for ever. */
  readonly timeoutMs?: number;
  /** A signal goes to all that it has started, too: a shell keeps it from them. Default false. */
  readonly isGroup?: boolean;
  /** It ends even when this process is killed, which can then end nothing itself. Default false. */
  readonly diesWithUs?: boolean;
}

export interface ProgramResult {
  /** The name of the signal that ended it, where one did. */
  readonly exitCode: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A real program with the environment that an admin would give it. It ends with this process, unless that is killed. */
export class ProgramProcess {
  readonly ended: Promise<ProgramResult>;
  readonly #child: ChildProcess;
  readonly #isGroup: boolean;
  stdout = '';
  stderr = '';

  constructor(
    program: string,
    args: readonly string[],
    { cwd, env = {}, timeoutMs, isGroup = false, diesWithUs = false }: ProgramOptions,
  ) {
    const { PATH = '', HOME = '', TMPDIR } = process.env;
    this.#isGroup = isGroup;
    const [command, words] = diesWithUs ? dyingWithUs(program, args) : [program, args];
    this.#child = spawn(command, words, {
      cwd,
      env: { PATH, HOME, TERM: 'xterm', ...(TMPDIR === undefined ? {} : { TMPDIR }), ...env },
      stdio: 'pipe',
      detached: isGroup,
    });
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    // It may end without having read everything.
    this.#child.stdin!.on('error', () => this.#child.stdin!.destroy());
    this.ended = this.#end(timeoutMs);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  type(text: string): void {
    this.#child.stdin!.write(text);
  }

  endInput(): void {
    this.#child.stdin!.end();
  }

  /** Resolves with the match as soon as it was printed; throws when the program ends without. */
  async waitForOutput(pattern: RegExp, stream: 'stdout' | 'stderr' = 'stdout'): Promise<RegExpExecArray> {
    const look = () => pattern.exec(this[stream]);
    const found = await waitFor(() => look() ?? this.hasEnded, {
      timeoutMs: START_TIMEOUT_MS,
      what: `${pattern} on ${stream}`,
    }).catch((error: Error) => {
      throw new Error(`${error.message} It printed:\n${this.stdout}\n${this.stderr}`, { cause: error });
    });
    if (found !== true) return found;
    await this.ended;
    const last = look();
    if (last === null)
      throw new Error(`The program ended without ${pattern}:\n${this.stdout}\n${this.stderr}`);
    return last;
  }

  /** Nothing for one that has ended. */
  signal(name: NodeJS.Signals): void {
    if (this.hasEnded) return;
    if (this.#isGroup) process.kill(-this.pid, name);
    else this.#child.kill(name);
  }

  async stop(name: NodeJS.Signals): Promise<ProgramResult> {
    this.signal(name);
    return await this.ended;
  }

  /** SIGKILL, also for a process that was stopped. */
  async kill(): Promise<void> {
    await this.stop('SIGKILL');
  }

  async #end(timeoutMs: number | undefined): Promise<ProgramResult> {
    const kill = () => this.signal('SIGKILL');
    const timer = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs);
    if (running.size === 0) process.once('exit', killRunning);
    running.add(this);
    try {
      const [exitCode, signal] = (await once(this.#child, 'close')) as [number | null, string | null];
      return { exitCode: exitCode ?? signal, stdout: this.stdout, stderr: this.stderr };
    } finally {
      clearTimeout(timer);
      running.delete(this);
      if (running.size === 0) process.off('exit', killRunning);
    }
  }
}

const running = new Set<ProgramProcess>();

function killRunning(): void {
  for (const program of running) program.signal('SIGKILL');
}
