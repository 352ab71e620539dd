/** What somebody did. */
interface Deed {
  /** As he named himself when he signed in. */
  readonly who: string;
  /** Such as "silenced all NPCs". */
  readonly did: string;
  /** To whom or what; never a word of a player. */
  readonly about?: string;
  readonly address: string;
}

/** Where deeds are kept. One that cannot be kept is not done: `note` comes first, and rejects with AiIpcError. */
export interface Audit {
  note(deed: Deed): Promise<void>;
}
