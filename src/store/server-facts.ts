import type { SchemaState } from '../database/check-schema.ts';
import type { LostKey } from '../database/schema-keys.ts';
import type { Finding } from '../database/server-checks.ts';
import type { HostFact } from './host-facts.ts';
import type { LockBy } from './mariadb-locks.ts';
import type { Part } from './part.ts';
import type { QueueFacts } from './queue-facts.ts';

/** A transaction that somebody has open. */
export interface OpenTransaction {
  readonly connection: number;
  readonly user: string;
  readonly host: string;
  readonly seconds: number;
  readonly rowsLocked: number;
  /** Whether it waits for a lock that another one holds. */
  readonly isWaiting: boolean;
  /** Sleep where nobody is at work in it. */
  readonly command: string;
}

export interface ConnectionFacts {
  /** Of this account; 0 without a limit. */
  readonly mostOfAccount: number;
  readonly mostOfServer: number;
  readonly open: number;
}

export interface EventFacts {
  /** undefined: there is none. */
  readonly status: string | undefined;
}

/** What the admin of a Galera cluster looks at first. */
export interface GaleraFacts {
  readonly clusterStatus: string;
  readonly state: string;
  readonly isReady: boolean;
  readonly size: number;
}

export interface ServerFacts {
  readonly version: string;
  readonly isMariadb: boolean;
  /** Whether the connection is encrypted, and by what the server was known, in words. */
  readonly encryption: string;
  /** Of several in DB_HOST, in their order; empty where there is one. */
  readonly hosts: Part<readonly HostFact[]>;
  /** As SQL names it: 'user'@'host'. */
  readonly account: string;
  /** What src/database/server-checks.ts finds. */
  readonly server: Part<readonly Finding[]>;
  readonly settings: Part<Readonly<Record<string, string>>>;
  readonly schema: Part<SchemaState>;
  readonly rowFormats: Part<ReadonlyMap<string, string>>;
  readonly lostKeys: Part<readonly LostKey[]>;
  /** What EXPLAIN says of the search for what is due; undefined where it goes by its index. */
  readonly planFault: Part<string | undefined>;
  readonly lockBy: Part<LockBy>;
  /** Those of a worker that this user has not, such as `DELETE on ai_requests`. */
  readonly missingRights: Part<readonly string[]>;
  readonly connections: Part<ConnectionFacts>;
  readonly event: Part<EventFacts>;
  readonly historyLength: Part<number>;
  /** The oldest first, without our own. */
  readonly transactions: Part<readonly OpenTransaction[]>;
  /** Requests that could not be locked at two looks. */
  readonly heldIds: Part<readonly number[]>;
  /** undefined outside of a cluster. */
  readonly galera: Part<GaleraFacts | undefined>;
  /** The data folder, where the server is on this machine. */
  readonly folder: string | undefined;
  readonly queue: QueueFacts;
}
