import { stripVTControlCharacters } from 'node:util';
import { findFreePort } from '../support/mariadb-server.ts';
import { ProgramProcess } from '../support/program-process.ts';
import { PACKET_VERSION } from './packets.ts';
import { RunFolder, type RunOptions, type RunPorts } from './run-folder.ts';

/** A stop takes two seconds, and on a busy machine twenty. */
const STOP_MS = 120_000;
const NO_LEAKS = 'No memory leaks found';
/** A line of the console that tells of something wrong. */
const WRONG = /^\[(Error|Warning|SQL|Fatal Error|Debug)\]/;
/** What our own NPCs print. */
const KNOWN: readonly RegExp[] = [/npc-id \S+ \d+$/];

/** Login, char and map server of a built rAthena, on loopback ports of their own. */
export class RathenaServers {
  readonly #folder: RunFolder;
  readonly #ports: RunPorts;
  #programs: ProgramProcess[] = [];

  private constructor(folder: RunFolder, ports: RunPorts) {
    this.#folder = folder;
    this.#ports = ports;
  }

  static async prepare(rathena: string): Promise<RathenaServers> {
    const ports = { login: await findFreePort(), char: await findFreePort(), map: await findFreePort() };
    return new RathenaServers(new RunFolder(rathena), ports);
  }

  get ports(): RunPorts {
    return this.#ports;
  }

  get mapPid(): number {
    return this.#map.pid;
  }

  async start(options: Omit<RunOptions, 'ports'>): Promise<void> {
    this.#folder.write({ ...options, ports: this.#ports });
    const how = { cwd: this.#folder.path, diesWithUs: true };
    this.#programs = ['login', 'char', 'map'].map((name) => new ProgramProcess(`./${name}-server`, [], how));
    await this.#map.waitForOutput(/Server is 'ready'/);
    const [, version] = /Using packet version: \D*(\d+)/.exec(this.console.join('\n')) ?? [];
    if (Number(version) !== PACKET_VERSION)
      throw new Error(
        `This map server speaks packet version ${version}; the client speaks ${PACKET_VERSION}. Build it with ./configure --enable-packetver=${PACKET_VERSION}.`,
      );
    await this.#map.waitForOutput(
      /Map sending complete|Map Server is now online|maps from char server|Event 'OnInterIfInit/,
    );
  }

  /** What the map server has printed, without colours. */
  get console(): string[] {
    const { stdout, stderr } = this.#map;
    return stripVTControlCharacters(`${stdout}${stderr}`).split(/\r?\n/);
  }

  /** Lines of the console that tell of something wrong, after the first `from` ones. */
  wrongLines(from = 0): string[] {
    return this.console
      .slice(from)
      .filter((line) => WRONG.test(line) && !KNOWN.some((known) => known.test(line)));
  }

  /** The map server stands still, and what it is sent waits for it. */
  pause(): void {
    this.#map.signal('SIGSTOP');
  }

  resume(): void {
    this.#map.signal('SIGCONT');
  }

  /**
   * As an admin stops it. Whether the map server says that it leaked nothing; one that is caught in a loop of its own is
   * killed.
   */
  async stop(): Promise<boolean> {
    const map = this.#map;
    const timer = setTimeout(() => map.signal('SIGKILL'), STOP_MS);
    for (const program of [...this.#programs].reverse()) await program.stop('SIGTERM');
    clearTimeout(timer);
    return this.console.some((line) => line.includes(NO_LEAKS));
  }

  remove(): void {
    for (const program of this.#programs) program.signal('SIGKILL');
    this.#folder.remove();
  }

  get #map(): ProgramProcess {
    const [, , map] = this.#programs;
    if (map === undefined) throw new Error('The map server was not started.');
    return map;
  }
}
