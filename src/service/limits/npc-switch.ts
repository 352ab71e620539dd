import type { Logger } from '../../base/logger.ts';
import type { ServiceDatabase } from '../base/service-database.ts';

/**
 * The kill switch: it silences all NPCs. `ai-ipc npcs off` turns it; it is the row `npc_switch` of ai_ipc_meta, and
 * without that row NPCs speak. Methods reject with AiIpcError.
 */
export interface NpcSwitch {
  isOff(): Promise<boolean>;
  setOff(isOff: boolean): Promise<void>;
}

const READ = "SELECT value FROM ai_ipc_meta WHERE name = 'npc_switch'";
const WRITE = "INSERT INTO ai_ipc_meta (name, value) VALUES ('npc_switch', ?)";
const INSTEAD = {
  mariadb: 'ON DUPLICATE KEY UPDATE value = VALUES(value)',
  sqlite: 'ON CONFLICT (name) DO UPDATE SET value = excluded.value',
} as const;

export function createNpcSwitch({ database, kind }: ServiceDatabase): NpcSwitch {
  return {
    async isOff() {
      const [row] = await database.query(READ);
      return row?.['value'] === 'off';
    },
    async setOff(isOff) {
      await database.execute(`${WRITE} ${INSTEAD[kind]}`, [isOff ? 'off' : 'on']);
    },
  };
}

/**
 * What a service obeys: the switch as its last look saw it, so that no line waits for the database. While the database
 * is away that stays in force. Off: every line gets its persona's canned line, and none goes to the mind.
 */
export class SeenSwitch {
  readonly #logger: Logger;
  #isOff = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  async look(npcSwitch: NpcSwitch): Promise<void> {
    const isOff = await npcSwitch.isOff();
    if (isOff && !this.#isOff) this.#logger.warn('NPCs are switched off: they say their canned lines');
    if (!isOff && this.#isOff) this.#logger.info('NPCs are switched on again');
    this.#isOff = isOff;
  }
}
