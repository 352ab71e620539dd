import { count } from './figures.ts';

/** How far something is; without a whole, how much is done. */
export interface Progress {
  readonly label: string;
  readonly done: number;
  readonly whole?: number | undefined;
  /** What is counted, such as rows; nothing where the share says it all. */
  readonly unit?: string;
}

export interface ProgressBar {
  show(progress: Progress): void;
  /** Takes the bar away, for what is printed next. */
  clear(): void;
}

/** Ten pictures a second are as many as anybody sees. */
const EVERY_MS = 100;
const BAR = 24;
const LINE = '\r';
const END_OF_LINE = '\u001b[K';

/** A bar in the last line of a terminal; anywhere else nothing at all, since a log would have thousands of it. */
export function progressBar(output: NodeJS.WriteStream = process.stderr): ProgressBar {
  if (!output.isTTY) return { show: () => undefined, clear: () => undefined };
  let shownAtMs = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    show(progress) {
      const nowMs = performance.now();
      if (nowMs - shownAtMs < EVERY_MS) return;
      shownAtMs = nowMs;
      isShown = true;
      output.write(`${LINE}${barOf(progress)}${END_OF_LINE}`);
    },
    clear() {
      if (isShown) output.write(`${LINE}${END_OF_LINE}`);
      isShown = false;
    },
  };
}

/** `ai_requests  ████████░░░░  33 %  1,200 of 3,600 rows` */
export function barOf({ label, done, whole, unit }: Progress): string {
  if (whole === undefined || whole <= 0) return `${label}  ${count(done)} ${unit ?? ''}`.trimEnd();
  const share = Math.min(1, done / whole);
  const full = Math.floor(share * BAR);
  const bar = `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`;
  const counted = unit === undefined ? '' : `  ${count(done)} of ${count(whole)} ${unit}`;
  return `${label}  ${bar}  ${String(Math.floor(share * 100)).padStart(3)} %${counted}`;
}
