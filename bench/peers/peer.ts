import type { DatabaseSettings } from '../../test/support/test-database.ts';
import type { Pace } from '../offer.ts';

/** Another way to have the same work done: a queue with its worker, its database and one who asks. */
export interface Peer {
  readonly name: string;
  /** What it needs of this machine; with one missing it is left out. */
  readonly needs: readonly DebianNeed[];
  /** With their versions, such as `bullmq@6.7.0`: fetched into a cache, and no dependencies of ours. */
  readonly npm: readonly string[];
  /** The folder that has what its client needs already, in place of `npm`. */
  readonly packages?: string;
  /** The version of Node that its packages ask for, where that may be newer than the one that runs this. */
  readonly oldestNode?: readonly [major: number, minor: number];
  /** Of the requests of a drain. Default 1; less for one that would take minutes, since its rate does not depend on it. */
  readonly drainPart?: number;
  start(how: PeerStart): Promise<RunningPeer>;
}

/** A program of the machine, or a module of its Python, and the package that has it. */
export interface DebianNeed {
  readonly what: string;
  readonly packages: readonly string[];
  /** That comes with them and that nobody asked for. */
  readonly service?: string;
  isThere(): boolean;
}

export interface PeerStart {
  readonly stubUrl: string;
  /** Where its npm packages are. */
  readonly packages: string;
  /** The program that runs what is written for Node. */
  readonly node: string;
}

export interface RunningPeer {
  readonly worker: PeerWorker;
  /** Of the server that has its queue. */
  readonly databasePid: number;
  readonly database: DatabaseSettings;
  /** The file of `programs/` that queues and asks. */
  readonly client: string;
  /** Ends the worker and the database, and deletes its data. */
  stop(): Promise<void>;
}

export interface PeerWorker {
  readonly pid: number;
  readonly ended: Promise<unknown>;
  /** What it printed, for messages. */
  readonly output: string;
  stop(): Promise<unknown>;
}

/** What the programs of a peer are told. */
export interface PeerTask {
  readonly stubUrl: string;
  readonly packages: string;
  readonly database: DatabaseSettings;
}

export interface ClientTask extends PeerTask {
  readonly workerPid: number;
  readonly databasePid: number;
  readonly load: PeerLoad;
}

export interface PeerLoad {
  /** Served before anything is measured, while code is compiled and caches are filled. */
  readonly warmUp: number;
  readonly requests: number;
  readonly paces: readonly Pace[];
}

/** What the client of a peer measured in one round. */
export interface PeerFigures {
  /** Of the drain: requests a second from the first one's queueing to the last answer. */
  readonly perSecond: number;
  /** For 20,000 requests of the drain. */
  readonly workerCpuSeconds: number;
  readonly databaseCpuSeconds: number;
  readonly paces: readonly PaceFigures[];
}

/** Milliseconds from when a request was due until who asks has its answer. */
export interface PaceFigures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}
