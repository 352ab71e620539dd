import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach } from 'vitest';
import type { DatabaseSettings } from '../../support/test-database.ts';
import { buildHarness, type Way } from './build.ts';

/** Longer than any wait of a test, with both cores busy. */
const STOP_TIMEOUT_MS = 180_000;

const MOST_RANDOM_BITS = 28;

/** The NPC, map and player that every map server has. */
export const NPC = 110_000_001;
export const NPC_NAME = 'Sage#prt';
export const PLAYER = 2_000_001;
export const CHAR_ID = 150_001;
export const MAP_NAME = 'prontera';
/** Who runs the scripts of items. */
export const FAKE_NPC = 110_000_000;

/** A number, a text (a string as UTF-8, a Buffer as it is), or a script's variable that holds one. */
export type Argument = number | bigint | string | Buffer | { readonly variable: number | string };

/** Who runs the script: 0 or left out is nobody. */
export interface Caller {
  readonly npc?: number;
  readonly player?: number;
  /** Whether a dialogue window of the player's is open. */
  readonly window?: boolean;
}

/** What a command gave back to its script. */
export interface CommandResult {
  readonly value: number | Buffer;
  /** How often it ran: once, and once more after each sleep. */
  readonly runs: number;
  /** Spent in the command, all its runs together. */
  readonly microseconds: number;
}

export interface ShownLine {
  readonly level: string;
  readonly text: string;
}

export interface MapServerOptions {
  /** As default_codepage in inter_athena.conf; left out, the connection's own. */
  readonly encoding?: string;
  /** The text of conf/import/ai_ipc.conf; left out, there is no such file. */
  readonly settings?: string;
  readonly way?: Way;
}

interface Waiting {
  resolve(words: readonly string[]): void;
  reject(error: Error): void;
}

/**
 * The script commands as a map server runs them: a process with timers, sleeping scripts and a real connection to
 * MariaDB, built with AddressSanitizer and UBSan. Its numbers are exact up to 2^53.
 */
export class MapServer {
  readonly shown: ShownLine[] = [];
  readonly ended: Promise<number | string>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<string, Waiting>();
  #nextToken = 1;
  #stderr = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    child.stdin?.on('error', () => undefined); // It has ended: `ended` says why.
    createInterface({ input: child.stdout! }).on('line', (line) => this.#receive(line));
    this.ended = once(child, 'close').then(([exitCode, signal]: (number | string | null)[]) => {
      const how = exitCode ?? signal ?? 'nothing';
      for (const waiting of this.#waiting.values())
        waiting.reject(new Error(`The map server ended with ${how}: ${this.#stderr}`));
      this.#waiting.clear();
      return how;
    });
  }

  static async start(database: DatabaseSettings, options: MapServerOptions = {}): Promise<MapServer> {
    const program = await buildHarness(options.way);
    const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-map-server-'));
    mkdirSync(join(folder, 'conf/import'), { recursive: true });
    writeFileSync(join(folder, 'conf/inter_athena.conf'), loginLines(database, options.encoding));
    if (options.settings !== undefined)
      writeFileSync(join(folder, 'conf/import/ai_ipc.conf'), options.settings);
    const [command, ...args] = options.way === 'threads' ? withPlainAddresses(program) : [program];
    const child = spawn(command, args, { cwd: folder, env: { PATH: process.env['PATH'] }, stdio: 'pipe' });
    const killAtExit = () => child.kill('SIGKILL');
    process.once('exit', killAtExit);
    const server = new MapServer(child);
    const tidyUp = () => {
      process.off('exit', killAtExit);
      rmSync(folder, { recursive: true, force: true });
    };
    server.ended.then(tidyUp, tidyUp);
    await server.#connect(database, options.encoding ?? '-');
    server.addMap(1, MAP_NAME);
    server.addNpc(NPC, 1, NPC_NAME);
    server.addPlayer(PLAYER, CHAR_ID, 1);
    return server;
  }

  addMap(map: number, name: string | Buffer): void {
    this.#send(`map ${map} ${hexOf(name)}`);
  }

  addNpc(id: number, map: number, name: string | Buffer): void {
    this.#send(`npc ${id} ${map} ${hexOf(name)}`);
  }

  addPlayer(id: number, charId: number, map: number): void {
    this.#send(`player ${id} ${charId} ${map}`);
  }

  /** A player logs out, or an NPC is unloaded. */
  remove(id: number): void {
    this.#send(`remove ${id}`);
  }

  /** Where a unit stands from now on; a player on another map was warped there. */
  place(id: number, map: number, x: number): void {
    this.#send(`place ${id} ${map} ${x}`);
  }

  /** The client of a player asks for the next page, as a hostile one may at any time. */
  pressNext(player: number): void {
    this.#send(`next ${player}`);
  }

  /** The client of a player closes the dialogue. What the test sends next, without waiting, comes in the same tick. */
  closeDialogue(player: number): void {
    this.#sendWithNext(`close ${player}`);
  }

  /**
   * Frees all sleeping scripts, as @reloadscript does; their calls are rejected. What the test sends next, without waiting,
   * comes in the same tick.
   */
  reloadScripts(): void {
    this.#sendWithNext('reload');
  }

  /** Runs a statement on the connection that the commands use. */
  sql(statement: string): void {
    this.#send(`sql ${hexOf(statement)}`);
  }

  /** The game's clock goes on by so much at once. */
  advance(ms: number): void {
    this.#send(`advance ${ms}`);
  }

  /** The map server stands still for as long as this statement takes, and then its clock has gone on by so much. */
  standStill(statement: string, ms: number): void {
    this.#send(`sql ${hexOf(statement)}\nadvance ${ms}`);
  }

  /** Resolves when the command has given its script a value; rejects when the script ended in its sleep. */
  async call(
    command: string,
    args: readonly Argument[],
    caller: Caller = { npc: NPC },
  ): Promise<CommandResult> {
    const token = this.#token();
    const who = `${caller.player ?? 0} ${caller.npc ?? 0}`;
    const words = await this.#ask(
      token,
      `${caller.window ? 'talk' : 'call'} ${token} ${who} ${[command, ...args.map(wordOf)].join(' ')}`,
    );
    const [result, kind, runs, microseconds, value = '-'] = words;
    if (result !== '0') throw new Error(`${command} returned SCRIPT_CMD_FAILURE.`);
    return {
      value: kind === 's' ? bytesOf(value) : Number(value),
      runs: Number(runs),
      microseconds: Number(microseconds),
    };
  }

  /** For a command that gives a number. */
  async number(command: string, ...args: Argument[]): Promise<number> {
    const { value } = await this.call(command, args);
    if (typeof value !== 'number') throw new Error(`${command} gave the text "${value}" and no number.`);
    return value;
  }

  /** For a command that gives UTF-8 text. */
  async text(command: string, ...args: Argument[]): Promise<string> {
    return (await this.bytes(command, ...args)).toString('utf8');
  }

  /** For a command that gives text in the client's codepage. */
  async bytes(command: string, ...args: Argument[]): Promise<Buffer> {
    const { value } = await this.call(command, args);
    if (typeof value === 'number') throw new Error(`${command} gave the number ${value} and no text.`);
    return value;
  }

  /**
   * Attempts: statements and connections that were tried, failed ones included; Connects: connections alone; Com_select, Com_insert, Com_update,
   * Com_delete: those of them. Lateness: milliseconds, the most that a timer was late.
   */
  async counters(): Promise<Readonly<Record<string, number>>> {
    return await this.#numbers('counters');
  }

  /** The names that are constants for scripts. */
  async constants(): Promise<Readonly<Record<string, number>>> {
    return await this.#numbers('constants');
  }

  /** The parser meets this name in a script that is loaded. */
  parseName(name: string): void {
    this.#send(`name ${name}`);
  }

  /** What was shown at these levels. */
  linesAt(...levels: string[]): string[] {
    return this.shown.filter(({ level }) => levels.includes(level)).map(({ text }) => text);
  }

  /** An orderly end. Throws what a sanitizer found, a leak included. */
  async stop(): Promise<void> {
    this.#send('quit');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    const how = await this.ended;
    clearTimeout(timer);
    if (how !== 0) throw new Error(`The map server ended with ${how}: ${this.#stderr}`);
  }

  async #connect(database: DatabaseSettings, encoding: string): Promise<void> {
    const { host, port, user, password, database: name } = database;
    await this.#ask('ready', `connect ${host} ${port} ${user} ${hexOf(password)} ${name} ${encoding}`);
  }

  async #numbers(question: string): Promise<Readonly<Record<string, number>>> {
    const token = this.#token();
    const words = await this.#ask(token, `${question} ${token}`);
    const entries = words.map((word) => word.split('='));
    return Object.fromEntries(entries.map(([name, value]) => [name, Number(value)]));
  }

  #token(): string {
    return String(this.#nextToken++);
  }

  async #ask(token: string, line: string): Promise<readonly string[]> {
    if (this.#child.exitCode !== null) throw new Error(`The map server has ended: ${this.#stderr}`);
    return new Promise((resolve, reject) => {
      this.#waiting.set(token, { resolve, reject });
      this.#send(line);
    });
  }

  #send(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  #sendWithNext(line: string): void {
    this.#child.stdin?.cork();
    this.#send(line);
    process.nextTick(() => this.#child.stdin?.uncork());
  }

  #receive(line: string): void {
    const [kind, ...words] = line.split(' ');
    if (kind === 'show') this.shown.push({ level: words[0]!, text: bytesOf(words[1]!).toString('utf8') });
    else if (kind === 'ready') this.#answer('ready', (waiting) => waiting.resolve([]));
    else if (kind === 'broken') this.#stderr += `${line}\n`;
    else if (kind === 'done' || kind === 'counters' || kind === 'constants')
      this.#answer(words[0]!, (waiting) => waiting.resolve(words.slice(1)));
    else if (kind === 'refused' || kind === 'ended')
      this.#answer(words[0]!, (waiting) => waiting.reject(new Error(`The script was ${kind}.`)));
  }

  #answer(token: string, give: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(token);
    this.#waiting.delete(token);
    if (waiting) give(waiting);
  }
}

/** A way to start map servers that end with the test, orderly, so that the sanitizers have their say. */
export function useMapServers(): (
  database: DatabaseSettings,
  options?: MapServerOptions,
) => Promise<MapServer> {
  const started: MapServer[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
  });
  return async (database, options) => {
    const server = await MapServer.start(database, options);
    started.push(server);
    return server;
  };
}

/** ThreadSanitizer of GCC 12 does not bear addresses as random as newer kernels make them. */
function withPlainAddresses(program: string): readonly [string, ...string[]] {
  const randomBits = Number(readFileSync('/proc/sys/vm/mmap_rnd_bits', 'utf8'));
  return randomBits > MOST_RANDOM_BITS ? ['setarch', '-R', program] : [program];
}

/** What of conf/inter_athena.conf the commands read. */
function loginLines(database: DatabaseSettings, encoding = ''): string {
  const { host, port, user, password, database: name } = database;
  return [
    ...[`map_server_ip: ${host}`, `map_server_port: ${port}`, `map_server_id: ${user}`],
    ...[`map_server_pw: ${password}`, `map_server_db: ${name}`, `default_codepage: ${encoding}`, ''],
  ].join('\n');
}

function wordOf(argument: Argument): string {
  if (typeof argument === 'number' || typeof argument === 'bigint') return `i:${argument}`;
  if (typeof argument === 'string' || Buffer.isBuffer(argument)) return `s:${hexOf(argument)}`;
  return `v${wordOf(argument.variable)}`;
}

function hexOf(text: string | Buffer): string {
  return Buffer.from(text).toString('hex') || '-';
}

function bytesOf(hex: string): Buffer {
  return hex === '-' ? Buffer.alloc(0) : Buffer.from(hex, 'hex');
}
