import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Mind } from '../../mind/talk/mind.ts';
import type { ModelUse } from './model-use.ts';

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
  /** The model servers; none for the offline brain alone. */
  readonly servers?: readonly ServerState[];
}

/** A model server now. */
export interface ServerState {
  readonly server: string;
  readonly provider: string;
  readonly model: string;
  /** Whether NPCs that name no server are answered by it: by the first of these that can. */
  readonly isForAll: boolean;
  /** Whether its model is being loaded, and NPCs of it say their canned lines. */
  readonly isLoading: boolean;
  readonly uses: readonly ModelUse[];
}

export type ModelReport = ModelUse & { readonly status: 'ok' | 'loading' | 'down' };

export interface HealthReport {
  /** loading: nothing is wrong, and the model will be there soon; down: nobody can answer. */
  readonly status: 'ok' | 'loading' | 'degraded' | 'down';
  readonly reason: string | undefined;
  readonly provider: string;
  readonly model: string | null;
  /** Each model on each server, with what it was used for since the start. */
  readonly models: readonly ModelReport[];
}

/** What of the service is not well, by what happened last. */
export class Health {
  readonly #clock: Clock;
  readonly #models = new Map<string, Trouble>();
  readonly #memory: Trouble;
  /** Not open at all, until it is. */
  readonly #database: Trouble;
  /** The switch and the budgets are looked at each second: the last look tells. */
  readonly #limits: Trouble;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#memory = new Trouble(clock, TROUBLE_MS);
    this.#database = new Trouble(clock, Number.POSITIVE_INFINITY);
    this.#limits = new Trouble(clock, Number.POSITIVE_INFINITY);
  }

  /** null says that it is well again, here and below. */
  noteModel(server: string, error: unknown): void {
    const trouble = this.#models.get(server) ?? new Trouble(this.#clock, TROUBLE_MS);
    this.#models.set(server, trouble);
    trouble.note(error);
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

  report({ first, second, areOff, servers = [] }: Minds): HealthReport {
    const troubleOf = ({ server }: ServerState) => this.#models.get(server)?.reason();
    const memory = this.#database.reason() ?? this.#memory.reason();
    const limits = this.#limits.reason();
    const down = servers.filter((one) => troubleOf(one) !== undefined);
    const loading = servers.filter(({ isLoading }) => isLoading);
    const reasons = [
      ...down.map((one) => `${nameOf(one, servers)} does not answer: ${troubleOf(one)}`),
      ...(memory === undefined ? [] : [`NPCs remember nothing new: ${memory}`]),
      // A database that is away is one reason for both.
      ...(limits === undefined || limits === memory
        ? []
        : [`NPC switch and budgets cannot be used: ${limits}`]),
      ...(areOff ? ['NPCs are switched off: `ai-ipc npcs on` lets them speak.'] : []),
    ];
    const isTroubled = reasons.length > 0;
    for (const one of loading)
      reasons.push(`${nameOf(one, servers)} is being loaded; until then ${meanwhile(servers)}.`);
    // Without a model that is for all, the offline brain is there for all.
    const isDown =
      down.length > 0 && down.length === servers.length && second === null && first.model !== null;
    const able = servers.find((one) => one.isForAll && !down.includes(one));
    const speaker = able ? { name: able.provider, model: able.model } : (second ?? first);
    return {
      status: isDown ? 'down' : isTroubled ? 'degraded' : loading.length > 0 ? 'loading' : 'ok',
      reason: reasons.length > 0 ? reasons.join(' ') : undefined,
      provider: speaker.name,
      model: speaker.model,
      models: servers.flatMap((one) => {
        const status = down.includes(one) ? 'down' : one.isLoading ? 'loading' : 'ok';
        return one.uses.map((use) => ({ ...use, status }) as const);
      }),
    };
  }
}

function nameOf({ server }: ServerState, { length }: readonly ServerState[]): string {
  return length === 1 ? 'The model' : `The model of ${server}`;
}

function meanwhile({ length }: readonly ServerState[]): string {
  return length === 1
    ? 'NPCs say their canned lines'
    : 'its fallbacks answer, or NPCs say their canned lines';
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
