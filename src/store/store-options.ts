export interface StoreOptions {
  /** Told what the server is set to that costs something; what nothing works with is thrown. */
  readonly onWarning?: (warning: string) => void;
  /** Told whether connections are encrypted, and by what the server was known, in words. */
  readonly onConnected?: (encryption: string) => void;
  /** A worker on it serves requests with this in source_npc, and leaves all others to others. */
  readonly onlyMarked?: 'AI IPC self-test';
}
