import { createAiClient } from '../ai/ai-client.ts';
import { WORKER } from '../config/schema.ts';
import type { WorkerSettings } from '../config/settings.ts';
import { broken, type Finding, ok, warning } from './finding.ts';

/** What the AI service says of itself, or why it says nothing. */
export type ServiceFacts =
  | { readonly health: Readonly<Record<string, unknown>>; readonly ms: number }
  | { readonly trouble: string; readonly isRefusal: boolean };

const LOOPBACK = /^(127\.|\[::1\]$|localhost$)/;
const HEALTH = '/api/v1/health';
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
        remedy: `${howTo('start', baseUrl)}; or mend AI_SERVICE_BASE_URL.`,
        symptom,
      }),
    ];
  }
  return [healthFinding(facts.health, facts.ms)];
}

/** On this machine it is likely the one of this package; elsewhere it is somebody's own. */
export function howTo(word: 'start' | 'restart', baseUrl: string): string {
  const { hostname, port } = new URL(baseUrl);
  if (!LOOPBACK.test(hostname))
    return `${word === 'start' ? 'Start' : 'Restart'} what listens at ${baseUrl}, or have its owner do it`;
  const isUsual = baseUrl === WORKER.aiServiceBaseUrl.default;
  const program = isUsual ? 'ai-ipc service' : `ai-ipc service --port ${port}`;
  const byHand = word === 'start' ? program : `end it, then ${program}`;
  const other = isUsual ? '' : `, or what else listens at ${baseUrl}`;
  return `sudo systemctl ${word} ai-ipc-service (by hand: ${byHand})${other}`;
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
  return ok('AI service', `Its health is well (${says}).`);
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
