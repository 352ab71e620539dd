import type { HostChange } from '../database/hosts.ts';

export interface StoreOptions {
  /** Told what the server is set to that costs something; what nothing works with is thrown. */
  readonly onWarning?: (warning: string) => void;
  /** Told whether connections to the server are encrypted, and by what it was known, in words. */
  readonly onConnected?: (encryption: string) => void;
  /** Told when connections lead to another host of several. */
  readonly onHostChange?: (change: HostChange) => void;
  /** Whether a server will do that takes no writes, such as a replica: each write is then refused. Default: it is an error. */
  readonly mayBeReadOnly?: boolean;
  /** A worker on it serves requests with this in source_npc, and leaves all others to others. */
  readonly onlyMarked?: 'AI IPC self-test';
}
