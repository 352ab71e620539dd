import type { ProgramNote } from '../support/history/notes.ts';
import type { Random } from '../support/random.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import type { DatabaseSettings } from '../support/test-database.ts';
import { WorkerProcess } from '../support/worker-process.ts';

const DATABASE_TROUBLE = 'Database trouble, trying again';
const TROUBLE_IS_OVER = 'Database trouble is over';
const STOPPING = 'Worker finishes its calls and stops';
const NOT_ALL_WRITTEN = 'Answers could not be written: their requests will be called again';
const LAST_LINES = 4;

/** How a worker is started otherwise than usual. */
interface WorkerStart {
  readonly nodeArgs?: readonly string[];
  /** Of another version. */
  readonly program?: string;
}

/** One of the workers' places: a real worker, its line to the database, and who comes after it. */
export class WorkerSlot {
  readonly proxy: TcpProxy;
  /** All that ever ran here. */
  readonly notes: ProgramNote[] = [];
  readonly #database: DatabaseSettings;
  readonly #env: Readonly<Record<string, string>>;
  #process: WorkerProcess | undefined;
  #id = '';
  #isToEnd = false;

  private constructor(proxy: TcpProxy, database: DatabaseSettings, env: Readonly<Record<string, string>>) {
    this.proxy = proxy;
    this.#database = database;
    this.#env = env;
  }

  static async open(database: DatabaseSettings, env: Readonly<Record<string, string>>): Promise<WorkerSlot> {
    const slot = new WorkerSlot(await TcpProxy.start(database, { keepsStatements: false }), database, env);
    await slot.start();
    return slot;
  }

  get id(): string {
    return this.#id;
  }

  get pid(): number {
    return this.#running.pid;
  }

  async start({ nodeArgs = [], program }: WorkerStart = {}): Promise<void> {
    const { host, port } = this.proxy;
    const worker = new WorkerProcess({ ...this.#database, host, port }, this.#env, {
      nodeArgs,
      diesWithUs: true,
      ...(program === undefined ? {} : { program }),
    });
    this.#process = worker;
    this.#isToEnd = false;
    this.#id = await worker.started();
    this.#hearItsEnd(worker, this.#id);
  }

  signal(name: NodeJS.Signals): void {
    this.#running.signal(name);
  }

  /** SIGKILL, also for one that was stopped. */
  async kill(): Promise<void> {
    this.#isToEnd = true;
    await this.#running.kill();
  }

  /** It is to end by itself, and is waited for. */
  async untilDead(): Promise<void> {
    this.#isToEnd = true;
    await this.#running.ended;
  }

  /** SIGTERM, once or a second time while it stops, and its end. */
  async stop(how: 'once' | 'twice' = 'once'): Promise<void> {
    const worker = this.#running;
    this.#isToEnd = true;
    if (how === 'twice') {
      worker.signal('SIGTERM');
      await worker.waitForLog(STOPPING);
    }
    const { exitCode, signal } = await worker.stop();
    const name = this.#id;
    if (exitCode !== 0)
      this.notes.push({ name, end: { unasked: `SIGTERM made it end with ${exitCode ?? signal}` } });
    else if (hadNoTrouble(worker)) this.notes.push({ name, end: { stoppedAtMs: Date.now() } });
  }

  async close(): Promise<void> {
    this.#isToEnd = true;
    await this.#process?.kill();
    await this.proxy.close();
  }

  get hasEnded(): boolean {
    return this.#process?.hasEnded ?? true;
  }

  get #running(): WorkerProcess {
    if (this.#process === undefined) throw new Error('No worker runs here.');
    return this.#process;
  }

  /** Nobody waits for it: what ends unasked is noted, and another one takes its place. */
  #hearItsEnd(worker: WorkerProcess, name: string): void {
    worker.ended
      .then(async ({ exitCode, signal }) => {
        if (this.#isToEnd) return;
        const words = worker.output.trim().split('\n').slice(-LAST_LINES).join(' / ');
        this.notes.push({ name, end: { unasked: `${exitCode ?? signal}: ${words}` } });
        await this.start();
      })
      .catch((error: unknown) =>
        this.notes.push({ name, end: { unasked: `no other one came up: ${error}` } }),
      );
  }
}

/** What it could not write, others have to rescue. */
function hadNoTrouble(worker: WorkerProcess): boolean {
  const [troubles, ends] = [DATABASE_TROUBLE, TROUBLE_IS_OVER].map((line) => worker.log(line).length);
  return troubles === ends && worker.log(NOT_ALL_WRITTEN).length === 0;
}

/** One of them that runs. */
export function pickWorker(slots: readonly WorkerSlot[], random: Random): WorkerSlot {
  return random.pick(slots.filter(({ hasEnded }) => !hasEnded));
}
