import { join } from 'node:path';
import { fetchPackages } from './fetched-packages.ts';

/** What people put before or between our programs, as Debian trixie has it. */
const PROGRAMS = {
  haproxy: 'usr/sbin/haproxy',
  nginx: 'usr/sbin/nginx',
  squid: 'usr/sbin/squid-gnutls',
  apache2: 'usr/sbin/apache2',
  caddy: 'usr/bin/caddy',
} as const;

export type BoxName = keyof typeof PROGRAMS;

/** Where the programs of a box are: fetched once, all five together (60 MB). Rejects with "… cannot be had: reason". */
export async function findBox(name: BoxName): Promise<{ program: string; root: string }> {
  const packages = ['haproxy', 'nginx-light', 'squid', 'apache2-bin', 'caddy'];
  const programs = Object.values(PROGRAMS);
  const folder = await fetchPackages('boxes', { suite: 'trixie', packages, programs }).catch(
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${name} cannot be had: ${reason}`, { cause: error });
    },
  );
  return { program: join(folder, 'root', PROGRAMS[name]), root: join(folder, 'root') };
}
