import { type Backoff, backoffMs } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Events } from '../base/events.ts';
import { type Lifecycle, Loop } from '../base/lifecycle.ts';
import type { AlertSettings } from '../config/settings.ts';
import type { AlertStore } from '../queue/alert-store.ts';
import {
  ALERT_NAMES,
  type Alert,
  type AlertName,
  type Judged,
  judgeAlerts,
  raisedIn,
  type Seen,
} from './alert.ts';
import { seeAll } from './current-alerts.ts';
import type { SendAlert, Told } from './webhook.ts';

/** Three plain SELECTs each time: with no more than a hundred pending, they cost the server 2 ms. */
const LOOK_EVERY_MS = 15_000;
/** So many looks in a row have to agree, so that one slow moment wakes nobody. */
const LOOKS_TO_BELIEVE = 2;
/** A webhook that fails is left alone for longer each time. */
const WEBHOOK_RETRY: Backoff = { firstMs: 15_000, longestMs: 600_000 };

export interface AlertWatchOptions {
  readonly store: AlertStore;
  readonly settings: AlertSettings;
  readonly events: Events;
  readonly clock: Clock;
  /** undefined: nobody is told but the log. */
  readonly send?: SendAlert | undefined;
  /** For tests. */
  readonly lookEveryMs?: number;
}

type Standing = { readonly alert: Alert | undefined; readonly looks: number };

/**
 * Looks at the queue, judges what it saw, and tells: its own log when something changes, and the webhook, if of all who
 * watch this database it is the one to do it.
 */
export class AlertWatch implements Lifecycle {
  readonly #options: AlertWatchOptions;
  readonly #loop: Loop;
  readonly #standings = new Map<AlertName, Standing>();
  /** Those that hold, and were told to the log. */
  readonly #raised = new Set<AlertName>();
  #webhookFailures = 0;
  #webhookRestsUntilMs = 0;

  constructor(options: AlertWatchOptions) {
    this.#options = options;
    this.#loop = new Loop({
      clock: options.clock,
      turn: (signal) => this.#turn(signal),
      onError: (error) => {
        options.events.emit('storeFailed', { part: 'alerts', error });
        return this.#everyMs;
      },
      onRecovered: () => options.events.emit('storeRecovered', { part: 'alerts' }),
    });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  get #everyMs(): number {
    return this.#options.lookEveryMs ?? LOOK_EVERY_MS;
  }

  async #turn(signal: AbortSignal): Promise<number> {
    const { store, settings } = this.#options;
    const seen = await seeAll(store);
    const judged = judgeAlerts(seen, settings);
    this.#tellLook(seen, judged);
    for (const name of ALERT_NAMES) this.#note(name, judged);
    this.#tellLog();
    await this.#tellWebhook(signal);
    return this.#everyMs;
  }

  #tellLook(seen: Seen, judged: Judged): void {
    const { pending, processing, oldestPendingSeconds, workers, dailyTokens, diskFreeBytes } = seen;
    const alerts = raisedIn(judged).map(({ name }) => name);
    this.#options.events.emit('queueLooked', {
      ...{ pending, processing, oldestPendingSeconds, workers, dailyTokens, diskFreeBytes, alerts },
    });
  }

  /** What could not be seen changes nothing: a database that is away is no all-clear. */
  #note(name: AlertName, judged: Judged): void {
    const judgement = judged[name];
    if (judgement === 'unknown') return;
    const alert = judgement === 'fine' ? undefined : judgement;
    const before = this.#standings.get(name);
    const isSame = before !== undefined && (before.alert === undefined) === (alert === undefined);
    this.#standings.set(name, { alert, looks: isSame ? before.looks + 1 : 1 });
  }

  #believed(): readonly (Standing & { readonly name: AlertName })[] {
    return ALERT_NAMES.flatMap((name) => {
      const standing = this.#standings.get(name);
      return standing !== undefined && standing.looks >= LOOKS_TO_BELIEVE ? [{ name, ...standing }] : [];
    });
  }

  #tellLog(): void {
    const { events } = this.#options;
    for (const { name, alert } of this.#believed()) {
      if (alert !== undefined && !this.#raised.has(name)) {
        this.#raised.add(name);
        events.emit('alertRaised', alert);
      }
      if (alert === undefined && this.#raised.delete(name)) events.emit('alertCleared', { name });
    }
  }

  async #tellWebhook(signal: AbortSignal): Promise<void> {
    const { clock, send } = this.#options;
    if (send === undefined || clock.nowMs() < this.#webhookRestsUntilMs) return;
    for (const { name, alert } of this.#believed()) {
      const told: Told = alert === undefined ? { kind: 'cleared', name } : { kind: 'raised', alert };
      if (!(await this.#tell(name, told, { send, signal }))) return;
    }
  }

  /** Whether the webhook can be told of more. */
  async #tell(
    name: AlertName,
    told: Told,
    { send, signal }: { readonly send: SendAlert; readonly signal: AbortSignal },
  ): Promise<boolean> {
    const { store, events, clock } = this.#options;
    const notice = await store.claimNotice(name, told.kind);
    if (notice === undefined) return true;
    try {
      await send(told, signal);
    } catch (error) {
      await notice.giveBack();
      if (signal.aborted) return false;
      this.#webhookFailures += 1;
      const retryInMs = backoffMs(WEBHOOK_RETRY, this.#webhookFailures);
      this.#webhookRestsUntilMs = clock.nowMs() + retryInMs;
      events.emit('webhookFailed', { reason: messageOf(error), retryInMs });
      return false;
    }
    if (this.#webhookFailures > 0) events.emit('webhookRecovered');
    this.#webhookFailures = 0;
    return true;
  }
}
