import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmdirSync, statfsSync } from 'node:fs';

/** As many rows as an hour at 200 requests a second makes took 1.3 GB. */
const SIZE_BYTES = 4 * 2 ** 30;

/** A disk in memory for the database, which can be made full: for root alone. */
export class Disk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Why none can be had; undefined where one can. */
  static missing(): string | undefined {
    return process.getuid?.() === 0 && process.platform === 'linux'
      ? undefined
      : 'only root may mount a disk';
  }

  static mount(path: string): Disk {
    mkdirSync(path);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_BYTES}`, 'tmpfs', path]);
    chmodSync(path, 0o711);
    return new Disk(path);
  }

  /** Nothing more goes onto it: it is as large as what is on it. */
  fill(): void {
    const { blocks, bfree, bsize } = statfsSync(this.path);
    this.#resize((blocks - bfree) * bsize);
  }

  free(): void {
    this.#resize(SIZE_BYTES);
  }

  unmount(): void {
    execFileSync('umount', ['--lazy', this.path]);
    rmdirSync(this.path);
  }

  #resize(bytes: number): void {
    execFileSync('mount', ['-o', `remount,size=${bytes}`, this.path]);
  }
}
