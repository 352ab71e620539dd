import { caPlace, oneOf, optional, wholeNumber, yesOrNo } from './allowed.ts';
import { webhookUrl } from './allowed-webhook.ts';
import { define } from './setting.ts';

/** When an admin is told, and where. 0 switches an alert off. */
export const ALERT = {
  pending: define({
    key: 'alerts.pending',
    variable: 'ALERT_PENDING',
    default: 1000,
    unit: 'requests',
    meaning: 'Alert when more requests than this are pending; 0: never.',
    // No more than this are counted at a look.
    allowed: wholeNumber(0, 99_999),
  }),
  oldestPendingSeconds: define({
    key: 'alerts.oldest_pending',
    variable: 'ALERT_OLDEST_PENDING',
    default: 15,
    unit: 's',
    meaning: 'Alert when a request that could be served has waited longer than this; 0: never.',
    allowed: wholeNumber(0, 86_400),
  }),
  failedPercent: define({
    key: 'alerts.failed_percent',
    variable: 'ALERT_FAILED_PERCENT',
    default: 20,
    unit: '%',
    meaning:
      'Alert when more than this part of the last requests (200 at most, of a quarter of an hour, 10 at least) failed or timed out; 0: never.',
    allowed: wholeNumber(0, 99),
  }),
  noWorker: define({
    key: 'alerts.no_worker',
    variable: 'ALERT_NO_WORKER',
    default: true,
    unit: '',
    meaning: 'Alert when no worker lives. The AI service tells it to the webhook.',
    allowed: yesOrNo(),
  }),
  dailyTokens: define({
    key: 'alerts.daily_tokens',
    variable: 'ALERT_DAILY_TOKENS',
    default: 0,
    unit: 'tokens',
    meaning:
      'Alert when all players together have used more tokens of models than this today (UTC), as player_daily_tokens counts them; 0: never.',
    allowed: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  }),
  diskFreeMib: define({
    key: 'alerts.disk_free',
    variable: 'ALERT_DISK_FREE',
    default: 1024,
    unit: 'MiB',
    meaning:
      'Alert when less than this is free on the disk of the database, where that is on the same machine; 0: never.',
    allowed: wholeNumber(0, 1_073_741_824),
  }),
  /** null: alerts are not sent anywhere. */
  webhookUrl: define<string | null>({
    key: 'alerts.webhook_url',
    variable: 'ALERT_WEBHOOK_URL',
    default: null,
    unit: '',
    meaning:
      'Where alerts are sent, such as the webhook of a Discord channel. It is a secret, and shown nowhere.',
    allowed: optional(webhookUrl(), '(none)'),
    example: 'https://discord.com/api/webhooks/123/your-own',
  }),
  webhookFormat: define<'auto' | 'json' | 'discord'>({
    key: 'alerts.webhook_format',
    variable: 'ALERT_WEBHOOK_FORMAT',
    default: 'auto',
    unit: '',
    meaning: 'What is sent there: auto is discord for addresses of Discord, and json for all others.',
    allowed: oneOf(['auto', 'json', 'discord']),
  }),
  /** The full path of a PEM file, or `system`; null for none. */
  webhookCaFile: define<string | null>({
    key: 'alerts.webhook_ca',
    variable: 'ALERT_WEBHOOK_CA',
    default: null,
    unit: '',
    meaning:
      'A PEM file with the certificate of the authority that signed the one of the webhook, or of a proxy that opens https; system: those that this machine trusts. Left out: those that Node knows, and NODE_EXTRA_CA_CERTS of the environment.',
    allowed: optional(caPlace(), '(none)'),
    example: 'system',
  }),
} as const;
