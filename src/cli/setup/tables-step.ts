import { AiIpcError } from '../../base/errors.ts';
import type { MariadbSettings } from '../../config/load.ts';
import { migrate } from '../../database/migrate.ts';
import { withStore } from '../../store/open-store.ts';
import type { Step } from './step.ts';

/** The tables, brought to the present version. */
export function tablesStep(database: MariadbSettings, confirmCopy: (rows: number) => Promise<boolean>): Step {
  return {
    name: 'the tables',
    byHand: ['ai-ipc migrate'],
    async isDone() {
      try {
        await withStore({ ...database, kind: 'mariadb' }, async () => undefined);
        return true;
      } catch (error) {
        if (error instanceof AiIpcError && NOT_THERE.includes(error.code)) return false;
        throw error;
      }
    },
    async work(onWork) {
      await migrate({ settings: database, onStep: onWork, confirm: confirmCopy });
    },
  };
}

/** The last two: before the step that makes them, as `--print` sees it. */
const NOT_THERE = ['schema_missing', 'schema_old', 'database_denied', 'database_unknown'];
