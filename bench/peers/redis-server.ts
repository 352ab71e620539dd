import { findProgram } from '../../test/support/apt.ts';
import { findFreePort } from '../../test/support/mariadb-server.ts';
import { type PrivateServer, startPrivateServer } from './private-server.ts';

/** Without `appendOnly` nothing outlives it; with it the last second may be lost, as BullMQ's guide recommends. */
export async function startRedis(appendOnly: boolean): Promise<PrivateServer & { readonly port: number }> {
  const port = await findFreePort();
  const server = await startPrivateServer({
    prefix: 'ai-ipc-redis-',
    command: (folder) => ({
      program: findProgram('redis-server') ?? 'redis-server',
      args: [
        ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--daemonize', 'no'],
        // Its guide "Going to production".
        ...['--maxmemory-policy', 'noeviction', '--save', ''],
        ...['--appendonly', appendOnly ? 'yes' : 'no', '--appendfsync', 'everysec'],
      ],
    }),
    ready: { pattern: /Ready to accept connections/, stream: 'stdout' },
    stopSignal: 'SIGKILL',
  });
  return { ...server, port };
}
