import type { MariadbSettings } from '../config/settings.ts';

/** Whether the server's files are on this machine's disks. (A container of its own keeps them where we cannot look.) */
export function isOnThisMachine({ host, socketPath }: Pick<MariadbSettings, 'host' | 'socketPath'>): boolean {
  return socketPath !== null || host === 'localhost' || host === '::1' || host.startsWith('127.');
}
