import { REDIS } from './debian-needs.ts';
import type { Peer } from './peer.ts';
import { startPeerWorker } from './peer-program.ts';
import { startRedis } from './redis-server.ts';
import { runOn } from './running-peer.ts';

export const BULLMQ = bullmq('BullMQ, nothing durable', false);
export const BULLMQ_APPEND_ONLY = bullmq('BullMQ, durable each second', true);

function bullmq(name: string, appendOnly: boolean): Peer {
  return {
    name,
    needs: [REDIS],
    npm: ['bullmq@6.7.0', 'ioredis@6.0.0'],
    async start({ node, ...how }) {
      const redis = await startRedis(appendOnly);
      const database = { host: '127.0.0.1', port: redis.port, user: '', password: '', database: '' };
      return await runOn(redis, { client: 'bullmq-client.ts', database }, () =>
        startPeerWorker(node, 'bullmq-worker.ts', { ...how, database }),
      );
    },
  };
}
