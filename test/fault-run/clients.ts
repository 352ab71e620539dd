import { join } from 'node:path';
import type { AskNote, ProgramNote } from '../support/history/notes.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import type { DatabaseSettings } from '../support/test-database.ts';
import type { ClientOptions } from './client-program.ts';
import { Program, readNotes } from './program.ts';

/** An ask waits for its life of at most 30 s and 3 s, a watch for 10 s more, and the database may be slow to answer. */
const REST_WITHIN_MS = 60_000;

interface ClientSlotOptions {
  readonly name: string;
  readonly folder: string;
  readonly database: DatabaseSettings;
  readonly seed: number;
}

/** A real client program, its line to the database, and who comes after it. */
export class ClientSlot {
  readonly proxy: TcpProxy;
  readonly notes: ProgramNote[] = [];
  readonly #options: ClientSlotOptions;
  #program: Program | undefined;
  #files: string[] = [];
  #filesMade = 0;
  #starts = 0;
  #rate = 0;
  #isClosing = false;

  private constructor(proxy: TcpProxy, options: ClientSlotOptions) {
    this.proxy = proxy;
    this.#options = options;
  }

  static async open(options: ClientSlotOptions): Promise<ClientSlot> {
    const proxy = await TcpProxy.start(options.database, { keepsStatements: false });
    const slot = new ClientSlot(proxy, options);
    await slot.#start();
    return slot;
  }

  /** undefined where none runs just now. */
  get pid(): number | undefined {
    return this.#program?.hasEnded === false ? this.#program.pid : undefined;
  }

  get name(): string {
    return this.#options.name;
  }

  /** It asks so many a second from now on. */
  async ask(rate: number): Promise<void> {
    this.#rate = rate;
    const file = join(this.#options.folder, `${this.name}-${++this.#filesMade}.jsonl`);
    this.#files.push(file);
    await this.#obey({ do: 'ask', rate, file });
  }

  /** It asks no more; resolves with its notes when all that it asked has ended. */
  async rest(): Promise<AskNote[]> {
    this.#rate = 0;
    await this.#obey({ do: 'rest' });
    return this.#files.splice(0).flatMap((file) => readNotes<AskNote>(file));
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#program?.kill();
    await this.proxy.close();
  }

  /** One that has ended has its note; what it had noted of its requests is in its file. */
  async #obey(command: { readonly do: string; readonly [option: string]: unknown }): Promise<void> {
    const program = this.#program;
    try {
      await program?.obey(command, REST_WITHIN_MS);
    } catch (error) {
      if (program?.hasEnded !== true) throw error;
    }
  }

  async #start(): Promise<void> {
    this.#starts += 1;
    const { name, database, seed } = this.#options;
    const { host, port } = this.proxy;
    const options: ClientOptions = {
      // No token twice.
      name: `${name}.${this.#starts}`,
      database: { ...database, host, port },
      seed: seed + this.#starts,
    };
    const program = await Program.start(name, { file: 'client-program.ts', options });
    this.#program = program;
    program.ended
      .then(async ({ exitCode }) => {
        if (this.#isClosing) return;
        this.notes.push({ name: options.name, end: { unasked: `${exitCode}: ${program.endWords}` } });
        await this.#start();
        if (this.#rate > 0) await this.ask(this.#rate);
      })
      .catch((error: unknown) =>
        this.notes.push({ name, end: { unasked: `no other one came up: ${error}` } }),
      );
  }
}
