import type { DatabaseSettings } from '../../config/load.ts';
import type { AlertFacts, AlertStore } from '../../queue/alert-store.ts';
import type { ServiceDatabase } from '../../service/base/service-database.ts';
import { openAlertStore } from '../../store/alert-store.ts';

/** While there is no database, nothing is seen, and so nothing told. */
const NOTHING_SEEN: AlertFacts = {
  ...{ pending: null, processing: null, oldestPendingSeconds: null, recent: null, workers: null },
  ...{ dailyTokens: null, folder: null },
};

/** What alerts need, over the database of the AI service, which may come later than the service. */
export function lateAlertStore(
  present: () => ServiceDatabase | null,
  settings: DatabaseSettings,
): AlertStore {
  let opened: AlertStore | undefined;
  const store = (): AlertStore | undefined => {
    const database = present();
    if (database !== null) opened ??= openAlertStore(database.database, settings);
    return database === null ? undefined : opened;
  };
  return {
    look: async () => (await store()?.look()) ?? NOTHING_SEEN,
    claimNotice: async (alert, kind) => await store()?.claimNotice(alert, kind),
  };
}
