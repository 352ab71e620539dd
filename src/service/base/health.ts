import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Mind } from '../../mind/talk/mind.ts';

/** Troubles are believed for so long after the last one: without talks, nothing else would tell that they are over. */
const TROUBLE_MS = 30_000;

type Speaker = Pick<Mind, 'name' | 'model'>;

/** Who answers. */
export interface Minds {
  readonly first: Speaker;
  /** Who answers when that one fails; null when nobody does. */
  readonly second: Speaker | null;
  /** Whether an admin switched all NPCs off. */
  readonly areOff: boolean;
  /** Whether the model is being loaded, and NPCs say their canned lines. */
  readonly isLoading?: boolean;
}

export interface HealthReport {
  /** loading: nothing is wrong, and the model will be there soon; down: nobody can answer. */
  readonly status: 'ok' | 'loading' | 'degraded' | 'down';
  readonly reason: string | undefined;
  readonly provider: string;
  readonly model: string | null;
}

/** What of the service is not well, by what happened last. */
export class Health {
  readonly #model: Trouble;
  readonly #memory: Trouble;
  /** Not open at all, until it is. */
  readonly #database: Trouble;
  /** The switch and the budgets are looked at each second: the last look tells. */
  readonly #limits: Trouble;

  constructor(clock: Clock) {
    this.#model = new Trouble(clock, TROUBLE_MS);
    this.#memory = new Trouble(clock, TROUBLE_MS);
    this.#database = new Trouble(clock, Number.POSITIVE_INFINITY);
    this.#limits = new Trouble(clock, Number.POSITIVE_INFINITY);
  }

  /** null says that it is well again, here and below. */
  noteModel(error: unknown): void {
    this.#model.note(error);
  }

  noteMemory(error: unknown): void {
    this.#memory.note(error);
  }

  noteDatabase(error: unknown): void {
    this.#database.note(error);
  }

  noteLimits(error: unknown): void {
    this.#limits.note(error);
  }

  report({ first, second, areOff, isLoading = false }: Minds): HealthReport {
    const model = this.#model.reason();
    const memory = this.#database.reason() ?? this.#memory.reason();
    const limits = this.#limits.reason();
    const speaker = model === undefined ? first : (second ?? first);
    const reasons = [
      ...(model === undefined ? [] : [`The model does not answer: ${model}`]),
      ...(memory === undefined ? [] : [`NPCs remember nothing new: ${memory}`]),
      // A database that is away is one reason for both.
      ...(limits === undefined || limits === memory
        ? []
        : [`NPC switch and budgets cannot be used: ${limits}`]),
      ...(areOff ? ['NPCs are switched off: `ai-ipc npcs on` lets them speak.'] : []),
    ];
    const isDown = model !== undefined && second === null;
    const isTroubled = reasons.length > 0;
    if (isLoading) reasons.push('The model is being loaded; until then NPCs say their canned lines.');
    return {
      status: isDown ? 'down' : isTroubled ? 'degraded' : isLoading ? 'loading' : 'ok',
      reason: reasons.length > 0 ? reasons.join(' ') : undefined,
      provider: speaker.name,
      model: speaker.model,
    };
  }
}

/** The last trouble of one part. */
class Trouble {
  readonly #clock: Clock;
  readonly #lifeMs: number;
  #last: { readonly reason: string; readonly untilMs: number } | undefined;

  constructor(clock: Clock, lifeMs: number) {
    this.#clock = clock;
    this.#lifeMs = lifeMs;
  }

  note(error: unknown): void {
    this.#last =
      error === null ? undefined : { reason: messageOf(error), untilMs: this.#clock.nowMs() + this.#lifeMs };
  }

  reason(): string | undefined {
    const last = this.#last;
    return last !== undefined && this.#clock.nowMs() < last.untilMs ? last.reason : undefined;
  }
}
