import { POSTGRES } from './debian-needs.ts';
import type { Peer } from './peer.ts';
import { startPeerWorker } from './peer-program.ts';
import { startPostgres } from './postgres-server.ts';
import { runOn } from './running-peer.ts';

export const GRAPHILE_WORKER: Peer = {
  name: 'graphile-worker',
  needs: [POSTGRES],
  // 0.18 needs Node 22.18; this one runs on the Node that ours runs on.
  npm: ['graphile-worker@0.17.3', 'pg@8.23.1'],
  start: startOnPostgres('graphile-worker'),
};

export const PG_BOSS: Peer = {
  name: 'pg-boss',
  needs: [POSTGRES],
  npm: ['pg-boss@12.38.0', 'pg@8.23.1'],
  oldestNode: [22, 12],
  start: startOnPostgres('pg-boss'),
};

/** Its two programs are called by its name. */
function startOnPostgres(name: string): Peer['start'] {
  return async ({ node, ...how }) => {
    const postgres = await startPostgres();
    const { database } = postgres;
    return await runOn(postgres, { client: `${name}-client.ts`, database }, () =>
      startPeerWorker(node, `${name}-worker.ts`, { ...how, database }),
    );
  };
}
