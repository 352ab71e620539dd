import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { type Place, placeOf } from '../client/worker-directory.ts';
import type { WorkerFact } from '../store/queue-facts.ts';
import { type Finding, ok, unseen, warning } from './finding.ts';

/** On the same machine a refusal comes within a millisecond, from another one within a round trip. */
const REFUSAL_MS = 250;
const ONE_BYTE = Buffer.alloc(1);

/**
 * Rings each living worker. A worker tells nobody that it heard, and needs no reason to look: so what is found is an
 * address where nobody listens, which the machine there refuses.
 */
export async function doorbellFindings(living: readonly WorkerFact[]): Promise<Finding[]> {
  return await Promise.all(living.map(doorbellFinding));
}

async function doorbellFinding(worker: WorkerFact): Promise<Finding> {
  const { id, doorbell } = worker;
  if (doorbell === null) return ok('doorbell', `${id} has none, and polls alone.`);
  const [place] = placeOf(worker);
  if (place === undefined)
    return unseen(
      'doorbell',
      `${id} listens on ${doorbell}, which leads nowhere from this machine: its poll finds requests.`,
    );
  const trouble = await ring(place);
  if (trouble === undefined) return ok('doorbell', `${id} was rung on ${doorbell}, and nobody refused.`);
  return warning('doorbell', {
    reason: `${id} was rung on ${doorbell}, and nobody listens there (${trouble}): requests wait for its poll.`,
    remedy: 'DOORBELL_ADVERTISE of the worker has to name the port of its DOORBELL_BIND; then restart it.',
    symptom: 'Requests timing out',
  });
}

/** What the network said to a datagram; undefined for nothing, as it should be. */
async function ring({ host, port }: Place): Promise<string | undefined> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  const over = AbortSignal.timeout(REFUSAL_MS);
  const silence = once(over, 'abort').then(() => undefined);
  const trouble = new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  try {
    // Only a socket that is connected is told of a refusal.
    socket.connect(port, host, () => {
      socket.send(ONE_BYTE, (error) => {
        if (error !== null) socket.emit('error', error);
      });
    });
    return await Promise.race([trouble, silence]);
  } finally {
    socket.close();
  }
}
