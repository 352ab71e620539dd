import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * What the programs of a run have in common: they take commands as lines of JSON on their standard input, answer each with
 * a line on their standard output, and end with it. What they note goes into a file: it is more than a pipe should hold.
 */
interface Commands {
  readonly [name: string]: (command: never) => unknown;
}

export function obey(commands: Commands): void {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const command = JSON.parse(line) as { readonly do: string };
    const work = commands[command.do] as ((command: unknown) => unknown) | undefined;
    if (work === undefined) throw new Error(`No command "${command.do}".`);
    Promise.resolve(work(command)).then(
      (answer) => tell({ done: command.do, answer: answer ?? null }),
      (error: unknown) => {
        process.stderr.write(`${command.do}: ${String(error)}\n`);
        process.exit(1);
      },
    );
  });
  lines.on('close', () => process.exit(0));
}

export function tell(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

/** Notes of a run, a line each; they are written a few times a second. */
export class NoteFile {
  #file: string | undefined;
  #lines: string[] = [];

  constructor() {
    setInterval(() => this.write(), 200).unref();
  }

  /** What comes from now on goes there. */
  turnTo(file: string): void {
    this.write();
    this.#file = file;
  }

  add(note: object): void {
    this.#lines.push(JSON.stringify(note));
  }

  write(): void {
    if (this.#file === undefined || this.#lines.length === 0) return;
    appendFileSync(this.#file, `${this.#lines.splice(0).join('\n')}\n`);
  }
}
