import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { WorkerFact } from '../store/queue-facts.ts';
import { type Finding, ok, sizeOf, warning } from './finding.ts';

/** A worker of 64 calls at once has some 100 MiB, one of 4,096 with the longest requests and answers 400 MiB. */
const MUCH_BYTES = 1024 ** 3;

/** What a process really holds; undefined where this system does not tell. */
type ReadResident = (pid: number) => Promise<number | undefined>;

/** The memory of the workers on this machine. */
export async function memoryFindings(
  living: readonly WorkerFact[],
  read: ReadResident = residentBytes,
): Promise<Finding[]> {
  const here = living.filter(({ host }) => host === hostname());
  const findings = await Promise.all(
    here.map(async ({ id, pid }) => {
      const bytes = await read(pid);
      return bytes === undefined ? [] : [memoryFinding(id, bytes)];
    }),
  );
  return findings.flat();
}

function memoryFinding(id: string, bytes: number): Finding {
  if (bytes < MUCH_BYTES) return ok('memory', `${id} holds ${sizeOf(bytes)}.`);
  return warning('memory', {
    reason: `${id} holds ${sizeOf(bytes)} of memory; what is in flight bounds it.`,
    remedy: 'sudo systemctl restart ai-ipc-worker; a lower CONCURRENCY bounds it more, and please report it.',
    symptom: 'Memory leaks in worker',
  });
}

/** Linux tells; of another system, or of a process that has ended meanwhile, nothing is known. */
async function residentBytes(pid: number): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}
