import type { Clock } from '../../base/clock.ts';

/** When each player's last line went to the mind, in this process. Those whose cooldown is over are forgotten. */
export class Cooldowns {
  readonly #clock: Clock;
  readonly #cooldownMs: number;
  /** In the order of their times. */
  readonly #begunMs = new Map<string, number>();

  constructor(clock: Clock, cooldownMs: number) {
    this.#clock = clock;
    this.#cooldownMs = cooldownMs;
  }

  /** False while an earlier one lasts. */
  begin(playerId: string): boolean {
    if (this.#cooldownMs === 0) return true;
    const nowMs = this.#clock.nowMs();
    for (const [player, begunMs] of this.#begunMs) {
      if (nowMs - begunMs < this.#cooldownMs) break;
      this.#begunMs.delete(player);
    }
    if (this.#begunMs.has(playerId)) return false;
    this.#begunMs.set(playerId, nowMs);
    return true;
  }

  end(playerId: string): void {
    this.#begunMs.delete(playerId);
  }
}
