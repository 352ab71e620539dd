import { join, resolve } from 'node:path';

/** The folder of this package: /opt/ai-ipc, as a rule. */
export const PACKAGE_FOLDER = resolve(import.meta.dirname, '../../..');

/** Where setup puts what it makes. With a prefix all of it is below that folder, as for an image of another machine. */
export interface Place {
  readonly isPrefixed: boolean;
  /** Where commands are run, with .env in it. */
  readonly folder: string;
  /** The command ai-ipc. */
  readonly command: string;
  readonly settingsFolder: string;
  readonly settingsFile: string;
  readonly units: string;
  /** Of processes that systemd does not start. */
  readonly logs: string;
  readonly pids: string;
}

export function placeAt(prefix: string | undefined): Place {
  const under = (path: string) => (prefix === undefined ? path : join(resolve(prefix), path));
  const settingsFolder = under('/etc/ai-ipc');
  return {
    isPrefixed: prefix !== undefined,
    folder: under(PACKAGE_FOLDER),
    command: under('/usr/local/bin/ai-ipc'),
    settingsFolder,
    settingsFile: join(settingsFolder, 'env'),
    units: under('/etc/systemd/system'),
    logs: under('/var/log/ai-ipc'),
    pids: under('/run/ai-ipc'),
  };
}
