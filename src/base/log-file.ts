import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { AiIpcError, messageOf } from './errors.ts';
import type { LogDestination } from './logger.ts';

/** What is kept beside the file that is written: FILE.1 is the newest, FILE.4 the oldest. */
const OLD_FILES = 4;

export interface LogFileOptions {
  readonly path: string;
  /** At this size the file becomes FILE.1, and a new one is begun. */
  readonly maxBytes: number;
}

/**
 * A log file which, with those put aside, takes five times `maxBytes` at the most. Where one cannot be renamed (somebody
 * holds it fast, on Windows) the same file goes on, and the next `maxBytes` are the next try.
 *
 * @throws AiIpcError bad_settings when it cannot be written.
 */
export function openLogFile({ path, maxBytes }: LogFileOptions): LogDestination {
  makeFolder(path);
  let file = new OpenFile(path);
  let nextTurn = maxBytes;
  return {
    write: (line) => {
      file.write(line);
      if (file.bytes < nextTurn) return;
      file.close();
      // Another process may write into it, too, and may have begun a new one by now.
      if (sizeOf(path) >= maxBytes) putAside(path);
      file = new OpenFile(path);
      nextTurn = file.bytes + maxBytes;
    },
  };
}

/** Lines that cannot be written (a full disk, a folder that is gone) are lost; the worker that writes them goes on. */
class OpenFile {
  bytes: number;
  #fd: number | undefined;

  constructor(path: string) {
    this.bytes = sizeOf(path);
    this.#fd = attempt(() => openSync(path, 'a'));
  }

  write(line: string): void {
    const fd = this.#fd;
    if (fd !== undefined) attempt(() => writeSync(fd, line));
    // Counted in any case, so that a file which could not be opened is tried again.
    this.bytes += Buffer.byteLength(line);
  }

  close(): void {
    const fd = this.#fd;
    if (fd !== undefined) attempt(() => closeSync(fd));
    this.#fd = undefined;
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, 'a'));
  } catch (error) {
    throw new AiIpcError(
      'bad_settings',
      `The log file ${path} cannot be written (${messageOf(error)}). Mend the rights or the place of its folder, or name another one (LOG_FOLDER).`,
      { cause: error },
    );
  }
}

function sizeOf(path: string): number {
  return attempt(() => statSync(path, { throwIfNoEntry: false })?.size) ?? 0;
}

function putAside(path: string): void {
  attempt(() => {
    rmSync(`${path}.${OLD_FILES}`, { force: true });
    for (let number = OLD_FILES - 1; number >= 1; number -= 1) {
      if (sizeOf(`${path}.${number}`) > 0) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
    }
    renameSync(path, `${path}.1`);
  });
}

/** A log has nowhere to tell of its own troubles. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
