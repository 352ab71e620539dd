import type { Clock } from '../base/clock.ts';
import { FULL_PROFILE, type ServerProfile } from './server-profile.ts';

/** What was learnt may have been a passing trouble, or the server was mended: so long it is believed. */
const BELIEVED_MS = 3_600_000;
/** A server that fails at everything is not asked twice for each player, to find out whether it was the format. */
const PROBE_REST_MS = 60_000;

export interface ProfileBookOptions {
  readonly clock: Clock;
  /** What an admin set: never learnt otherwise. */
  readonly fixed?: Partial<ServerProfile> | undefined;
  /** Told once of each thing that was learnt of a model. */
  readonly onLearnt?: ((learnt: LearntProfile) => void) | undefined;
}

export interface LearntProfile {
  readonly model: string;
  readonly changes: Partial<ServerProfile>;
}

interface Page {
  changes: Partial<ServerProfile>;
  learntAtMs: number;
  readonly told: Set<string>;
  /** Formats in which it has answered. */
  readonly proven: Set<ServerProfile['format']>;
  probedAtMs: number;
}

/** What is known of each model on one server. */
export class ProfileBook {
  readonly #options: ProfileBookOptions;
  readonly #pages = new Map<string, Page>();

  constructor(options: ProfileBookOptions) {
    this.#options = options;
  }

  profileOf(model: string): ServerProfile {
    const page = this.#pageOf(model);
    if (this.#options.clock.nowMs() - page.learntAtMs >= BELIEVED_MS) page.changes = {};
    return { ...FULL_PROFILE, ...page.changes, ...this.#options.fixed };
  }

  /** Whether an admin left these to be learnt. */
  mayChange(changes: Partial<ServerProfile>): boolean {
    const { fixed = {} } = this.#options;
    return Object.keys(changes).every((name) => fixed[name as keyof ServerProfile] === undefined);
  }

  /** Whether a failure may be the format's, and it is time to find out by a call without it. */
  mayProbe(model: string, { format }: ServerProfile): boolean {
    const page = this.#pageOf(model);
    if (format === 'text' || !this.mayChange({ format }) || page.proven.has(format)) return false;
    if (this.#options.clock.nowMs() - page.probedAtMs < PROBE_REST_MS) return false;
    page.probedAtMs = this.#options.clock.nowMs();
    return true;
  }

  /** It answered when it was asked so, in words. */
  proved(model: string, { format }: ServerProfile): void {
    this.#pageOf(model).proven.add(format);
  }

  /** It answered when it was asked with these changes, and had not without them. */
  learn(model: string, changes: Partial<ServerProfile>): void {
    const page = this.#pageOf(model);
    if (Object.keys(page.changes).length === 0) page.learntAtMs = this.#options.clock.nowMs();
    page.changes = { ...page.changes, ...changes };
    const isNew = Object.entries(changes).filter(([name, value]) => !page.told.has(`${name} ${value}`));
    if (isNew.length === 0) return;
    for (const [name, value] of isNew) page.told.add(`${name} ${value}`);
    this.#options.onLearnt?.({ model, changes: Object.fromEntries(isNew) });
  }

  #pageOf(model: string): Page {
    const known = this.#pages.get(model);
    if (known !== undefined) return known;
    const never = Number.NEGATIVE_INFINITY;
    const page: Page = { changes: {}, learntAtMs: 0, told: new Set(), proven: new Set(), probedAtMs: never };
    this.#pages.set(model, page);
    return page;
  }
}
