import { createAiClient } from '../ai/ai-client.ts';
import type { WorkerSettings } from '../config/settings.ts';
import type { CallFact } from '../store/queue-facts.ts';
import { broken, type Finding, ok, spanOf, warning } from './finding.ts';

/** What the AI service says of itself, or why it says nothing. */
export type ServiceFacts =
  | { readonly health: Readonly<Record<string, unknown>>; readonly ms: number }
  | { readonly trouble: string; readonly isRefusal: boolean };

const HEALTH = '/api/v1/health';
/** Older calls say nothing of the service as it is. */
const RECENT_SECONDS = 900;
const MOST_BYTES = 1_048_576;

/** Asks for its health, as the worker would: with its base URL and its headers. */
export async function lookAtService(settings: WorkerSettings, limitMs: number): Promise<ServiceFacts> {
  const client = createAiClient({
    baseUrl: settings.aiServiceBaseUrl,
    headers: settings.aiServiceHeaders,
    proxies: settings.proxies,
    caFile: settings.aiServiceCaFile,
    maxResponseBytes: MOST_BYTES,
    connections: 1,
  });
  const startMs = performance.now();
  try {
    const result = await client.call({
      method: 'GET',
      endpoint: HEALTH,
      body: null,
      headers: {},
      timeoutMs: limitMs,
      signal: new AbortController().signal,
    });
    const ms = Math.round(performance.now() - startMs);
    if (result.kind === 'answer') return { health: Object(JSON.parse(result.body)), ms };
    if (result.kind === 'aborted') return { trouble: 'The call broke off.', isRefusal: false };
    return { trouble: result.error.message, isRefusal: result.kind === 'refused' };
  } finally {
    await client.close();
  }
}

export function serviceFindings(facts: ServiceFacts, baseUrl: string): Finding[] {
  const symptom = 'No requests being processed';
  if ('trouble' in facts) {
    // A service of somebody else's may have no such page.
    if (facts.isRefusal)
      return [
        warning('AI service', {
          reason: `${baseUrl} answers, and not with its health: ${facts.trouble}`,
          remedy: `curl -i ${baseUrl}${HEALTH} shows it; a key goes into AI_SERVICE_HEADERS.`,
          symptom,
        }),
      ];
    return [
      broken('AI service', {
        reason: `The AI service at ${baseUrl} does not answer: ${facts.trouble}`,
        remedy: 'sudo systemctl start ai-ipc-service (by hand: ai-ipc service); or mend AI_SERVICE_BASE_URL.',
        symptom,
      }),
    ];
  }
  return [healthFinding(facts.health, facts.ms)];
}

function healthFinding(health: Readonly<Record<string, unknown>>, ms: number): Finding {
  const { status = 'ok', reason, provider, model } = health;
  const who = `provider ${text(provider, 'unknown')}, model ${text(model, 'none')}`;
  const says = `${who}; health in ${ms} ms`;
  if (status === 'down')
    return broken('AI service', {
      reason: `The AI service can answer nobody (${says}): ${text(reason, 'it gives no reason')}`,
      remedy: remedyFor(text(reason, '')),
      symptom: 'No requests being processed',
    });
  if (status === 'degraded')
    return warning('AI service', {
      reason: `The AI service is degraded (${says}), and a fallback answers where it can: ${text(reason, 'it gives no reason')}`,
      remedy: remedyFor(text(reason, '')),
    });
  if (status === 'loading')
    return ok('AI service', `It is loading its model, and will be there soon (${says}).`);
  return ok('AI service', `It is well (${says}).`);
}

function remedyFor(reason: string): string {
  if (/switched off/.test(reason)) return 'ai-ipc npcs on';
  if (/remember|budgets/.test(reason) && !/model/i.test(reason))
    return 'Mend the database of the service (its first log line names it), then: sudo systemctl restart ai-ipc-service';
  return 'Start the model server that AI_PROVIDER_URL names: curl "$AI_PROVIDER_URL/models" must list AI_MODEL (docs/models.md).';
}

function text(value: unknown, other: string): string {
  return typeof value === 'string' && value !== '' ? value : other;
}

/** How the last calls went. */
export function callFindings(calls: readonly CallFact[], settings: WorkerSettings): Finding[] {
  const recent = calls.filter(({ ageSeconds }) => ageSeconds <= RECENT_SECONDS);
  const [last] = calls;
  if (last === undefined) return [ok('AI calls', 'The log knows of none.')];
  if (recent.length === 0) return [ok('AI calls', `The last one was ${spanOf(last.ageSeconds)} ago.`)];
  const mean = Math.round(recent.reduce((sum, { ms }) => sum + ms, 0) / recent.length);
  const longest = Math.max(...recent.map(({ ms }) => ms));
  const failed = recent.filter(({ errorCode }) => errorCode !== null);
  const figures = `the last ${recent.length} took ${mean} ms each (at most ${longest} ms), and ${failed.length} failed`;
  if (failed.length * 2 >= recent.length && failed.length > 1)
    return [
      warning('AI calls', {
        reason: `Calls fail: ${figures} (${failed[0]?.errorCode}).`,
        remedy: `docs/errors.md explains ${failed[0]?.errorCode}; the service's log: journalctl -u ai-ipc-service -n 50`,
        symptom: 'Requests timing out',
      }),
    ];
  if (mean > settings.maxProcessingTimeMs)
    return [
      warning('AI calls', {
        reason: `The AI service is slow: ${figures}; above max_processing_time of ${settings.maxProcessingTimeMs} ms calls count as slow.`,
        remedy:
          'A smaller model or a faster server (docs/models.md); raise TIMEOUT_SECONDS and AI_SERVICE_TIMEOUT meanwhile.',
        symptom: 'Requests timing out',
      }),
    ];
  return [ok('AI calls', `All is well: ${figures}.`)];
}
