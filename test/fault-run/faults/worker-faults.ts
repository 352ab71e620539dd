import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pickWorker, type WorkerSlot } from '../workers.ts';
import { type Fault, LIMITS_MS } from './fault.ts';

const FROZEN_MS = 30_000;
const OLDER_MS = 10_000;
const TAKEN_BACK = 'until the last of its requests is taken back';
const AT_ITS_END = `from its end ${TAKEN_BACK}`;
/** What the heap of the worker that is to run out of it may have. A worker under this load needs 40. */
const HEAP_MB = 64;
const EATER = fileURLToPath(new URL('eat-memory.cjs', import.meta.url));

const worker = {
  group: 'worker',
  recovery: TAKEN_BACK,
  limitMs: LIMITS_MS.worker,
  isHindrance: false,
} as const;

export const WORKER_FAULTS: readonly Fault[] = [
  {
    ...worker,
    name: 'worker killed (SIGKILL)',
    async play({ workers, recovery }, { random }) {
      const victim = pickWorker(workers, random);
      const { id } = victim;
      await victim.kill();
      const tookMs = await recovery.untilTakenFrom(id);
      await victim.start();
      return tookMs;
    },
  },
  {
    ...worker,
    name: 'worker out of memory',
    async play({ workers, recovery }, { random }) {
      const victim = pickWorker(workers, random);
      await victim.stop();
      await victim.start({ nodeArgs: [`--max-old-space-size=${HEAP_MB}`, '--require', EATER] });
      const { id } = victim;
      victim.signal('SIGUSR2');
      await victim.untilDead();
      const tookMs = await recovery.untilTakenFrom(id);
      await victim.start();
      return tookMs;
    },
  },
  {
    ...worker,
    name: 'worker frozen for 30 s (SIGSTOP, SIGCONT)',
    // It may hold rows: the database gives its transaction up after 10 s.
    isHindrance: true,
    async play({ workers, recovery }, { random }) {
      const victim = pickWorker(workers, random);
      const awake = delay(FROZEN_MS);
      victim.signal('SIGSTOP');
      const tookMs = await recovery.untilTakenFrom(victim.id);
      await awake;
      victim.signal('SIGCONT');
      return tookMs;
    },
  },
  {
    ...worker,
    name: 'worker stopped under load (SIGTERM)',
    recovery: AT_ITS_END,
    limitMs: LIMITS_MS.ai,
    play: ({ workers, recovery }, { random }) => stopOne(pickWorker(workers, random), recovery, 'once'),
  },
  {
    ...worker,
    name: 'worker stopped at once (SIGTERM twice)',
    recovery: AT_ITS_END,
    limitMs: LIMITS_MS.ai,
    play: ({ workers, recovery }, { random }) => stopOne(pickWorker(workers, random), recovery, 'twice'),
  },
  {
    ...worker,
    name: 'a worker of another version, and back',
    recovery: AT_ITS_END,
    limitMs: LIMITS_MS.ai,
    missing: ({ older }) =>
      older === undefined ? 'no folder of another built version was named (--older)' : undefined,
    async play({ workers, recovery, older }, { random }) {
      const victim = pickWorker(workers, random);
      await victim.stop();
      if (older !== undefined) await victim.start({ program: older });
      await delay(OLDER_MS);
      return await stopOne(victim, recovery, 'once');
    },
  },
];

async function stopOne(
  victim: WorkerSlot,
  recovery: { untilTakenFrom(id: string): Promise<number> },
  how: 'once' | 'twice',
): Promise<number> {
  const { id } = victim;
  await victim.stop(how);
  const tookMs = await recovery.untilTakenFrom(id);
  await victim.start();
  return tookMs;
}
