import type { MariadbSettings } from '../config/settings.ts';

/**
 * Whether the server's files are on this machine's disks; of several hosts, whichever serves. (A container of its own keeps
 * them where we cannot look.)
 */
export function isOnThisMachine({
  host,
  socketPath,
  otherHosts = [],
}: Pick<MariadbSettings, 'host' | 'socketPath' | 'otherHosts'>): boolean {
  return socketPath !== null || [host, ...otherHosts.map((other) => other.host)].every(isHere);
}

function isHere(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
