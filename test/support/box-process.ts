import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BoxName, findBox } from './boxes.ts';
import { findFreePort } from './mariadb-server.ts';
import { makeOwnFolder } from './own-folder.ts';
import { asServerUser, giveToServerUser } from './server-user.ts';
import { waitFor } from './wait-for.ts';

const START_TIMEOUT_MS = 60_000;

export interface BoxPlace {
  readonly port: number;
  /** Its own, deleted with it. */
  readonly folder: string;
  /** Where its packages are unpacked. */
  readonly root: string;
}

export interface Box extends BoxPlace {
  readonly log: () => string;
  stop(): Promise<void>;
}

/** How each is started in the foreground, with its configuration in a file. */
const ARGUMENTS: Readonly<Record<BoxName, (file: string, folder: string) => string[]>> = {
  haproxy: (file) => ['-db', '-f', file],
  nginx: (file, folder) => ['-p', folder, '-e', join(folder, 'error.log'), '-c', file, '-g', 'daemon off;'],
  squid: (file) => ['-N', '-f', file],
  apache2: (file, folder) => ['-X', '-d', folder, '-f', file],
  caddy: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
};

/** Starts a real box on a free loopback port; it ends with `stop`, or with this process. Rejects with "… cannot be had". */
export async function startBox(name: BoxName, configure: (place: BoxPlace) => string): Promise<Box> {
  const { program, root } = await findBox(name);
  const folder = makeOwnFolder(tmpdir(), `ai-ipc-${name}-`);
  const port = await findFreePort();
  const file = join(folder, 'conf');
  mkdirSync(join(folder, 'logs'));
  writeFileSync(file, configure({ port, folder, root }));
  for (const owned of [folder, join(folder, 'logs')]) giveToServerUser(owned);
  const output: Buffer[] = [];
  const env = { PATH: process.env['PATH'], HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const [command, args] = asServerUser(program, ARGUMENTS[name](file, folder));
  const child = spawn(command, args, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void output.push(chunk));
  const killAtExit = () => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const box: Box = {
    ...{ port, folder, root },
    log: () => Buffer.concat(output).toString() + readIfThere(join(folder, 'error.log')),
    async stop() {
      process.off('exit', killAtExit);
      await end(child);
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  try {
    const how = await waitFor(() => look(child, port), {
      timeoutMs: START_TIMEOUT_MS,
      what: `${name} on port ${port}`,
    });
    if (how === 'ended') throw new Error(`it ended with ${child.exitCode ?? child.signalCode}`);
  } catch (error) {
    const log = box.log();
    await box.stop();
    throw new Error(`${name} did not start: ${error}\n${log}`, { cause: error });
  }
  return box;
}

/** undefined while it is neither there nor gone. */
async function look(child: ChildProcess, port: number): Promise<'up' | 'ended' | undefined> {
  if (child.exitCode !== null || child.signalCode !== null) return 'ended';
  const socket = connect(port, '127.0.0.1');
  const stands = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return stands ? 'up' : undefined;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  // At SIGTERM it would wait for connections of ours, which are of no more use.
  child.kill('SIGKILL');
  await ended;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // Not every box writes one.
  }
}
