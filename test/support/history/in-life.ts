import { isEnded } from '../../../src/queue/request.ts';
import type { Hindrance } from './notes.ts';
import type { Rule } from './story.ts';

/** How long after its life a request may still be open. */
const OPEN_AFTER_LIFE_MS = 5_000;
/** Calls and rows have clocks of two processes of one machine, and a call needs a moment to arrive. */
const ARRIVAL_MS = 1_000;

/** Nothing is answered after its life. */
export const noLateAnswer: Rule = ({ row, isClockSteady }) => {
  if (row === undefined || row.status !== 'completed' || row.processedAtMs === null || !isClockSteady)
    return [];
  const lateMs = row.processedAtMs - row.expiresAtMs;
  return lateMs > 0 ? [`it completed ${lateMs} ms after its life`] : [];
};

/** Nor is the AI service asked for what is over. */
export const noLateCall: Rule = ({ row, calls, isClockSteady }) => {
  if (row === undefined || !isClockSteady) return [];
  return calls.flatMap(({ atMs, attempt }) => {
    const lateMs = Math.round(atMs - row.expiresAtMs);
    return lateMs > ARRIVAL_MS ? [`attempt ${attempt} was called ${lateMs} ms after its life`] : [];
  });
};

/** Nothing is pending or processing past its life and 5 s. */
export const notLeftOpen: Rule = ({ row, isClockSteady }, { tables, hindrances }) => {
  if (row === undefined) return [];
  const untilMs = openUntilMs(row.expiresAtMs, hindrances);
  const isOpen = !isEnded(row.status);
  if (isOpen && tables.nowMs > untilMs)
    return [`it is ${row.status} ${tables.nowMs - row.expiresAtMs} ms after its life`];
  if (isOpen || row.processedAtMs === null || row.processedAtMs <= untilMs || !isClockSteady) return [];
  return [`it ended (${row.status}) ${row.processedAtMs - row.expiresAtMs} ms after its life`];
};

/** What a hindrance held up has its 5 s from the hindrance's end on; one may follow upon another. */
function openUntilMs(expiresAtMs: number, hindrances: readonly Hindrance[]): number {
  let untilMs = expiresAtMs + OPEN_AFTER_LIFE_MS;
  for (const hindrance of [...hindrances].sort((a, b) => a.fromMs - b.fromMs))
    if (hindrance.fromMs <= untilMs) untilMs = Math.max(untilMs, hindrance.untilMs + OPEN_AFTER_LIFE_MS);
  return untilMs;
}
