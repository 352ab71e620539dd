import { AlertWatch } from '../../alerts/alert-watch.ts';
import { createWebhook } from '../../alerts/webhook.ts';
import { systemClock } from '../../base/clock.ts';
import type { Events } from '../../base/events.ts';
import type { Lifecycle } from '../../base/lifecycle.ts';
import type { AlertSettings } from '../../config/load.ts';
import type { AlertStore } from '../../queue/alert-store.ts';

export interface AlertWatching {
  readonly store: AlertStore;
  readonly settings: AlertSettings;
  readonly events: Events;
  /** The database as people know it. */
  readonly queue: string;
}

/** Looks at the queue while it runs, and tells events and webhook of alerts. */
export function watchAlerts({ store, settings, events, queue }: AlertWatching): Lifecycle {
  const { webhookUrl: url, webhookFormat: format, webhookCaFile: caFile, proxies } = settings;
  const send = url === null ? undefined : createWebhook({ url, format, queue, proxies, caFile });
  return new AlertWatch({ store, settings, events, clock: systemClock, send });
}
