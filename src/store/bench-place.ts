import type { StoreSettings } from './open-store.ts';

/** Stands in each place of a bench: without it nothing is taken for one, and nothing is deleted. */
export const BENCH_MARK = 'Made by ai-ipc bench, which deletes it at its end.';

/** Where a bench works: a database that is its own, which nobody else uses, and which is gone after it. */
export interface BenchPlace {
  readonly name: string;
  /** They lead to that database and to no other. */
  readonly settings: StoreSettings;
  /** Shows others that this bench lives. */
  beat(): Promise<void>;
  /** Deletes it with all that is in it. */
  remove(): Promise<void>;
}

/** Another place: of a bench that is at work now, or of one that was killed. */
export interface OtherPlace {
  readonly name: string;
  /** Who made it, for people. */
  readonly owner: string;
  /** Earlier ones sort first. */
  readonly startedAt: string;
  /** Another one after each beat. */
  readonly beat: string;
  /** Since the last beat, by the clock that wrote it. */
  readonly silentMs: number;
}

/** What has a name as ours and is none: it is left alone. */
export interface Stranger {
  readonly name: string;
  /** A sentence. */
  readonly why: string;
}

export interface Others {
  readonly places: readonly OtherPlace[];
  readonly strangers: readonly Stranger[];
}

/** What the server is, and what it is set to. */
export interface GroundFacts {
  /** Such as MariaDB 10.11.6. */
  readonly version: string;
  /** What decides what a commit costs, by the names of the server; what it does not know is not there. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The server, or the folder of the embedded database, on which a bench makes its place. */
export interface BenchGround {
  /** For people. */
  readonly name: string;
  readonly facts: GroundFacts;
  /** Every place that is there. */
  findOthers(): Promise<Others>;
  /** Deletes one that {@link findOthers} has found. */
  removeOther(name: string): Promise<void>;
  make(owner: string): Promise<BenchPlace>;
  close(): Promise<void>;
}
