import { currentAlerts } from '../alerts/current-alerts.ts';
import type { AlertSettings } from '../config/settings.ts';
import { alertFactsOf } from '../store/alert-store.ts';
import type { QueueFacts } from '../store/queue-facts.ts';
import { countOf, type Finding, ok, warning } from './finding.ts';

interface AlertWays {
  readonly settings: AlertSettings;
  /** Where the database keeps its files, on this machine. */
  readonly folder: string | undefined;
}

/** Which alerts of the settings hold now, and where they are told. */
export async function alertFindings(
  queue: QueueFacts,
  { settings, folder }: AlertWays,
): Promise<readonly Finding[]> {
  const look = async () => alertFactsOf(queue, folder ?? null);
  const all = await currentAlerts({ look }, settings);
  // That nobody serves has a line of its own here.
  const alerts = all.filter(({ name }) => name !== 'no_worker');
  const place = settings.webhookUrl === null ? 'the log alone (ALERT_WEBHOOK_URL is not set)' : 'the webhook';
  if (alerts.length === 0) return [ok('alerts', `None holds. They are told to ${place}.`)];
  const reasons = alerts.map(({ name, message }) => `${name}: ${message}`).join(' ');
  return [
    warning('alerts', {
      reason: `${countOf(alerts.length, 'alert')} told to ${place}. ${reasons}`,
      remedy: 'The other lines say what mends it. The thresholds: ai-ipc config check, section alerts.',
    }),
  ];
}
