import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ProgramProcess, type ProgramResult } from '../support/program-process.ts';
import { waitFor } from '../support/wait-for.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A file of this folder, run as a program that obeys (child.ts). */
export class Program {
  readonly name: string;
  /** What it told when it was ready. */
  ready: Readonly<Record<string, unknown>> = {};
  readonly ended: Promise<ProgramResult>;
  readonly #process: ProgramProcess;
  #answered = 0;

  private constructor(name: string, process: ProgramProcess) {
    this.name = name;
    this.#process = process;
    this.ended = process.ended;
  }

  /** `file` is its name in this folder; `options` are its first argument, as JSON. */
  static async start(
    name: string,
    { file, options }: { readonly file: string; readonly options: object },
  ): Promise<Program> {
    const path = fileURLToPath(new URL(file, import.meta.url));
    const args = ['--import', 'tsx', path, JSON.stringify(options)];
    const program = new Program(
      name,
      new ProgramProcess(process.execPath, args, { cwd: ROOT, diesWithUs: true }),
    );
    program.ready = (await program.#nextLine()) as Record<string, unknown>;
    return program;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get hasEnded(): boolean {
    return this.#process.hasEnded;
  }

  /** How it ended, with its last words. */
  get endWords(): string {
    return this.#process.stderr.trim().split('\n').slice(-12).join(' / ').slice(0, 1_500);
  }

  /** Resolves with its answer; throws where it ends without. */
  async obey<Answer>(
    command: { readonly do: string; readonly [option: string]: unknown },
    withinMs = 60_000,
  ): Promise<Answer> {
    this.#process.type(`${JSON.stringify(command)}\n`);
    const { answer } = (await this.#nextLine(withinMs)) as { readonly answer: Answer };
    return answer;
  }

  async kill(): Promise<void> {
    await this.#process.kill();
  }

  async #nextLine(withinMs = 60_000): Promise<unknown> {
    const at = this.#answered;
    this.#answered += 1;
    const line = () => this.#process.stdout.split('\n').slice(0, -1)[at];
    const found = await waitFor(() => line() ?? (this.hasEnded ? '' : undefined), {
      timeoutMs: withinMs,
      what: `an answer of ${this.name}`,
    }).catch((error: Error) => {
      throw new Error(`${error.message} It said: ${this.endWords}`, { cause: error });
    });
    if (found === '') throw new Error(`${this.name} ended: ${this.endWords}`);
    return JSON.parse(found) as unknown;
  }
}

/** The notes in a file of a program; an empty list where it wrote none. */
export function readNotes<Note>(file: string): Note[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Note);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
