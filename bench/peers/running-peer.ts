import type { PeerWorker, RunningPeer } from './peer.ts';

interface Server {
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** A worker over its server, which is ended with it, and at once where the worker does not start. */
export async function runOn(
  server: Server,
  { client, database }: Pick<RunningPeer, 'client' | 'database'>,
  startWorker: () => Promise<PeerWorker>,
): Promise<RunningPeer> {
  const worker = await startWorker().catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return {
    worker,
    database,
    databasePid: server.pid ?? Number.NaN,
    client,
    async stop() {
      await worker.stop();
      await server.stop();
    },
  };
}
