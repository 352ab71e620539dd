import type { WorkerSettings } from '../config/settings.ts';
import type { CallFact, CallingFacts } from '../store/queue-facts.ts';
import { howTo } from './ai-service.ts';
import { broken, countOf, type Finding, ok, spanOf, warning } from './finding.ts';

/** Older calls say nothing of the service as it is. */
const RECENT_SECONDS = 900;
/** A call that takes three times as long as the longest of the last ones hangs; not before this, however quick they were. */
const HANGING = { times: 3, leastMs: 3_000 } as const;
/** No NPC answers any more: nobody waits longer. */
const BROKEN_SECONDS = 30;
const SYMPTOM = 'Requests timing out';

/** How the last calls went, and those that are under way. */
export function callFindings(
  calls: readonly CallFact[],
  calling: CallingFacts,
  settings: WorkerSettings,
): Finding[] {
  const recent = calls.filter(({ ageSeconds }) => ageSeconds <= RECENT_SECONDS);
  const [last] = calls;
  const hanging = hangingFinding(recent, calling, settings);
  if (hanging !== undefined) return [hanging];
  if (last === undefined) return [ok('AI calls', 'The log knows of none.')];
  if (recent.length === 0) return [ok('AI calls', `The last one was ${spanOf(last.ageSeconds)} ago.`)];
  return [finishedFinding(recent, settings)];
}

/** None came back well for longer than they take: they hang, whatever the service's health says. */
function hangingFinding(
  recent: readonly CallFact[],
  { count, oldestSeconds }: CallingFacts,
  { maxProcessingTimeMs, aiServiceBaseUrl }: WorkerSettings,
): Finding | undefined {
  const good = recent.filter(({ errorCode }) => errorCode === null);
  const usualMs = good.length === 0 ? maxProcessingTimeMs : Math.max(...good.map(({ ms }) => ms));
  const limitSeconds = Math.max(HANGING.leastMs, HANGING.times * usualMs) / 1_000;
  const sinceGood = good[0]?.ageSeconds ?? oldestSeconds;
  if (count === 0 || oldestSeconds <= limitSeconds || sinceGood <= limitSeconds) return undefined;
  const before = good.length === 0 ? '' : `; before, they took at most ${Math.round(usualMs)} ms`;
  const fault = {
    reason: `Calls hang: ${countOf(count, 'call')} under way, the oldest for ${spanOf(oldestSeconds)}, and none has come back well for ${spanOf(sinceGood)}${before}.`,
    remedy: `${howTo('restart', aiServiceBaseUrl)}. Where it is only slow: raise AI_SERVICE_TIMEOUT and TIMEOUT_SECONDS.`,
    symptom: SYMPTOM,
  } as const;
  return sinceGood >= BROKEN_SECONDS ? broken('AI calls', fault) : warning('AI calls', fault);
}

function finishedFinding(
  recent: readonly CallFact[],
  { maxProcessingTimeMs, aiServiceBaseUrl }: WorkerSettings,
): Finding {
  const mean = Math.round(recent.reduce((sum, { ms }) => sum + ms, 0) / recent.length);
  const longest = Math.max(...recent.map(({ ms }) => ms));
  const failed = recent.filter(({ errorCode }) => errorCode !== null);
  const code = failed[0]?.errorCode;
  const figures = `the last ${recent.length} took ${mean} ms each (at most ${longest} ms), and ${failed.length} failed`;
  if (failed.length * 2 >= recent.length && failed.length > 1) {
    const fault = {
      reason: `Calls fail: ${figures} (${code}), the newest ${spanOf(failed[0]?.ageSeconds ?? 0)} ago.`,
      remedy:
        code === 'attempt_timeout'
          ? `The AI service takes calls and does not answer in time: ${lowerFirst(howTo('restart', aiServiceBaseUrl))}. Where it is only slow: raise AI_SERVICE_TIMEOUT and TIMEOUT_SECONDS.`
          : `docs/errors.md explains ${code}; the log of the AI service at ${aiServiceBaseUrl} tells more.`,
      symptom: SYMPTOM,
    } as const;
    return failed.length === recent.length && failed.length >= 5
      ? broken('AI calls', fault)
      : warning('AI calls', fault);
  }
  if (mean > maxProcessingTimeMs)
    return warning('AI calls', {
      reason: `The AI service is slow: ${figures}; above max_processing_time of ${maxProcessingTimeMs} ms calls count as slow.`,
      remedy:
        'A smaller model or a faster server (docs/models.md); raise TIMEOUT_SECONDS and AI_SERVICE_TIMEOUT meanwhile.',
      symptom: SYMPTOM,
    });
  return ok('AI calls', failed.length === 0 ? `All is well: ${figures}.` : `T${figures.slice(1)}.`);
}

function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}
