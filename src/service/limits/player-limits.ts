import type { Clock } from '../../base/clock.ts';
import { errorFields } from '../../base/errors.ts';
import { type Lifecycle, Loop } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/logger.ts';
import type { TokenCount } from '../../providers/token-count.ts';
import type { Limit } from '../base/contract.ts';
import { Cooldowns } from './cooldowns.ts';
import type { Ledger } from './ledger.ts';
import { type NpcSwitch, SeenSwitch } from './npc-switch.ts';

/** The switch silences all NPCs within 2 s: one look each second, and time for the look itself. */
const LOOK_MS = 1_000;
/** At the start the first look is waited for: a service that was switched off says nothing before it knows. */
const FIRST_LOOK_MS = 2_000;
/** Players whose tokens wait for a database that is away; beyond it the oldest are given away. */
const MAX_UNWRITTEN = 10_000;
/** When the database is back, the looks at the switch go on meanwhile: 100 commits take 0.2 s. */
const WRITES_A_LOOK = 100;

export interface PlayerLimitsOptions {
  /** null while there is no database: then nobody switches off. */
  readonly npcSwitch: () => NpcSwitch | null;
  /** null while there is no database: tokens are counted when there is one. */
  readonly ledger: () => Ledger | null;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of each failure to use switch or ledger, and with null of each look that went well. */
  readonly onLook?: (error: unknown) => void;
  /** Milliseconds from one line of a player to his next that goes to the mind; 0 is off. Counted in this process. */
  readonly cooldownMs: number;
  /** Tokens of a model that a player may use in a day (UTC); 0 is off. Counted in the database. */
  readonly dailyTokens: number;
}

/** What keeps players from talking too much, and everybody from talking at all. No method waits for the database. */
export interface PlayerLimits extends Lifecycle {
  /** Resolves after the first look at the database, or when that takes too long. */
  start(): Promise<void>;
  /**
   * Why a line is answered with the canned line: null when it goes to the mind, and then the player's cooldown begins.
   * Without a player there is only `off`. Call `forgive` when the mind then fails, so that a retry is not refused.
   */
  check(playerId: string | null): Limit | null;
  /** The line that was let through got no answer: its cooldown is over. */
  forgive(playerId: string): void;
  /** The same as check for what players do not say: no cooldown, and none begins. */
  checkThought(playerId: string | null): Extract<Limit, 'off' | 'budget'> | null;
  /** Whether all NPCs are silent now; ask again before an answer goes out that took long to think of. */
  isOff(): boolean;
  /** How many players have used up their tokens of today. */
  spentOut(): number;
  /** Counts what an answer cost; written at once, or when the database is back. */
  spend(playerId: string, tokens: TokenCount): void;
}

export function createPlayerLimits(options: PlayerLimitsOptions): PlayerLimits {
  return new SharedLimits(options);
}

class SharedLimits implements PlayerLimits {
  readonly #options: PlayerLimitsOptions;
  readonly #loop: Loop;
  readonly #firstLook = new AbortController();
  readonly #switch: SeenSwitch;
  readonly #cooldowns: Cooldowns;
  /** Tokens that are not in the database yet. */
  readonly #unwritten = new Map<string, number>();
  readonly #writing = new Set<Promise<void>>();
  #spentOut: ReadonlySet<string> = new Set();
  /** Who spent the last token since the look under way began: it may not have seen that. */
  #spentSinceLook = new Set<string>();

  constructor(options: PlayerLimitsOptions) {
    this.#options = options;
    this.#switch = new SeenSwitch(options.logger);
    this.#cooldowns = new Cooldowns(options.clock, options.cooldownMs);
    this.#loop = new Loop({
      clock: options.clock,
      turn: () => this.#look(),
      onError: (error, failures) => this.#troubled(error, failures),
      onRecovered: () => options.logger.info('NPC switch and budgets can be used again'),
    });
  }

  async start(): Promise<void> {
    this.#loop.start();
    await this.#options.clock.sleep(FIRST_LOOK_MS, this.#firstLook.signal);
  }

  async stop(): Promise<void> {
    this.#firstLook.abort();
    await this.#loop.stop();
    await Promise.all(this.#writing);
  }

  check(playerId: string | null): Limit | null {
    const limit = this.checkThought(playerId);
    if (limit !== null || playerId === null) return limit;
    return this.#cooldowns.begin(playerId) ? null : 'cooldown';
  }

  forgive(playerId: string): void {
    this.#cooldowns.end(playerId);
  }

  checkThought(playerId: string | null): 'off' | 'budget' | null {
    if (this.#switch.isOff) return 'off';
    const isSpentOut =
      playerId !== null && (this.#spentOut.has(playerId) || this.#spentSinceLook.has(playerId));
    return isSpentOut ? 'budget' : null;
  }

  isOff(): boolean {
    return this.#switch.isOff;
  }

  spentOut(): number {
    return new Set([...this.#spentOut, ...this.#spentSinceLook]).size;
  }

  spend(playerId: string, { prompt, completion }: TokenCount): void {
    const tokens = Math.ceil(prompt + completion);
    if (this.#options.dailyTokens === 0 || !(tokens > 0)) return;
    this.#keepUnwritten(playerId, tokens);
    const writing: Promise<void> = this.#write(playerId)
      .catch((error: unknown) => this.#loop.fail(error))
      .then(() => {
        this.#writing.delete(writing);
      });
    this.#writing.add(writing);
  }

  /** One turn of the loop: the switch, what waits to be written, and who has nothing left. */
  async #look(): Promise<number> {
    const npcSwitch = this.#options.npcSwitch();
    const ledger = this.#options.ledger();
    if (npcSwitch !== null && ledger !== null) {
      await this.#switch.look(npcSwitch);
      if (this.#options.dailyTokens > 0) await this.#lookAtBudgets(ledger);
      this.#options.onLook?.(null);
    }
    this.#firstLook.abort();
    return LOOK_MS;
  }

  async #lookAtBudgets(ledger: Ledger): Promise<void> {
    for (const playerId of [...this.#unwritten.keys()].slice(0, WRITES_A_LOOK)) await this.#write(playerId);
    this.#spentOut = new Set([...this.#spentOut, ...this.#spentSinceLook]);
    this.#spentSinceLook = new Set();
    const spentOut = await ledger.playersAbove(this.#options.dailyTokens);
    this.#spentOut = new Set(spentOut);
  }

  /** What a player has unwritten, in one statement; it is unwritten again when that fails. */
  async #write(playerId: string): Promise<void> {
    const ledger = this.#options.ledger();
    const tokens = this.#unwritten.get(playerId);
    if (ledger === null || tokens === undefined) return;
    this.#unwritten.delete(playerId);
    try {
      const used = await ledger.addTokens(playerId, tokens);
      if (used >= this.#options.dailyTokens) this.#spentSinceLook.add(playerId);
    } catch (error) {
      this.#keepUnwritten(playerId, tokens);
      throw error;
    }
  }

  #keepUnwritten(playerId: string, tokens: number): void {
    this.#unwritten.set(playerId, (this.#unwritten.get(playerId) ?? 0) + tokens);
    const [oldest] = this.#unwritten.keys();
    if (this.#unwritten.size > MAX_UNWRITTEN && oldest !== undefined) this.#unwritten.delete(oldest);
  }

  /** What was seen last stays in force. Told once for each time. */
  #troubled(error: unknown, failures: number): number {
    if (failures === 1)
      this.#options.logger.error(errorFields(error), 'NPC switch and budgets cannot be used, trying again');
    this.#options.onLook?.(error);
    this.#firstLook.abort();
    return LOOK_MS;
  }
}
