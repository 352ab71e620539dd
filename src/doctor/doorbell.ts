import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { HEARD, IS_IT_HEARD } from '../base/doorbell-note.ts';
import type { Place } from '../client/bells.ts';
import { placeOf } from '../client/worker-directory.ts';
import type { WorkerFact } from '../store/queue-facts.ts';
import { type Finding, ok, unseen, warning } from './finding.ts';

/** A note or a refusal comes within a millisecond, from another machine within a round trip; a busy worker is slower. */
const SILENCE_MS = 1_000;
/** A datagram may be lost, and a worker may have its hands full for a second: neither is a fault that has to be told. */
const TRIES = 3;

/** Rings each living worker, and asks whether it heard. */
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
  const end = await ringOften(place);
  if (end === 'heard') return ok('doorbell', `${id} was rung on ${doorbell}, and heard it.`);
  if (end === 'silence')
    return warning('doorbell', {
      reason: `${id} was rung on ${doorbell}, and says nothing: requests wait for its poll.`,
      remedy:
        'A firewall between here and there swallows datagrams (UDP), or DOORBELL_ADVERTISE names another machine. A worker of an older build says nothing: restart it.',
      symptom: 'Requests timing out',
    });
  return warning('doorbell', {
    reason: `${id} was rung on ${doorbell}, and nobody listens there (${end.trouble}): requests wait for its poll.`,
    remedy: 'DOORBELL_ADVERTISE of the worker has to name the port of its DOORBELL_BIND; then restart it.',
    symptom: 'Requests timing out',
  });
}

/** What came back. */
type Ring = 'heard' | 'silence' | { readonly trouble: string };

async function ringOften(place: Place): Promise<Ring> {
  let end: Ring = 'silence';
  for (let tries = 0; tries < TRIES && end === 'silence'; tries += 1) end = await ring(place);
  return end;
}

async function ring({ host, port }: Place): Promise<Ring> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  const silence = once(AbortSignal.timeout(SILENCE_MS), 'abort').then(() => 'silence' as const);
  const heard = new Promise<'heard'>((resolve) => {
    socket.on('message', (note) => {
      if (note.equals(HEARD)) resolve('heard');
    });
  });
  const trouble = new Promise<{ readonly trouble: string }>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve({ trouble: error.code ?? error.message }));
  });
  try {
    // Only a socket that is connected is told of a refusal.
    socket.connect(port, host, () => {
      socket.send(IS_IT_HEARD, (error) => {
        if (error !== null) socket.emit('error', error);
      });
    });
    return await Promise.race([heard, trouble, silence]);
  } finally {
    socket.close();
  }
}
