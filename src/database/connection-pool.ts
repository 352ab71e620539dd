import { AiIpcError } from '../base/errors.ts';
import type { HostAndPort } from '../base/host-list.ts';
import type { OpenConnection } from './connect.ts';
import { serverWords } from './database-errors.ts';
import { HostReturn, type SeveralHosts, type Where } from './host-return.ts';
import { isSame } from './hosts.ts';
import { type Member, ping, sayGoodbye, takesWritesAsBefore, toMember } from './pool-member.ts';

export interface PoolOptions {
  /** The database as people know it. */
  readonly name: string;
  /** Opens one more. What it throws is told to whoever waits for a connection. */
  readonly open: (where: Where) => Promise<OpenConnection>;
  /** Where there are several hosts. */
  readonly several?: SeveralHosts | undefined;
  /** Whether it would be the same the next time: then nobody waits. */
  readonly isLasting: (error: unknown) => boolean;
  /** Whether the server has no more connections for us than we have. */
  readonly isFull: (error: unknown) => boolean;
  readonly min: number;
  readonly max: number;
  /** Of `max`, one that only `urgent` work gets, where there is more than one. */
  readonly hasReserve: boolean;
}

interface Waiter {
  readonly isUrgent: boolean;
  readonly endMs: number;
  readonly resolve: (member: Member) => void;
  readonly reject: (error: unknown) => void;
}

/** How long to wait for a connection: long enough for a restart of the server to be noticed as one error, not many. */
const ACQUIRE_MS = 5_000;
/** Between two tries to open one that somebody waits for. */
const RETRY_MS = 250;
/** So many are opened at the same time, once the first has shown that the server lets us in. */
const MOST_AT_ONCE = 4;
/** A server that had no more for us is asked again after this. */
const FULL_MS = 15_000;
/**
 * A connection above `min` that rests for so long says goodbye. With 7 s those of one burst were gone before the next one,
 * and 200 talks a second paid for new ones: p50 3.7 ms in place of 2.8, p99 60 in place of 15 to 45 (`bench -- dialogues`).
 */
const REST_MS = 30_000;
/**
 * One that rests is pinged so often, which costs the server no statement: the driver cuts one that is silent for 9.5 s, and
 * the server's log has a warning.
 */
const PING_MS = 4_000;
/**
 * One whose server was seen to take writes within this is taken without a look. Work alone does not show it: who only reads
 * would go on with a server that became read-only.
 */
const TRUSTED_MS = 3_000;
const TICK_MS = 500;

/**
 * Connections to one address, or to one of several hosts as long as that one serves. It serves with the first one that it
 * gets, opens more as they are wanted, and does with as few as the server gives. The driver's own pool hides the server's
 * reason, and goes on with connections to a server that became read-only.
 */
export class ConnectionPool {
  readonly #options: PoolOptions;
  /** Those that rest, the last one used at the end. */
  readonly #resting: Member[] = [];
  /** Those that somebody has, and whether his work is urgent. */
  readonly #inUse = new Map<Member, boolean>();
  readonly #members = new Set<Member>();
  readonly #waiters: Waiter[] = [];
  /** When the heartbeat, which is urgent and writes, was last done: the server took it. */
  #writtenMs = Number.NEGATIVE_INFINITY;
  #opening = 0;
  #generation = 0;
  #full: { readonly size: number; readonly untilMs: number } | undefined;
  /** What the last try to open one ended with; undefined when it succeeded. */
  #trouble: unknown;
  /** Under way, by the host that is asked first. */
  readonly #looks = new Map<string, Promise<string | undefined>>();
  /** The host of the present generation. */
  #place: HostAndPort | undefined;
  readonly #return: HostReturn | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #tickTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    if (options.several !== undefined) this.#return = new HostReturn(options.several.openBefore);
  }

  /** Throws what the server said, or AiIpcError (database_unavailable) where all are in use. */
  acquire({ isUrgent = false }: { readonly isUrgent?: boolean } = {}): Promise<Member> {
    this.#tickTimer ??= setInterval(() => this.#tick(), TICK_MS);
    return new Promise<Member>((resolve, reject) => {
      const waiter = { isUrgent, endMs: performance.now() + ACQUIRE_MS, resolve, reject };
      // The heartbeat goes before all others.
      if (isUrgent) this.#waiters.unshift(waiter);
      else this.#waiters.push(waiter);
      this.#serve();
    });
  }

  /** Gives it back. One that is broken, or of a server that was left, is closed. */
  release(member: Member): void {
    const isOfUrgent = this.#inUse.get(member);
    if (!this.#inUse.delete(member)) return;
    member.usedMs = performance.now();
    if (isOfUrgent) this.#writtenMs = member.usedMs;
    this.#rest(member);
  }

  /** Closes it at once. */
  discard(member: Member): void {
    this.#inUse.delete(member);
    this.#members.delete(member);
    member.cut();
    this.#serve();
  }

  /** This member has shown that its server is of no use: none that was opened before now is used again. */
  renew(member: Member): void {
    if (member.generation !== this.#generation) return;
    this.#generation += 1;
    for (const resting of this.#resting.splice(0)) this.discard(resting);
  }

  /** Whether a new connection leads to another server than this one does. */
  async hasMoved(member: Member): Promise<boolean> {
    const key = JSON.stringify(member.place);
    const look = this.#looks.get(key) ?? this.#lookWhere(member.place).finally(() => this.#looks.delete(key));
    this.#looks.set(key, look);
    const server = await look;
    return server !== undefined && server !== member.server;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#tickTimer);
    clearTimeout(this.#retryTimer);
    this.#serve();
    await Promise.all(this.#resting.splice(0).map((member) => this.#end(member)));
  }

  /** Hands connections to those who wait, and opens what is missing. */
  #serve(): void {
    if (this.#isClosed) this.#refuse(closedError());
    for (const waiter of [...this.#waiters]) {
      if (!this.#mayTake(waiter)) continue;
      const member = this.#resting.pop();
      if (member === undefined) break;
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      this.#inUse.set(member, waiter.isUrgent);
      this.#supervise(this.#hand(member, waiter));
    }
    this.#grow();
  }

  /** One is left for the heartbeat, where there is more than one: a busy worker must not look dead. */
  #mayTake({ isUrgent }: Waiter): boolean {
    if (isUrgent || !this.#options.hasReserve) return true;
    const ordinary = [...this.#inUse.values()].filter((isOfUrgent) => !isOfUrgent).length;
    return ordinary < Math.max(1, this.#capacity - 1);
  }

  /** Gives it to whoever waits, if it is still what it was. */
  async #hand(member: Member, waiter: Waiter): Promise<void> {
    const isTrusted = performance.now() - Math.max(member.lookedMs, this.#writtenMs) < TRUSTED_MS;
    if (isTrusted ? this.#isUsable(member) : await this.#isAsBefore(member)) {
      waiter.resolve(member);
      return;
    }
    this.#waiters.unshift(waiter);
    this.discard(member);
  }

  async #isAsBefore(member: Member): Promise<boolean> {
    if (!this.#isUsable(member)) return false;
    try {
      if (await takesWritesAsBefore(member)) return this.#isUsable(member);
    } catch {
      // Whatever it is, the next connection tells, and whoever waits is told by that one.
    }
    this.renew(member);
    return false;
  }

  async #ping(member: Member): Promise<void> {
    try {
      await ping(member);
    } catch {
      // Whatever it is, the next connection tells it to whoever waits.
      this.renew(member);
    }
  }

  #isUsable(member: Member): boolean {
    return !this.#isClosed && member.generation === this.#generation && member.connection.isValid();
  }

  /** The one that worked last is taken first; so a few do all the work, and the others may say goodbye. */
  #rest(member: Member, { hasWorked }: { readonly hasWorked: boolean } = { hasWorked: true }): void {
    if (this.#isUsable(member)) {
      if (hasWorked) this.#resting.push(member);
      else this.#resting.unshift(member);
      this.#serve();
    } else if (member.connection.isValid()) {
      // Closed, or of a host that was left.
      this.#supervise(this.#end(member));
      this.#serve();
    } else {
      this.discard(member);
    }
  }

  get #capacity(): number {
    const { max } = this.#options;
    if (this.#full === undefined || this.#full.untilMs < performance.now()) return max;
    return Math.min(max, this.#full.size);
  }

  #grow(): void {
    if (this.#retryTimer !== undefined || this.#isClosed) return;
    const wanted = Math.max(
      this.#waiters.filter((waiter) => this.#mayTake(waiter)).length,
      // Not before there is one: who has nothing to do wants no connection.
      this.#members.size === 0 ? 0 : this.#options.min - this.#members.size,
    );
    const room = this.#capacity - this.#members.size;
    const most = Math.min(wanted, room, this.#members.size === 0 ? 1 : MOST_AT_ONCE);
    while (this.#opening < most) this.#supervise(this.#add());
  }

  async #add(): Promise<void> {
    this.#opening += 1;
    try {
      const member = await this.#open({ only: this.#placeInUse });
      this.#opening -= 1;
      this.#trouble = undefined;
      await this.#welcome(member);
    } catch (error) {
      this.#opening -= 1;
      this.#failed(error);
      this.#serve();
    }
  }

  async #open(where: Where): Promise<Member> {
    const generation = this.#generation;
    return await this.#toMember(await this.#options.open(where), generation);
  }

  #toMember(opened: OpenConnection, generation: number): Promise<Member> {
    return toMember(opened, { generation, mayBeReadOnly: this.#options.several === undefined });
  }

  async #welcome(member: Member): Promise<void> {
    if (this.#isClosed || member.generation !== this.#generation) {
      this.#serve();
      return await sayGoodbye(member);
    }
    this.#tickTimer ??= setInterval(() => this.#tick(), TICK_MS);
    const present = this.#moveTo(member);
    this.#members.add(present);
    member.connection.on('error', () => this.#forget(present));
    this.#rest(present);
  }

  /** As long as one of them serves, all others lead to the same host. */
  get #placeInUse(): HostAndPort | undefined {
    return [...this.#members].find(({ generation }) => generation === this.#generation)?.place;
  }

  /** The first that leads to another host begins a generation: none that leads to the host before is used again. */
  #moveTo(member: Member): Member {
    const { several } = this.#options;
    const { place, passedOver: reason } = member;
    const from = this.#place ?? several?.preferred ?? place;
    if (isSame(from, place)) {
      this.#place = place;
      return member;
    }
    this.#place = place;
    this.#generation += 1;
    several?.onMove({ from, to: place, reason });
    for (const resting of this.#resting.splice(0)) this.#supervise(this.#end(resting));
    return { ...member, generation: this.#generation };
  }

  /** Back to a host that stands before the one in use. What is at work on that one ends its work. */
  async #goBack(place: HostAndPort): Promise<void> {
    const opened = await this.#return?.look(place);
    if (opened === undefined) return;
    // Gone again: the next look tells.
    const member = await this.#toMember(opened, this.#generation).catch(() => undefined);
    if (member !== undefined) await this.#welcome(member);
  }

  #failed(error: unknown): void {
    this.#trouble = error;
    const size = this.#members.size;
    if (size === 0 && this.#options.isLasting(error)) this.#refuse(error);
    // With what there is, until later.
    if (size > 0 && this.#options.isFull(error)) this.#full = { size, untilMs: performance.now() + FULL_MS };
    else
      this.#retryTimer ??= setTimeout(() => {
        this.#retryTimer = undefined;
        this.#serve();
      }, RETRY_MS);
  }

  #refuse(error: unknown): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  /** A connection that rested was lost. One in use fails what it is used for, and is given back. */
  #forget(member: Member): void {
    const index = this.#resting.indexOf(member);
    if (index === -1) return;
    this.#resting.splice(index, 1);
    this.discard(member);
  }

  async #lookWhere(first: HostAndPort): Promise<string | undefined> {
    try {
      const member = await this.#open({ first });
      await sayGoodbye(member);
      return member.server;
    } catch {
      // It cannot be told: whoever waits for an answer learns by himself that none comes.
      return undefined;
    }
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const waiter of this.#waiters.filter(({ endMs }) => endMs <= nowMs)) {
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      waiter.reject(this.#lateError());
    }
    for (const member of [...this.#resting]) this.#careFor(member, nowMs);
    const place = this.#placeInUse;
    if (place !== undefined) this.#supervise(this.#goBack(place));
    this.#serve();
    if (this.#members.size > 0 || this.#waiters.length > 0 || this.#opening > 0) return;
    // A program that only forgot to close it may end.
    clearInterval(this.#tickTimer);
    this.#tickTimer = undefined;
  }

  #careFor(member: Member, nowMs: number): void {
    const isSurplus = member.usedMs < nowMs - REST_MS && this.#members.size > this.#options.min;
    if (!isSurplus && member.heardMs > nowMs - PING_MS) return;
    this.#resting.splice(this.#resting.indexOf(member), 1);
    if (isSurplus) this.#supervise(this.#end(member));
    else this.#supervise(this.#ping(member).then(() => this.#rest(member, { hasWorked: false })));
  }

  /** None of what runs beside is known to fail; were it to, those who wait would hear of it. */
  #supervise(work: Promise<void>): void {
    work.catch((error: unknown) => this.#refuse(error));
  }

  async #end(member: Member): Promise<void> {
    this.#members.delete(member);
    await sayGoodbye(member);
  }

  #lateError(): unknown {
    const seconds = ACQUIRE_MS / 1000;
    if (this.#members.size === 0) {
      const silence = `${this.#options.name}: it did not let us in within ${seconds} s.`;
      return this.#trouble ?? new AiIpcError('database_unavailable', silence);
    }
    const inUse = `All ${this.#members.size} connections to the database were in use for ${seconds} s`;
    if (this.#trouble === undefined) {
      const remedy = 'Raise max_pool_size, or look at what keeps the database busy.';
      return new AiIpcError('database_unavailable', `${inUse}. ${remedy}`);
    }
    const refused = `${inUse}, and it gave no more: ${serverWords(this.#trouble)}`;
    return new AiIpcError('database_unavailable', refused, { cause: this.#trouble });
  }
}

function closedError(): AiIpcError {
  return new AiIpcError('database_unavailable', 'The connections to the database were closed.');
}
