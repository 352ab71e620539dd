import type { RaisedAlert } from '../base/events.ts';
import type { AlertSettings } from '../config/settings.ts';
import type { AlertFacts } from '../queue/alert-store.ts';

/** All that there are, the gravest first. */
export const ALERT_NAMES = [
  'no_worker',
  'disk',
  'oldest_pending',
  'pending',
  'failures',
  'daily_tokens',
] as const;
export type AlertName = (typeof ALERT_NAMES)[number];

/** A threshold of the settings that is passed. */
export interface Alert extends RaisedAlert {
  readonly name: AlertName;
}

/** What a look says of one alert; unknown where what it is judged by could not be seen, or nobody wants it. */
type Judgement = Alert | 'fine' | 'unknown';

/** How each alert stands. */
export type Judged = Readonly<Record<AlertName, Judgement>>;

export interface Seen extends AlertFacts {
  /** On the disk of the database; null where that is on another machine. */
  readonly diskFreeBytes: number | null;
}

/** With fewer ended requests than this, two that failed would be news of a quiet night. */
const LEAST_ENDED = 10;
const BYTES_A_MIB = 1024 ** 2;
const DOCTOR = 'ai-ipc doctor says why, and what mends it.';

/** Judges what was seen by the thresholds of the settings. */
export function judgeAlerts(seen: Seen, settings: AlertSettings): Judged {
  return {
    no_worker: settings.noWorker ? judgeWorkers(seen) : 'unknown',
    disk: judgeDisk(seen, settings.diskFreeMib),
    oldest_pending: above('oldest_pending', seen.oldestPendingSeconds, settings.oldestPendingSeconds, {
      message: (value, threshold) =>
        `The oldest pending request has waited ${Math.round(value)} s; the alert is set to ${threshold} s.`,
      remedy: DOCTOR,
    }),
    pending: above('pending', seen.pending, settings.pending, {
      message: (value, threshold) => `${value} requests are pending; the alert is set to ${threshold}.`,
      remedy: DOCTOR,
    }),
    failures: judgeFailures(seen, settings.failedPercent),
    daily_tokens: above('daily_tokens', seen.dailyTokens, settings.dailyTokens, {
      message: (value, threshold) =>
        `Players have used ${value} tokens of models today; the alert is set to ${threshold}.`,
      remedy: 'AI_PLAYER_DAILY_TOKENS limits each player; ai-ipc npcs off silences all NPCs.',
    }),
  };
}

/** Those that hold. */
export function raisedIn(judged: Judged): Alert[] {
  return ALERT_NAMES.map((name) => judged[name]).filter((one): one is Alert => typeof one === 'object');
}

interface Words {
  readonly message: (value: number, threshold: number) => string;
  readonly remedy: string;
}

function above(name: AlertName, value: number | null, threshold: number, words: Words): Judgement {
  if (threshold === 0 || value === null) return 'unknown';
  if (value <= threshold) return 'fine';
  return { name, value, threshold, message: words.message(value, threshold), remedy: words.remedy };
}

function judgeWorkers({ workers }: Seen): Judgement {
  if (workers === null) return 'unknown';
  if (workers > 0) return 'fine';
  const message = 'No worker lives: nobody serves requests.';
  return { name: 'no_worker', value: 0, threshold: 1, message, remedy: 'sudo systemctl start ai-ipc-worker' };
}

function judgeDisk({ diskFreeBytes, folder }: Seen, leastMib: number): Judgement {
  if (leastMib === 0 || diskFreeBytes === null) return 'unknown';
  const freeMib = Math.floor(diskFreeBytes / BYTES_A_MIB);
  if (freeMib >= leastMib) return 'fine';
  const message = `${freeMib} MiB are free on the disk of ${folder}; the alert is set to ${leastMib} MiB.`;
  const remedy = 'Make room: ai-ipc cleanup 86400 deletes what ended more than a day ago.';
  return { name: 'disk', value: freeMib, threshold: leastMib, message, remedy };
}

function judgeFailures({ recent }: Seen, mostPercent: number): Judgement {
  if (mostPercent === 0 || recent === null) return 'unknown';
  const { ended, failed } = recent;
  const percent = ended === 0 ? 0 : Math.round((failed * 100) / ended);
  if (ended < LEAST_ENDED || percent <= mostPercent) return 'fine';
  const message = `${failed} of the last ${ended} requests failed or timed out (${percent} %); the alert is set to ${mostPercent} %.`;
  return { name: 'failures', value: percent, threshold: mostPercent, message, remedy: DOCTOR };
}
