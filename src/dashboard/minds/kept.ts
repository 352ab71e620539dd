import type { DatabaseSettings } from '../../config/settings.ts';
import type { PersonaBook } from '../../mind/persona/persona-book.ts';
import type { Recollection } from '../../mind/talk/recollection.ts';
import { openServiceDatabase, type ServiceDatabase } from '../../service/base/service-database.ts';
import { rememberingNpcOf } from '../../service/dialogue/speakers.ts';
import { createLedger, type PlayerTokens } from '../../service/limits/ledger.ts';
import { createNpcSwitch } from '../../service/limits/npc-switch.ts';
import { createNpcMemory } from '../../service/memory/npc-memory.ts';

/** What the AI service keeps in the database, as its admin sees it. Methods reject with AiIpcError. */
export class KeptByService {
  readonly #settings: DatabaseSettings;
  #opening: Promise<ServiceDatabase> | undefined;

  constructor(settings: DatabaseSettings) {
    this.#settings = settings.kind === 'mariadb' ? { ...settings, minPoolSize: 0, maxPoolSize: 2 } : settings;
  }

  async areNpcsOff(): Promise<boolean> {
    return await createNpcSwitch(await this.#open()).isOff();
  }

  async setNpcsOff(isOff: boolean): Promise<void> {
    await createNpcSwitch(await this.#open()).setOff(isOff);
  }

  /** Who used most of a model today. */
  async mostUsed(players: number): Promise<readonly PlayerTokens[]> {
    return await createLedger(await this.#open()).mostUsed(players);
  }

  async recall(npcId: string, playerId: string): Promise<Recollection> {
    const { database, kind } = await this.#open();
    return await createNpcMemory(database, kind).recall({ npcId, playerId });
  }

  /** Returns how many turns went. */
  async forget(npcId: string, playerId: string): Promise<number> {
    const { database, kind } = await this.#open();
    return await createNpcMemory(database, kind).forget({ npcId, playerId });
  }

  async close(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    await opened?.database.close();
  }

  /** Opened when it is first asked for; one that cannot be opened is tried again the next time. */
  #open(): Promise<ServiceDatabase> {
    if (this.#opening === undefined) {
      const opening = openServiceDatabase(this.#settings, { mayBeReadOnly: true });
      this.#opening = opening;
      opening.catch(() => {
        this.#opening = undefined;
      });
    }
    return this.#opening;
  }
}

/** Whose memory is meant: the persona's, where one answers to that name. */
export function rememberingNpc(book: PersonaBook, npcId: string): string {
  return rememberingNpcOf({ persona: book.find(npcId), npcId });
}
