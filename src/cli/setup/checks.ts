import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { AiIpcError } from '../../base/errors.ts';
import { PACKAGE_FOLDER, type Place } from './place.ts';

/** What makes setup of no use here: found before anything is changed. */
export function checkMachine({ isPrefixed }: Place): void {
  if (process.platform !== 'linux')
    throw refused(
      `This is ${process.platform}: setup is for Linux. docs/operations.md has what runs elsewhere.`,
    );
  if (isPrefixed) return;
  if (process.getuid?.() !== 0)
    throw refused('setup writes to /etc and makes users, which only root may: sudo ai-ipc setup');
  const closed = closedFolderOf(PACKAGE_FOLDER);
  if (closed !== undefined)
    throw refused(
      `Worker and service run as a user of their own, who cannot come into ${closed}. Move the package: ` +
        `sudo mv ${PACKAGE_FOLDER} /opt/ai-ipc && cd /opt/ai-ipc && sudo bin/ai-ipc.js setup`,
    );
}

/** systemd splits at blanks, and % begins a specifier of its own; its units see neither /tmp nor /root. */
function closedFolderOf(folder: string): string | undefined {
  if (/[\s%]/.test(folder) || /^\/(tmp|var\/tmp|root)(\/|$)/.test(folder)) return folder;
  for (let path = folder; path !== '/'; path = dirname(path))
    if ((statSync(path).mode & 0o001) === 0) return path;
  const parts = ['bin', 'dist', 'node_modules'].map((part) => join(folder, part));
  return parts.find((part) => existsSync(part) && (statSync(part).mode & 0o005) !== 0o005);
}

/** Throws AiIpcError (port_in_use) where the AI service could not listen. */
export async function checkPort(port: number): Promise<void> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new AiIpcError(
      'port_in_use',
      `The AI service would listen on port ${port} of 127.0.0.1, and another program does. Which one says ` +
        `sudo ss -ltnp 'sport = :${port}'. Stop it (one of ours that was started by hand: Ctrl-C in its terminal), or ` +
        'choose another port: --service-port 8001',
      { cause: error },
    );
  }
  server.close();
  await once(server, 'close');
}

/** What to do where no database server answers on this machine. */
export function serverAdvice(): string {
  const isInstalled = ['/usr/sbin/mariadbd', '/usr/sbin/mysqld'].some((path) => existsSync(path));
  return isInstalled
    ? 'The server is installed: sudo systemctl start mariadb; without systemd: sudo service mariadb start'
    : 'Where it shall run on this machine: sudo apt-get install mariadb-server. Elsewhere: --db-host';
}

function refused(message: string): AiIpcError {
  return new AiIpcError('setup_refused', message);
}
