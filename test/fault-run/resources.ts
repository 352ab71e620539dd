import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Resources } from '../support/history/notes.ts';

/** What a process holds just now (Linux). */
export function resourcesOf(pid: number): Resources {
  const folder = `/proc/${pid}/fd`;
  const files = readdirSync(folder);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    files: files.length,
    sockets: files.filter((file) => isSocket(join(folder, file))).length,
    residentBytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024,
  };
}

function isSocket(link: string): boolean {
  try {
    return readlinkSync(link).startsWith('socket:');
  } catch {
    // Closed since it was listed.
    return false;
  }
}
