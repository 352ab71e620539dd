import { join } from 'node:path';
import { fetchPackages } from './fetched-packages.ts';

const PROGRAM = 'usr/bin/promtool';

/** promtool of Debian's package prometheus, fetched once and not installed. Rejects with "promtool cannot be had: reason". */
export async function fetchPromtool(): Promise<string> {
  const wanted = { suite: 'trixie', packages: ['prometheus'], programs: [PROGRAM] } as const;
  const folder = await fetchPackages('prometheus', wanted).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`promtool cannot be had: ${reason}`, { cause: error });
  });
  return join(folder, 'root', PROGRAM);
}
