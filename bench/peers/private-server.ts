import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { makeOwnFolder } from '../../test/support/own-folder.ts';
import { ProgramProcess } from '../../test/support/program-process.ts';
import { asServerUser, giveToServerUser } from '../../test/support/server-user.ts';

export interface PrivateServer {
  readonly pid: number;
  stop(): Promise<void>;
}

export interface ServerStart {
  /** Of its folder, which is new and empty. */
  readonly prefix: string;
  /** Makes what must be there before it starts. */
  prepare?(folder: string): Promise<void>;
  command(folder: string): { readonly program: string; readonly args: readonly string[] };
  readonly ready: { readonly pattern: RegExp; readonly stream: 'stdout' | 'stderr' };
  /** Its data is deleted: no need to save any. */
  readonly stopSignal: NodeJS.Signals;
}

/** A server of the bench's own, as an unprivileged user, which dies with the bench. */
export async function startPrivateServer(start: ServerStart): Promise<PrivateServer> {
  const folder = makeOwnFolder(tmpdir(), start.prefix);
  giveToServerUser(folder);
  await start.prepare?.(folder);
  const { program, args } = start.command(folder);
  const server = new ProgramProcess(...asServerUser(program, args), { cwd: folder });
  const stop = async () => {
    await server.stop(start.stopSignal);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await server.waitForOutput(start.ready.pattern, start.ready.stream);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: server.pid, stop };
}
