/** Figures and times as people read them. */

/** 12,345 */
export function countOf(count: number): string {
  return Math.round(count).toLocaleString('en');
}

/** 12,345 requests, 1 request */
export function countWith(count: number, noun: string): string {
  return `${countOf(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** 0.42, 7.3, 118: three figures are all that anybody reads of a rate. */
export function rateOf(perSecond: number): string {
  if (perSecond === 0) return '0';
  if (perSecond < 10) return perSecond.toFixed(perSecond < 1 ? 2 : 1);
  return countOf(perSecond);
}

/** 7 ms, 1.4 s, 12 min, 3 h, 5 days */
export function spanOfMs(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 10) return `${Math.round(whole * 10) / 10} ms`;
  if (whole < 1_000) return `${Math.round(whole)} ms`;
  const seconds = whole / 1_000;
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** 99.2 %; what is not quite all is never rounded to all. */
export function partOf(part: number, all: number): string {
  if (all === 0) return '–';
  const percent = (100 * part) / all;
  if (part === all) return '100 %';
  return `${Math.min(99.9, Math.round(percent * 10) / 10)} %`;
}

/** A long text cut for a table; the whole of it stands on the page of its own. */
export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
