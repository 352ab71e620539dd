/** unseen: it could not be looked at, for want of a right. That is no fault, and says nothing of how it is. */
export type Verdict = 'ok' | 'unseen' | 'warning' | 'broken';

/** The symptoms of the document's troubleshooting section, by their names there. */
export const SYMPTOMS = [
  'No requests being processed',
  'Requests timing out',
  'High database load',
  'Memory leaks in worker',
] as const;
type Symptom = (typeof SYMPTOMS)[number];

/** What the doctor says of one part. */
export interface Finding {
  /** The part that was looked at, such as `workers`. */
  readonly part: string;
  readonly verdict: Verdict;
  /** What is so, with its figure. */
  readonly reason: string;
  /** The command that mends it, or what to do; null where nothing is to be done. */
  readonly remedy: string | null;
  /** As what an admin would have met it; null for what shows itself otherwise. */
  readonly symptom: Symptom | null;
}

export function ok(part: string, reason: string): Finding {
  return { part, verdict: 'ok', reason, remedy: null, symptom: null };
}

export function unseen(part: string, reason: string, remedy: string | null = null): Finding {
  return { part, verdict: 'unseen', reason, remedy, symptom: null };
}

interface Fault {
  readonly reason: string;
  readonly remedy: string;
  readonly symptom?: Symptom;
}

export function warning(part: string, { reason, remedy, symptom }: Fault): Finding {
  return { part, verdict: 'warning', reason, remedy, symptom: symptom ?? null };
}

export function broken(part: string, { reason, remedy, symptom }: Fault): Finding {
  return { part, verdict: 'broken', reason, remedy, symptom: symptom ?? null };
}

const ORDER: readonly Verdict[] = ['ok', 'unseen', 'warning', 'broken'];

/** The worst of them; ok where there is none. */
export function worstOf(findings: readonly Finding[]): Verdict {
  return ORDER.findLast((verdict) => findings.some((one) => one.verdict === verdict)) ?? 'ok';
}

/** Seconds as people say them: 8 s, 12 min, 3 h, 5 days. */
export function spanOf(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7_200) return `${Math.round(whole / 60)} min`;
  if (whole < 172_800) return `${Math.round(whole / 3_600)} h`;
  return `${Math.round(whole / 86_400)} days`;
}

/** Bytes as people say them. */
export function sizeOf(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

export function countOf(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
