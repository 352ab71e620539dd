import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Account, GameClient, type Ports } from './client.ts';

/** Between two questions to the map server. */
const PAUSE_MS = 1;

/**
 * Asks the map server the time again and again, as one more player in a process of its own, and so measures how long its
 * game loop was held: it answers nobody meanwhile.
 */
export class Pinger {
  readonly #child;
  readonly #lines: Interface;

  private constructor(account: Account, ports: Ports) {
    const file = fileURLToPath(import.meta.url);
    const words = [
      file,
      account.user,
      account.password,
      account.name,
      String(ports.login),
      String(ports.char),
    ];
    this.#child = spawn(process.execPath, ['--import', 'tsx', ...words], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout });
  }

  static async start(account: Account, ports: Ports): Promise<Pinger> {
    const pinger = new Pinger(account, ports);
    await once(pinger.#lines, 'line');
    return pinger;
  }

  /** The longest answers since it was asked last, in milliseconds, the longest first. */
  async longest(): Promise<number[]> {
    const answer = once(this.#lines, 'line') as Promise<[string]>;
    this.#child.stdin.write('longest\n');
    const [line] = await answer;
    return JSON.parse(line) as number[];
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin.end();
    await ended;
  }
}

/** The child: it ends with its input. */
async function ping(words: readonly string[]): Promise<void> {
  const [user = '', password = '', name = '', login = '', char = ''] = words;
  const client = new GameClient({ user, password, name }, { login: Number(login), char: Number(char) });
  await client.logIn();
  let longest: number[] = [];
  let isRunning = true;
  const input = createInterface({ input: process.stdin });
  input.on('line', () => {
    process.stdout.write(`${JSON.stringify(longest)}\n`);
    longest = [];
  });
  input.on('close', () => {
    isRunning = false;
  });
  process.stdout.write('ready\n');
  while (isRunning) {
    const askedMs = performance.now();
    await client.settle();
    longest = [...longest, performance.now() - askedMs].sort((a, b) => b - a).slice(0, 10);
    await delay(PAUSE_MS);
  }
  client.leave();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ping(process.argv.slice(2));
