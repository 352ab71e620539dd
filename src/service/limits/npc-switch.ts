import type { ServiceDatabase } from '../base/service-database.ts';

/**
 * The switch that silences all NPCs: `ai-ipc npcs off` turns it, each service on the database looks at it every second
 * (player-limits.ts). It is the row `npc_switch` of ai_ipc_meta; without it NPCs speak. Methods reject with AiIpcError.
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
