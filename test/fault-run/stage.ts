import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUser } from '../support/create-user.ts';
import { FakeTime } from '../support/faketime.ts';
import type { ClockStep, Hindrance } from '../support/history/notes.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import type { DatabaseSettings, TestDatabase } from '../support/test-database.ts';
import { ClientSlot } from './clients.ts';
import { Disk } from './disk.ts';
import { Program } from './program.ts';
import { Recovery } from './recovery.ts';
import type { AiMode } from './stub-program.ts';
import { WorkerSlot } from './workers.ts';

export interface StageOptions {
  readonly seed: number;
  readonly workers: number;
  readonly clients: number;
  /** Whether the database gets a disk of its own, where that can be had. */
  readonly hasDisk: boolean;
  /** The program of another version's worker: bin/ai-ipc.js of its folder. */
  readonly older?: string;
}

/** Without the rights that let an admin write to what is read-only, and get a connection where there are no more. */
const USER = { user: 'ai_ipc', password: 'of the fault run' };
/** Short, so that slow answers are too slow within the lives of the requests. */
const WORKER_ENV = { AI_SERVICE_TIMEOUT: '5', LOG_LEVEL: 'info' };

/** All that plays in a run: a database, an AI service, workers and clients, each with a line that can be cut. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'ai-ipc-fault-run-'));
  readonly server = new MariadbServer();
  readonly hindrances: Hindrance[] = [];
  readonly clockSteps: ClockStep[] = [];
  workers: readonly WorkerSlot[] = [];
  clients: readonly ClientSlot[] = [];
  disk: Disk | undefined;
  older: string | undefined;
  #queue: QueueObserver | undefined;
  #stub: Program | undefined;
  #faketime: FakeTime | string | undefined;

  static async open(options: StageOptions): Promise<Stage> {
    const stage = new Stage();
    process.once('exit', stage.#removeAtExit);
    try {
      await stage.#begin(options);
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** Past all that is done to the lines of the others, as root. */
  get database(): TestDatabase {
    if (this.#queue === undefined) throw new Error('There is no database yet.');
    return this.#queue.database;
  }

  get recovery(): Recovery {
    return new Recovery(this.database);
  }

  /** Another clock for the database, fetched when it is first wanted; or why there is none. */
  get faketime(): FakeTime | string {
    this.#faketime ??= FakeTime.tryToFetch(this.folder);
    return this.#faketime;
  }

  get stub(): Program {
    if (this.#stub === undefined) throw new Error('There is no AI service yet.');
    return this.#stub;
  }

  /** All lines to the database but our own. */
  get lines(): TcpProxy[] {
    return [...this.workers, ...this.clients].map(({ proxy }) => proxy);
  }

  get userName(): string {
    return USER.user;
  }

  async makeAi(mode: AiMode): Promise<void> {
    await this.stub.obey({ do: 'be', mode });
  }

  /** The last request there is. */
  async lastId(): Promise<number> {
    const [row] = await this.database.query('SELECT COALESCE(MAX(id), 0) AS id FROM ai_requests');
    return Number(row?.['id']);
  }

  /** After a fault that went wrong itself: nothing of it stays for the next one. */
  async mend(): Promise<void> {
    this.disk?.free();
    this.server.resume();
    if (!this.server.isRunning) {
      await this.server.kill();
      await this.server.start();
    }
    await this.database.query('SET GLOBAL read_only = OFF, GLOBAL max_connections = 500');
    for (const line of this.lines) {
      line.resume();
      line.closeStalled();
      line.forgetTrap();
      line.delayBy(0);
      line.breakAnswers(() => false);
    }
    await this.makeAi('well');
    for (const worker of this.workers) {
      if (worker.hasEnded) await worker.start();
      else worker.signal('SIGCONT');
    }
  }

  async close(): Promise<void> {
    for (const slot of [...this.clients, ...this.workers]) await slot.close();
    await this.#stub?.kill();
    await this.server.remove();
    process.off('exit', this.#removeAtExit);
    this.#removeFolder();
  }

  readonly #removeAtExit = (): void => {
    // Its server ends with us, and may not have ended yet: the disk is taken away all the same.
    this.#removeFolder();
  };

  #removeFolder(): void {
    this.disk?.unmount();
    this.disk = undefined;
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #begin({ seed, workers, clients, hasDisk, older }: StageOptions): Promise<void> {
    this.older = older;
    // The server's user goes through it to the disk.
    chmodSync(this.folder, 0o711);
    if (hasDisk && Disk.missing() === undefined) this.disk = Disk.mount(join(this.folder, 'disk'));
    await this.#startServer();
    const settings = { ...this.database.settings, ...USER };
    this.#stub = await Program.start('AI service', { file: 'stub-program.ts', options: { seed } });
    const env = { ...WORKER_ENV, AI_SERVICE_BASE_URL: String(this.#stub.ready['url']) };
    this.workers = await Promise.all(times(workers, () => WorkerSlot.open(settings, env)));
    this.clients = await Promise.all(
      times(clients, (number) => this.#openClient(settings, { number, seed: seed * 1_000 + number * 100 })),
    );
  }

  async #openClient(
    database: DatabaseSettings,
    { number, seed }: { number: number; seed: number },
  ): Promise<ClientSlot> {
    return await ClientSlot.open({ name: `c${number}`, folder: this.folder, database, seed });
  }

  /** Its folder is made in TMPDIR. */
  async #startServer(): Promise<void> {
    const { TMPDIR } = process.env;
    if (this.disk !== undefined) process.env['TMPDIR'] = this.disk.path;
    try {
      await this.server.start();
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
    }
    this.#queue = await QueueObserver.create(this.server.address);
    await createUser(this.database, `'${USER.user}'@'%'`, USER.password);
    await this.database.query(`GRANT ALL ON \`${this.database.settings.database}\`.* TO '${USER.user}'@'%'`);
  }
}

function times<Value>(count: number, make: (number: number) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => make(index + 1));
}
