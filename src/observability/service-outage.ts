import type { AttemptEnded } from '../base/events.ts';
import type { Logger } from '../base/logger.ts';

/** One line a minute: each request that waits is tried once a second or so, and all of these say the same. */
const TELL_EVERY_MS = 60_000;
/** What a service that is away answers. */
const AWAY_CODES: ReadonlySet<string> = new Set(['ai_unreachable', 'answer_cut', 'attempt_timeout']);

/** Tells an outage of the AI service once, then once a minute with what was tried in vain, and its end. */
export class ServiceOutage {
  readonly #logger: Logger;
  readonly #nowMs: () => number;
  #beganMs: number | undefined;
  #toldMs = 0;
  #tries = 0;
  #isBreakerOpen = false;

  constructor(logger: Logger, nowMs: () => number) {
    this.#logger = logger;
    this.#nowMs = nowMs;
  }

  /** Nothing is claimed any more. */
  begin(): void {
    this.#isBreakerOpen = true;
    this.#open();
  }

  /** The try was answered. */
  end(): void {
    this.#isBreakerOpen = false;
    this.#close();
  }

  /** Hears of each attempt; gives whether it is one more of an outage that was told already. */
  covers(ended: AttemptEnded): boolean {
    const { error, outcome, durationMs } = ended;
    if (durationMs === null) return false;
    const isAway = error !== undefined && (this.#isBreakerOpen || AWAY_CODES.has(error.code));
    if (!isAway) {
      if (!this.#isBreakerOpen) this.#close();
      return false;
    }
    const isKnown = this.#beganMs !== undefined;
    if (!isKnown && error.code !== 'ai_unreachable') return false;
    this.#open();
    this.#tries += 1;
    this.#remind(ended);
    return isKnown && outcome === 'retry';
  }

  #open(): void {
    if (this.#beganMs !== undefined) return;
    this.#beganMs = this.#nowMs();
    this.#toldMs = this.#beganMs;
    this.#tries = 0;
  }

  #close(): void {
    if (this.#beganMs === undefined) return;
    this.#logger.info(this.#figures(), 'AI service answers again');
    this.#beganMs = undefined;
  }

  #remind({ error }: AttemptEnded): void {
    if (this.#nowMs() - this.#toldMs < TELL_EVERY_MS) return;
    this.#toldMs = this.#nowMs();
    const fields = { ...this.#figures(), error_code: error?.code, error: error?.message };
    this.#logger.error(fields, 'AI service is still away: requests wait for it as long as they live');
  }

  #figures(): { calls_in_vain: number; seconds: number } {
    const seconds = Math.round((this.#nowMs() - (this.#beganMs ?? this.#nowMs())) / 1_000);
    return { calls_in_vain: this.#tries, seconds };
  }
}
