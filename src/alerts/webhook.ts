import { AiIpcError, messageOf } from '../base/errors.ts';
import type { AlertSettings } from '../config/settings.ts';
import type { NoticeKind } from '../queue/alert-store.ts';
import type { Alert, AlertName } from './alert.ts';

/** What is sent: an alert that holds, or the name of one that is over. */
export type Told =
  | { readonly kind: Extract<NoticeKind, 'raised'>; readonly alert: Alert }
  | { readonly kind: Extract<NoticeKind, 'cleared'>; readonly name: AlertName };

export interface WebhookOptions {
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
export function createWebhook({ url, format, queue }: WebhookOptions): SendAlert {
  const isDiscord = format === 'discord' || (format === 'auto' && DISCORD.test(new URL(url).hostname));
  return async (told, signal) => {
    const body = JSON.stringify(isDiscord ? toDiscord(told, queue) : toJson(told, queue));
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const status = await post(url, body, limit).catch((error: unknown) => {
      throw unsent(limit.aborted ? `it did not answer within ${TIMEOUT_MS / 1000} s` : causeOf(error));
    });
    if (status < 200 || status > 299) throw unsent(`it answered with HTTP ${status}`);
  };
}

/** No redirect is followed: the message goes where the admin said. */
async function post(url: string, body: string, signal: AbortSignal): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'ai-ipc' },
    ...{ body, signal, redirect: 'manual' },
  });
  await response.body?.cancel();
  return response.status;
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

/** What fetch itself says is "fetch failed"; the cause has the reason, and neither has the path of the address. */
function causeOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : { cause: undefined };
  return cause === undefined ? 'it could not be called' : messageOf(cause);
}

function unsent(reason: string): AiIpcError {
  return new AiIpcError(
    'webhook_failed',
    `The webhook did not take an alert: ${reason}. Check ALERT_WEBHOOK_URL and ALERT_WEBHOOK_FORMAT.`,
  );
}
