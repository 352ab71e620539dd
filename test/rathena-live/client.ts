import { setTimeout as delay } from 'node:timers/promises';
import { PacketConnection } from './connection.ts';
import type { Cell, Session } from './packets.ts';
import * as packets from './packets.ts';
import { Window } from './window.ts';

/** On a machine of its own each of these takes milliseconds. */
const PATIENCE_MS = 60_000;
/** The servers close a connection that said nothing for a minute. */
const TICK_EVERY_MS = 15_000;
const SLOT = 0;
const MOST_LOGINS = 100;
const ENTER_MS = 5_000;
const LOGIN_PAUSE_MS = 100;
const ACCEPTED = 3;
/** What the servers tell without words. */
const MAY_LEAVE = '(may leave)';
const MUST_STAY = '(must stay)';
const TO_CHARACTERS = '(to characters)';

/** Where the servers listen. */
export interface Ports {
  readonly login: number;
  readonly char: number;
}

export interface Account {
  readonly user: string;
  readonly password: string;
  /** The name of its one character. */
  readonly name: string;
}

interface Waiter {
  readonly isSeen: () => boolean;
  readonly resolve: () => void;
}

/** A game client without a picture: it does what a player can do, and knows what he would see. */
export class GameClient {
  readonly name: string;
  readonly window = new Window();
  /** What stands in the chat, the last lines of it. */
  readonly chat: string[] = [];
  session: Session | undefined;
  map = '';
  at: Cell = { x: 0, y: 0 };
  /** He is on a map, and has loaded it. */
  isOnMap = false;
  isDead = false;
  /** A slow client: it does not say that it has loaded a map. */
  loadsSlowly = false;
  moves = 0;
  warps = 0;
  trades = 0;
  readonly #account: Account;
  readonly #ports: Ports;
  readonly #waiters = new Set<Waiter>();
  #connection: PacketConnection | undefined;
  #characterId = 0;
  #mapPort = 0;
  #ticker: NodeJS.Timeout | undefined;
  #ticksSeen = 0;

  /** By the numbers of packets. */
  readonly #readers: ReadonlyMap<number, (packet: Buffer) => void> = new Map([
    [0x91, (packet: Buffer) => this.#beWarped(packet)],
    // The end of what he carries: the server sends it when he has loaded the map.
    [0xb0b, () => this.#arrive()],
    [0x87, (packet: Buffer) => this.#walk(destinationAt(packet, 6))],
    [0x80, (packet: Buffer) => this.#vanish(packet)],
    [0x7f, () => this.#countTick()],
    [0x8e, (packet: Buffer) => this.#hear(textAt(packet, 4))],
    [0x17f, (packet: Buffer) => this.#hear(textAt(packet, 4))],
    [0x8d, (packet: Buffer) => this.#hear(textAt(packet, 8))],
    [0x2c1, (packet: Buffer) => this.#hear(textAt(packet, 12))],
    [0xb3, () => this.#hear(TO_CHARACTERS)],
    [0x18b, (packet: Buffer) => this.#hear(packet.readUInt16LE(2) === 0 ? MAY_LEAVE : MUST_STAY)],
    // The skill of an item that he has used, which a client then uses by itself.
    [0x147, (packet: Buffer) => this.send(packets.useSkill(skillOf(packet), this.accountId))],
    [0x1f4, () => this.send(packets.answerTrade(ACCEPTED))],
    [0x1f5, (packet: Buffer) => this.#trade(packet.readUInt8(2))],
  ]);

  constructor(account: Account, ports: Ports) {
    this.name = account.name;
    this.#account = account;
    this.#ports = ports;
  }

  /** From the login server to the map. */
  async logIn(): Promise<void> {
    await this.#askLoginServer();
    await this.selectCharacter();
  }

  /** From the char server to the map. Who has just left is still there for the servers, for a moment. */
  async selectCharacter(): Promise<void> {
    for (let tries = 0; tries < MOST_LOGINS; tries += 1) {
      if ((await this.#askCharServer()) && (await this.#enterMap())) return;
      this.leave();
      await delay(LOGIN_PAUSE_MS);
    }
    throw new Error(`${this.name} was not let onto the map.`);
  }

  send(packet: Buffer): void {
    this.#connection?.send(packet);
  }

  /** An @command, or words. */
  say(text: string): void {
    this.send(packets.say(this.name, text));
  }

  walkTo(cell: Cell): void {
    this.send(packets.walkTo(cell));
  }

  click(npc: number): void {
    this.send(packets.clickNpc(npc));
  }

  /** The server has cut the connection, or he has. */
  get hasLeft(): boolean {
    return this.#connection?.isClosed ?? true;
  }

  get accountId(): number {
    return this.session?.accountId ?? 0;
  }

  /** Says that the map is loaded, which a slow client has not. */
  finishLoading(): void {
    this.loadsSlowly = false;
    this.send(packets.mapLoaded());
  }

  async logOut(): Promise<void> {
    this.send(packets.logOut());
    await this.until(() => this.hasLeft || this.chat.includes(MAY_LEAVE), 'to be allowed to leave');
    this.leave();
  }

  async toCharacterSelect(): Promise<void> {
    this.send(packets.toCharacterSelect());
    await this.until(() => this.chat.includes(TO_CHARACTERS), 'to be let to the choice of characters');
    this.leave();
  }

  /** The server has dealt with all that was sent before. */
  async settle(): Promise<void> {
    const before = this.#ticksSeen;
    this.send(packets.tick());
    await this.until(() => this.#ticksSeen > before || this.hasLeft, 'an answer of the map server');
  }

  /** Cuts the connection. */
  leave(): void {
    clearInterval(this.#ticker);
    this.isOnMap = false;
    this.window.forget();
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Resolves when `isSeen` holds; looked at with each packet that comes. */
  async until(isSeen: () => boolean, what: string, timeoutMs = PATIENCE_MS): Promise<void> {
    if (isSeen()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`${this.name} waited ${timeoutMs} ms for ${what}. ${this.describe()}`));
      }, timeoutMs);
      const waiter: Waiter = {
        isSeen,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#waiters.add(waiter);
    });
  }

  describe(): string {
    const where = this.isOnMap ? `is on ${this.map} ${this.at.x},${this.at.y}` : 'is not on a map';
    return `He ${where}; ${this.window.describe()}; chat: ${JSON.stringify(this.chat.slice(-3))}`;
  }

  /** Who has just left is still there for the login server, for a moment. */
  async #askLoginServer(): Promise<void> {
    for (let tries = 0; tries < MOST_LOGINS; tries += 1) {
      const answer = await this.#ask(
        this.#ports.login,
        packets.login(this.#account.user, this.#account.password),
        [0xac4, 0x83e, 0x81],
      );
      if (answer.length > 3 && answer.readUInt16LE(0) === 0xac4) {
        this.session = {
          loginId1: answer.readUInt32LE(4),
          accountId: answer.readUInt32LE(8),
          loginId2: answer.readUInt32LE(12),
          sex: answer.readUInt8(46),
        };
        return;
      }
      await delay(LOGIN_PAUSE_MS);
    }
    throw new Error(`${this.#account.user} was not let in.`);
  }

  /** Whether he was sent to a map server. */
  async #askCharServer(): Promise<boolean> {
    if (this.session === undefined) throw new Error(`${this.name} has not logged in.`);
    const received: Buffer[] = [];
    const connection = await PacketConnection.open(
      this.#ports.char,
      (packet) => this.#note(received, packet),
      4,
    );
    connection.send(packets.enterCharServer(this.session));
    await this.until(() => has(received, [0x6b, 0x99d, 0x6c, 0x81]), 'his characters');
    connection.send(packets.selectCharacter(SLOT));
    await this.until(() => has(received, [0xac5, 0x6c, 0x81, 0x840]), 'the map server');
    connection.close();
    const answer = received.find((packet) => isOne(packet, [0xac5]));
    if (answer === undefined) return false;
    this.#characterId = answer.readUInt32LE(2);
    this.#mapPort = answer.readUInt16LE(26);
    this.map = textAt(answer, 6, 16);
    return true;
  }

  /** Whether he was let in. */
  async #enterMap(): Promise<boolean> {
    if (this.session === undefined) throw new Error(`${this.name} has not logged in.`);
    this.chat.length = 0;
    this.isDead = false;
    this.window.forget();
    this.#connection = await PacketConnection.open(this.#mapPort, (packet) => this.#receive(packet));
    this.send(packets.enterMap(this.session, this.#characterId));
    const givenUp = setTimeout(() => this.#connection?.close(), ENTER_MS);
    await this.until(() => this.isOnMap || this.hasLeft, 'the map');
    clearTimeout(givenUp);
    if (!this.isOnMap) return false;
    this.#ticker = setInterval(() => this.send(packets.tick()), TICK_EVERY_MS);
    return true;
  }

  /** One question to a server, and the first of these packets that it answers. */
  async #ask(port: number, packet: Buffer, answers: readonly number[]): Promise<Buffer> {
    const received: Buffer[] = [];
    const connection = await PacketConnection.open(port, (one) => this.#note(received, one));
    connection.send(packet);
    await this.until(() => has(received, answers), `an answer of port ${port}`);
    connection.close();
    return received.find((one) => isOne(one, answers)) ?? Buffer.alloc(2);
  }

  #note(received: Buffer[], packet: Buffer): void {
    received.push(packet);
    this.#wake();
  }

  #receive(packet: Buffer): void {
    if (packet.length === 0) {
      this.isOnMap = false;
    } else {
      this.#readers.get(packet.readUInt16LE(0))?.(packet);
      this.window.read(packet);
    }
    this.#wake();
  }

  #wake(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.isSeen()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  #arrive(): void {
    this.isOnMap = true;
  }

  #beWarped(packet: Buffer): void {
    this.map = textAt(packet, 2, 16);
    this.at = { x: packet.readUInt16LE(18), y: packet.readUInt16LE(20) };
    this.warps += 1;
    this.isOnMap = false;
    // With the old map, its windows go; the server frees the dialogue when the new one is loaded.
    this.window.forget();
    this.#load();
  }

  #walk(to: Cell): void {
    this.at = to;
    this.moves += 1;
  }

  /** 1 is by death. */
  #vanish(packet: Buffer): void {
    if (packet.readUInt32LE(2) === this.accountId && packet.readUInt8(6) === 1) this.isDead = true;
  }

  #countTick(): void {
    this.#ticksSeen += 1;
  }

  #trade(answer: number): void {
    if (answer === ACCEPTED) this.trades += 1;
  }

  #load(): void {
    this.isDead = false;
    if (!this.loadsSlowly) this.send(packets.mapLoaded());
  }

  #hear(line: string): void {
    this.chat.push(line);
    if (this.chat.length > 50) this.chat.shift();
  }
}

function has(received: readonly Buffer[], ids: readonly number[]): boolean {
  return received.some((packet) => packet.length === 0 || isOne(packet, ids));
}

function isOne(packet: Buffer, ids: readonly number[]): boolean {
  return packet.length >= 2 && ids.includes(packet.readUInt16LE(0));
}

function skillOf(packet: Buffer): packets.Skill {
  return { skill: packet.readUInt16LE(2), level: packet.readUInt16LE(8) };
}

function textAt(packet: Buffer, from: number, length = packet.length - from): string {
  return packet.toString('latin1', from, from + length).replace(/\0.*$/s, '');
}

/** Where a walk ends: the second of two cells in six bytes. */
function destinationAt(packet: Buffer, from: number): Cell {
  const [a = 0, b = 0, c = 0] = packet.subarray(from + 2, from + 5);
  return { x: ((a & 0x0f) << 6) | (b >> 2), y: ((b & 3) << 8) | c };
}
