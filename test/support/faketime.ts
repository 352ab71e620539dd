import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './apt.ts';

/** How long the library believes what it has read of its file. */
const READ_EVERY_S = 1;
const DOWNLOAD_TIMEOUT_MS = 60_000;

/**
 * Another wall clock for a program: libfaketime of this machine's Debian, unpacked into a folder and loaded before the
 * program's own libraries. Monotonic clocks stay as they are.
 */
export class FakeTime {
  readonly #library: string;
  readonly #file: string;

  private constructor(library: string, file: string) {
    this.#library = library;
    this.#file = file;
  }

  /** Fetches it; where it cannot be had, gives the reason. */
  static tryToFetch(folder: string): FakeTime | string {
    try {
      return FakeTime.#fetch(folder);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  static #fetch(folder: string): FakeTime {
    if (!findProgram('apt-get') || !findProgram('dpkg'))
      throw new Error('only Debian has libfaketime as we fetch it');
    const packages = join(folder, 'faketime');
    mkdirSync(packages, { recursive: true });
    const options = { cwd: packages, timeout: DOWNLOAD_TIMEOUT_MS, stdio: 'pipe' } as const;
    execFileSync('apt-get', ['-q', 'download', 'libfaketime'], options);
    for (const file of filesIn(packages, /\.deb$/)) execFileSync('dpkg', ['--extract', file, '.'], options);
    const [library] = filesIn(packages, /\/libfaketimeMT\.so\.1$/);
    if (library === undefined) throw new Error('the package has no library');
    const fake = new FakeTime(join(packages, library), join(packages, 'offset'));
    fake.stepTo(0);
    return fake;
  }

  /** For the program that is to have this clock. */
  get env(): Readonly<Record<string, string>> {
    return {
      LD_PRELOAD: this.#library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_CACHE_DURATION: String(READ_EVERY_S),
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** So many seconds from the right time. A program sees it after a second. */
  stepTo(seconds: number): void {
    writeFileSync(this.#file, `${seconds < 0 ? '' : '+'}${seconds}`);
  }
}

function filesIn(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => pattern.test(file));
}
