import { TcpProxy } from '../../test/support/tcp-proxy.ts';
import { type Load, untilServed, warmUp } from './load.ts';
import { type Settings, type Stage, withWorkers } from './stage.ts';

/**
 * Round trips of a worker to the database for each request of a load: packets with statements, however many are in one. A proxy
 * sees them, in a play of its own: in a measured one it would take its part of the CPU. What the worker does all the time, as its
 * heartbeat, is among them.
 */
export async function tripsOf(stage: Stage, settings: Settings, load: Load): Promise<number> {
  const { database } = stage;
  const proxy = await TcpProxy.start(database.settings);
  try {
    const { host, port } = proxy;
    const through = { ...database.settings, host, port };
    return await withWorkers(stage, { settings, through }, async (workers) => {
      await warmUp(database, workers);
      const before = proxy.statements.length;
      const requests = await load(workers);
      await untilServed(database, workers);
      return (proxy.statements.length - before) / requests;
    });
  } finally {
    await proxy.close();
  }
}
