import { AiIpcError } from '../base/errors.ts';
import type { NetworkSettings } from '../base/proxy-settings.ts';
import type { AlertSettings } from '../config/settings.ts';
import { reasonFor } from '../network/reasons.ts';
import { leave, openSendingWay, send } from '../network/send.ts';
import { proxyOf } from '../network/way.ts';
import type { NoticeKind } from '../queue/alert-store.ts';
import type { Alert, AlertName } from './alert.ts';

/** What is sent: an alert that holds, or the name of one that is over. */
export type Told =
  | { readonly kind: Extract<NoticeKind, 'raised'>; readonly alert: Alert }
  | { readonly kind: Extract<NoticeKind, 'cleared'>; readonly name: AlertName };

export interface WebhookOptions extends NetworkSettings {
  readonly url: string;
  readonly format: AlertSettings['webhookFormat'];
  /** Which queue it is, for who watches several. */
  readonly queue: string;
}

/** Sends one message. Rejects with AiIpcError that never names the address, which is a secret. */
export type SendAlert = (told: Told, signal: AbortSignal) => Promise<void>;

/** Discord answers in a quarter of a second; whoever takes longer than this has not taken it. */
const TIMEOUT_MS = 5_000;
const DISCORD = /^(?:[a-z0-9-]+\.)*(?:discord|discordapp)\.com$/i;
/** What Discord takes of a message. */
const MOST_CHARACTERS = 2_000;

/** Sends alerts to a webhook: as JSON of our own, or in the form that Discord takes. */
export function createWebhook({ url, format, queue, ...network }: WebhookOptions): SendAlert {
  const isDiscord = format === 'discord' || (format === 'auto' && DISCORD.test(new URL(url).hostname));
  return async (told, signal) => {
    const body = JSON.stringify(isDiscord ? toDiscord(told, queue) : toJson(told, queue));
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const status = await post(url, { body, signal: limit, network }).catch((error: unknown) => {
      const late = `it did not answer within ${TIMEOUT_MS / 1000} s`;
      throw unsent(limit.aborted ? late : causeOf(error, url, network));
    });
    if (status < 200 || status > 299) throw unsent(`it answered with HTTP ${status}`);
  };
}

interface Posting {
  readonly body: string;
  readonly signal: AbortSignal;
  readonly network: NetworkSettings;
}

/** No redirect is followed: the message goes where the admin said. */
async function post(url: string, { body, signal, network }: Posting): Promise<number> {
  const { origin, pathname, search } = new URL(url);
  const way = openSendingWay(origin, { ...network, connectTimeoutMs: TIMEOUT_MS });
  try {
    const headers = { 'content-type': 'application/json', 'user-agent': 'ai-ipc' };
    const sent = { method: 'POST', path: `${pathname}${search}`, headers, body, signal } as const;
    const answer = await send(way, sent);
    leave(answer);
    return answer.status;
  } finally {
    await way.dispatcher.destroy();
  }
}

/** {"source", "queue", "alert", "state", "message", "value", "threshold"}; the last two only while it holds. */
function toJson(told: Told, queue: string): Readonly<Record<string, unknown>> {
  const about = { source: 'ai-ipc', queue, message: textOf(told) };
  if (told.kind === 'cleared') return { ...about, alert: told.name, state: 'cleared' };
  const { name, value, threshold } = told.alert;
  return { ...about, alert: name, state: 'raised', value, threshold };
}

/** Nobody is pinged, whatever stands in the text. */
function toDiscord(told: Told, queue: string): Readonly<Record<string, unknown>> {
  const mark = told.kind === 'raised' ? '🔴' : '🟢';
  const content = `${mark} AI IPC, ${queue}: ${textOf(told)}`.slice(0, MOST_CHARACTERS);
  return { content, allowed_mentions: { parse: [] } };
}

function textOf(told: Told): string {
  if (told.kind === 'cleared') return `The alert ${told.name} is over.`;
  return `${told.alert.message} ${told.alert.remedy}`;
}

/** Never with the path of the address, which is a secret. */
function causeOf(error: unknown, url: string, { proxies }: NetworkSettings): string {
  const { why, remedy } = reasonFor(error, {
    ...{ proxy: proxyOf(url, proxies), urlSetting: 'ALERT_WEBHOOK_URL', caSetting: 'ALERT_WEBHOOK_CA' },
    ...{ origin: new URL(url).origin, connectTimeoutMs: TIMEOUT_MS },
  });
  return [why, remedy.replace(/\.$/, '')].filter((part) => part !== '').join('. ');
}

function unsent(reason: string): AiIpcError {
  return new AiIpcError(
    'webhook_failed',
    `The webhook did not take an alert: ${reason}. Check ALERT_WEBHOOK_URL and ALERT_WEBHOOK_FORMAT.`,
  );
}
