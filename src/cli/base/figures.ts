/** How figures are written for people. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 7 ms, 1.2 s, 3 min 20 s, 2 h 5 min, 3 d 4 h; – for none. */
export function duration(ms: number | null): string {
  if (ms === null) return '–';
  const whole = Math.round(ms);
  if (whole < SECOND) return `${whole} ms`;
  if (whole < MINUTE) return `${(Math.floor(whole / 100) / 10).toFixed(1)} s`;
  if (whole < HOUR) return parts(whole, [MINUTE, 'min'], [SECOND, 's']);
  if (whole < DAY) return parts(whole, [HOUR, 'h'], [MINUTE, 'min']);
  return parts(whole, [DAY, 'd'], [HOUR, 'h']);
}

type Unit = readonly [ms: number, word: string];

function parts(ms: number, [large, largeWord]: Unit, [small, smallWord]: Unit): string {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${largeWord}${rest === 0 ? '' : ` ${rest} ${smallWord}`}`;
}

/** 1,234,567 */
export function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

/** 12.3/s; less than ten a minute as 4/min. */
export function rate(perSecond: number): string {
  if (perSecond === 0) return '0/s';
  if (perSecond >= 100) return `${count(perSecond)}/s`;
  return perSecond >= 1 / 6 ? `${perSecond.toFixed(1)}/s` : `${(perSecond * 60).toFixed(1)}/min`;
}

/** 99.1 %; never 100 % where one is missing. */
export function percent(share: number | null): string {
  if (share === null) return '–';
  const tenths = Math.round(share * 1_000) / 10;
  return `${(tenths === 100 && share < 1 ? 99.9 : tenths).toFixed(tenths === 100 && share === 1 ? 0 : 1)} %`;
}

/** 2026-01-25 12:00:00 in the time zone of whoever looks, with milliseconds where they are wanted. */
export function moment(ms: number, { hasMs = false }: { readonly hasMs?: boolean } = {}): string {
  const date = new Date(ms);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}${hasMs ? `.${String(date.getMilliseconds()).padStart(3, '0')}` : ''}`;
}
