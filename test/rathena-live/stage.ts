import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import { type HeldAnswers, holdAnswers } from '../support/held-answers.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { waitFor } from '../support/wait-for.ts';
import { WorkerProcess } from '../support/worker-process.ts';
import { type Account, GameClient } from './client.ts';
import type { Watched } from './pinger.ts';
import type { RunOptions } from './run-folder.ts';
import { RathenaServers } from './servers.ts';
import { accountsOf, MAP_USER, World } from './world.ts';

export interface StageOptions {
  readonly rathena: string;
  readonly players: number;
  /** The database writes each commit to the disk, as it does on an admin's machine. */
  readonly isDurable?: boolean;
}

export type Start = Pick<RunOptions, 'library' | 'npcs'> &
  Partial<Pick<RunOptions, 'codepage' | 'libraryFolder' | 'aiSettings'>>;

/** What an AI service says that is asked by these NPCs. */
const ANSWER = {
  text: 'Well met, traveller.',
  emotion: 'happy',
  options: ['What do you sell?', 'Farewell.'],
};
const CONCURRENCY = 512;
/** The GM's, and one that measures. */
const MORE_ACCOUNTS = 2;

/** A MariaDB, a worker with an AI service, and the servers of a built rAthena, with players on its map. */
export class Stage {
  readonly servers: RathenaServers;
  readonly world: World;
  readonly ai: AiStub;
  readonly #mariadb: MariadbServer;
  readonly #worker: WorkerProcess;
  readonly #players: number;
  clients: GameClient[] = [];

  private constructor(parts: {
    servers: RathenaServers;
    world: World;
    ai: AiStub;
    mariadb: MariadbServer;
    worker: WorkerProcess;
    players: number;
  }) {
    this.servers = parts.servers;
    this.world = parts.world;
    this.ai = parts.ai;
    this.#mariadb = parts.mariadb;
    this.#worker = parts.worker;
    this.#players = parts.players;
  }

  static async build({ rathena, players, isDurable = false }: StageOptions): Promise<Stage> {
    const commits = isDurable ? [] : ['--innodb-flush-log-at-trx-commit=2'];
    const mariadb = new MariadbServer({ extraArgs: ['--userstat=ON', ...commits] });
    await mariadb.start();
    const world = await World.make(mariadb, rathena, players + MORE_ACCOUNTS);
    const ai = await startAiStub();
    ai.behaveAlways(behaviours.json(ANSWER));
    const env = { AI_SERVICE_BASE_URL: ai.url, CONCURRENCY: String(CONCURRENCY), MAX_ATTEMPTS: '1' };
    const worker = new WorkerProcess(world.settings, env, { diesWithUs: true });
    await worker.started();
    const servers = await RathenaServers.prepare(rathena);
    return new Stage({ servers, world, ai, mariadb, worker, players });
  }

  get gm(): GameClient {
    const gm = this.clients[this.#players];
    if (gm === undefined) throw new Error('The players have not logged in.');
    return gm;
  }

  get players(): GameClient[] {
    return this.clients.slice(0, this.#players);
  }

  /** Starts the servers and logs everybody in. */
  async start({ codepage = 'latin1', ...options }: Start): Promise<void> {
    await this.servers.start({ ...options, codepage, database: this.world.settings, mapUser: MAP_USER });
    this.clients = accountsOf(this.#players + 1).map(
      (account) => new GameClient(account, this.servers.ports),
    );
    for (const client of this.clients) await client.logIn();
  }

  get pingerAccount(): Account {
    return accountsOf(this.#players + MORE_ACCOUNTS).at(-1)!;
  }

  /** What a Pinger looks at. */
  async watched(): Promise<Watched> {
    const threads = await this.world.threadsOfMapServer();
    return {
      map: `/proc/${this.servers.mapPid}/schedstat`,
      database: threads.map((thread) => `/proc/${this.#mariadb.pid}/task/${thread}/schedstat`),
    };
  }

  get mariadb(): MariadbServer {
    return this.#mariadb;
  }

  hold(): HeldAnswers {
    const held = holdAnswers(behaviours.json(ANSWER));
    this.ai.behaveAlways(held.behaviour);
    return held;
  }

  /**
   * Logs everybody out and stops the servers; whether the map server leaked nothing. rAthena writes to its connections in the
   * handler of SIGTERM itself: one that comes while it writes there already does any harm, so its end is waited for.
   */
  async stop(): Promise<boolean> {
    for (const client of this.clients) client.leave();
    await waitFor(async () => (await this.world.charactersOnline()) === 0, { what: 'all to be logged out' });
    return await this.servers.stop();
  }

  /** The same in the moment in which all leave. */
  async stopAtOnce(): Promise<boolean> {
    for (const client of this.clients) client.leave();
    return await this.servers.stop();
  }

  async remove(): Promise<void> {
    for (const client of this.clients) client.leave();
    this.servers.remove();
    await this.#worker.kill();
    await this.ai.close();
    await this.#mariadb.remove();
  }
}
