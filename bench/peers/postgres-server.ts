import { join } from 'node:path';
import { findFreePort } from '../../test/support/mariadb-server.ts';
import { ProgramProcess } from '../../test/support/program-process.ts';
import { asServerUser } from '../../test/support/server-user.ts';
import type { DatabaseSettings } from '../../test/support/test-database.ts';
import { postgresProgram } from './debian-needs.ts';
import { type PrivateServer, startPrivateServer } from './private-server.ts';

const USER = 'postgres';

/** With durable commits, as it comes, and as much memory for its pages as our MariaDB has. */
export async function startPostgres(): Promise<PrivateServer & { readonly database: DatabaseSettings }> {
  const port = await findFreePort();
  const server = await startPrivateServer({
    prefix: 'ai-ipc-postgres-',
    prepare: initdb,
    command: (folder) => ({
      program: postgresProgram('postgres') ?? 'postgres',
      args: [
        ...['-D', dataFolderOf(folder), '-p', String(port)],
        ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
        ...['-c', 'shared_buffers=256MB'],
      ],
    }),
    ready: { pattern: /database system is ready to accept connections/, stream: 'stderr' },
    stopSignal: 'SIGQUIT',
  });
  return { ...server, database: { host: '127.0.0.1', port, user: USER, password: '', database: USER } };
}

async function initdb(folder: string): Promise<void> {
  const args = ['-D', dataFolderOf(folder), '-U', USER, '--auth=trust', '--encoding=UTF8', '--no-locale'];
  const made = new ProgramProcess(...asServerUser(postgresProgram('initdb') ?? 'initdb', args), {
    cwd: folder,
  });
  const { exitCode, stderr } = await made.ended;
  if (exitCode !== 0) throw new Error(`initdb ended with ${exitCode}: ${stderr}`);
}

function dataFolderOf(folder: string): string {
  return join(folder, 'data');
}
