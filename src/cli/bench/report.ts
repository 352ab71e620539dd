import { styleText } from 'node:util';
import { AiIpcError, messageOf } from '../../base/errors.ts';
import type { BenchGround } from '../../store/bench-place.ts';
import { print } from '../base/terminal.ts';
import { findLimit, notesOn } from './limit.ts';
import { tableOf, wrap } from './lines.ts';
import type { Measured } from './stages.ts';

export interface ReportOptions {
  readonly isJson: boolean;
  readonly seconds: number;
}

/** What a bench tells: lines for people as it goes, the figures at its end. Under --json lines go to stderr. */
export class BenchReport {
  readonly measured: Measured = {};
  readonly #options: ReportOptions;
  readonly #removed: string[] = [];
  readonly #warnings: string[] = [];
  #ground: Pick<BenchGround, 'name' | 'facts'> | undefined;
  #hasFailed = false;

  constructor(options: ReportOptions) {
    this.#options = options;
  }

  /** Whether all that was made is gone again. */
  get isClean(): boolean {
    return !this.#hasFailed;
  }

  begin(ground: Pick<BenchGround, 'name' | 'facts'>): void {
    this.#ground = ground;
  }

  say(...lines: readonly string[]): void {
    const output = this.#options.isJson ? process.stderr : process.stdout;
    for (const line of lines) output.write(`${line}\n`);
  }

  warn(sentence: string): void {
    this.#warnings.push(sentence);
    const [first = '', ...rest] = wrap(sentence, '      ');
    const word = this.#isPlain ? 'WARN' : styleText('yellow', 'WARN');
    this.say(`${word}${first.slice('WARN'.length)}`, ...rest);
  }

  /** What was made here is gone again. */
  tidied(name: string): void {
    this.say(`${name} was made for this, and is deleted again.`);
  }

  /** What was made could not be deleted. */
  fail(sentence: string): void {
    this.#hasFailed = true;
    this.warn(sentence);
  }

  remove(name: string, owner: string): void {
    this.#removed.push(name);
    this.say(`Deleted ${name}, which a bench that was killed had left there (${owner}).`);
  }

  /** `error`: why there is no more than this. */
  end(error: unknown, { isStopped }: { readonly isStopped: boolean }): void {
    const limit = this.#ground === undefined ? undefined : findLimit(this.measured, this.#ground.facts);
    const notes = this.#ground === undefined ? [] : notesOn(this.#ground.facts);
    if (Object.keys(this.measured).length > 0) {
      if (isStopped) this.say('Stopped by you: this is what was measured until then.');
      this.say('', ...tableOf(this.measured, this.#isPlain), '');
      if (limit !== undefined) this.say(...wrap(limit.sentence));
      for (const note of notes) this.say(...wrap(note));
      this.say(...wrap('What the figures mean, and what makes them better: docs/performance.md.'));
    }
    if (this.#options.isJson) this.#printJson(error, { limit: limit ?? null, notes, isStopped });
  }

  #printJson(error: unknown, told: object): void {
    const { name, facts } = this.#ground ?? { name: null, facts: null };
    const failure =
      error === undefined
        ? null
        : { code: error instanceof AiIpcError ? error.code : 'unknown', message: messageOf(error) };
    const { measured: figures } = this;
    const [removed, warnings] = [this.#removed, this.#warnings];
    const { seconds } = this.#options;
    print(
      JSON.stringify({ server: name, facts, seconds, figures, ...told, removed, warnings, error: failure }),
    );
  }

  get #isPlain(): boolean {
    return this.#options.isJson || !process.stdout.isTTY;
  }
}
