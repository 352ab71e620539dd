import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KNOWN_ENDPOINTS } from '../../src/observability/endpoint-label.ts';
import { describeApi } from '../../src/service/http/openapi.ts';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import { newFolder, ROOT, startCli, useCli } from '../support/cli-process.ts';
import { posting } from '../support/json-body.ts';
import type { ProgramProcess } from '../support/program-process.ts';
import { fetchPromtool } from '../support/promtool.ts';
import { waitFor } from '../support/wait-for.ts';

const FETCH_TIMEOUT_MS = 600_000;
const PLAYER = 'Bob-the-Knight';
const WEBHOOK = '/api/webhooks/1/secret-of-the-channel';
/** Of a Prometheus itself, which asks whether it could ask. */
const PROMETHEUS_OWN = ['up'];

useCli();

let stub: AiStub;
let worker: ProgramProcess;
let service: ProgramProcess;
let workerUrl = '';
let serviceUrl = '';
let queue: DatabaseSyncInstance;
let promtool: string | undefined;

/** One worker, and one AI service with a model server on another queue, which has no worker: they serve all tests here. */
beforeAll(async () => {
  promtool = await fetchPromtool().catch((error: Error) => {
    process.stderr.write(`left out: metrics and rules were not checked by promtool, as ${error.message}\n`);
    return undefined;
  });
  stub = await startAiStub();
  stub.behave(WEBHOOK, behaviours.status(204));
  const cwd = newFolder('file');
  const webhook = { ALERT_WEBHOOK_URL: stub.url + WEBHOOK, ALERT_WEBHOOK_FORMAT: 'json' };
  const env = { AI_SERVICE_BASE_URL: stub.url, METRICS_LISTEN: '127.0.0.1:0', ALERT_DISK_FREE: '1073741824' };
  worker = startCli(['worker'], { cwd, stay: 'file', env: { ...env, ...webhook } });
  service = startCli(['service', '--port', '0'], {
    ...{ cwd: newFolder('file'), stay: 'file' },
    env: { ...webhook, AI_PROVIDER_URL: `${stub.url}/v1`, AI_MODEL: 'tiny' },
  });
  [, workerUrl = ''] = await worker.waitForOutput(/"url":"(http:[^"]+)","msg":"Metrics are served"/);
  await worker.waitForOutput(/"Worker started"/);
  [, serviceUrl = ''] = await service.waitForOutput(/AI service listens on (\S+)/);
  queue = new DatabaseSync(join(cwd, 'ai_ipc.sqlite'), { timeout: 5_000 });
}, FETCH_TIMEOUT_MS);
afterAll(async () => {
  queue.close();
  await stub.close();
});

async function pageOf(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}

const workerText = async () => (await pageOf(`${workerUrl}/metrics`)).text;
const serviceText = async () => (await pageOf(`${serviceUrl}/metrics`)).text;

/** The value of the series that begins so. */
function figureOf(text: string, series: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? Number.NaN : Number(line.split(' ').at(-1));
}

function request(endpoint: string): void {
  queue
    .prepare(
      "INSERT INTO ai_requests (request_type, endpoint, request_data, expires_at) VALUES ('dialogue', ?, '{}', datetime('now', '+60 seconds'))",
    )
    .run(endpoint);
}

async function served(endpoint: string, outcome: string): Promise<string> {
  const series = `ai_ipc_attempts_total{endpoint="${endpoint}",outcome="${outcome}"}`;
  return await waitFor(
    async () => {
      const text = await workerText();
      return figureOf(text, series) >= 1 && figureOf(text, 'ai_ipc_total_seconds_count') >= 1
        ? text
        : undefined;
    },
    { what: `${series} to be counted` },
  );
}

describe('the metrics of a worker', () => {
  it('count what it did, and how long that took', async () => {
    request('/api/v1/npc/dialogue');
    const text = await served('dialogue', 'completed');
    expect(figureOf(text, 'ai_ipc_waited_seconds_count')).toBeGreaterThanOrEqual(1);
    expect(figureOf(text, 'ai_ipc_call_seconds_count{endpoint="dialogue"}')).toBe(1);
    expect(figureOf(text, 'ai_ipc_total_seconds_count')).toBeGreaterThanOrEqual(1);
    expect(figureOf(text, 'ai_ipc_settled_total{fate="written"}')).toBeGreaterThanOrEqual(1);
    expect(figureOf(text, 'ai_ipc_breaker_state{state="closed"}')).toBe(1);
    expect(figureOf(text, 'ai_ipc_concurrency')).toBe(64);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \S+$/m);
  });

  it('show the queue as the last look saw it, and the alerts that hold', async () => {
    const text = await waitFor(
      async () => {
        const shown = await workerText();
        return figureOf(shown, 'ai_ipc_queue_workers') === 1 ? shown : undefined;
      },
      { what: 'the first look' },
    );
    expect(figureOf(text, 'ai_ipc_queue_requests{status="pending"}')).toBeGreaterThanOrEqual(0);
    expect(figureOf(text, 'ai_ipc_alert_active{alert="disk"}')).toBe(1);
    expect(figureOf(text, 'ai_ipc_alert_active{alert="pending"}')).toBe(0);
  });

  it('name no player, no id and no path that somebody made up', async () => {
    for (const id of [1, 2, 3]) request(`/api/v1/npc/${PLAYER}/${id}?key=secret-${id}`);
    request(`/api/v1/npc/dialogue?player=${PLAYER}`);
    const text = await served('other', 'completed');
    expect(text).not.toMatch(/Bob|secret|npc\//i);
    const endpoints = [...text.matchAll(/endpoint="([^"]*)"/g)].map(([, endpoint]) => endpoint);
    expect(new Set(endpoints)).toEqual(new Set(['dialogue', 'other']));
  });

  it('the worker is alive, and ready while it claims', async () => {
    expect(await pageOf(`${workerUrl}/healthz`)).toEqual({ status: 200, text: '{"status":"ok"}\n' });
    expect(await pageOf(`${workerUrl}/readyz`)).toEqual({
      status: 200,
      text: '{"status":"ready","reasons":[]}\n',
    });
    expect((await pageOf(`${workerUrl}/other`)).status).toBe(404);
    expect((await fetch(`${workerUrl}/metrics`, { method: 'POST' })).status).toBe(405);
  });
});

describe('the metrics of the AI service', () => {
  it('count calls, who spoke, and what models cost; nobody needs its key for them', async () => {
    stub.behave('/v1/chat/completions', behaviours.status(503));
    const talk = { npc_id: 'sage', player_id: PLAYER, message: 'Where am I?' };
    const call = posting(JSON.stringify(talk));
    expect((await fetch(`${serviceUrl}/api/v1/npc/dialogue`, call)).status).toBe(200);
    const text = await serviceText();
    expect(figureOf(text, 'ai_ipc_service_calls_total{endpoint="dialogue",status="200"}')).toBe(1);
    expect(figureOf(text, 'ai_ipc_service_answers_total{by="fallback"}')).toBe(1);
    expect(figureOf(text, 'ai_ipc_model_calls_total{server="default",model="tiny",outcome="failure"}')).toBe(
      1,
    );
    expect(figureOf(text, 'ai_ipc_model_tokens_total{server="default",model="tiny",kind="prompt"}')).toBe(0);
    expect(text).not.toContain(PLAYER);
  });

  it('the service is ready while it answers, and says what is not well', async () => {
    const { status, text } = await pageOf(`${serviceUrl}/readyz`);
    expect({ status, ...JSON.parse(text) }).toEqual({
      status: 'ready',
      reasons: [expect.stringContaining('The model does not answer')],
    });
    expect((await pageOf(`${serviceUrl}/healthz`)).status).toBe(200);
  });
});

describe('what monitors', () => {
  const deploy = (name: string) => join(ROOT, 'deploy', name);

  it.each([
    ['worker', workerText],
    ['AI service', serviceText],
  ])('promtool finds nothing to say about the metrics of the %s', async (_, read) => {
    if (promtool === undefined) return;
    expect(await outputOf(promtool, ['check', 'metrics'], await read())).toEqual('');
  });

  it('promtool takes the rules and the example of deploy', async () => {
    if (promtool === undefined) return;
    const rules = await outputOf(promtool, ['check', 'rules', deploy('prometheus-alerts.yml')]);
    expect(rules).toMatch(/SUCCESS: \d+ rules found/);
    const config = ['check', 'config', '--syntax-only', deploy('prometheus.yml')];
    expect(await outputOf(promtool, config)).toContain('SUCCESS');
  });

  it('every query of the Grafana file and of the rules names metrics that exist', async () => {
    const text = `${await workerText()}${await serviceText()}`;
    const series = new Set([...text.matchAll(/^([a-z_]+)[{ ]/gm)].map(([, name]) => name));
    const known = new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
    const exists = (name: string) => series.has(name) || known.has(name) || PROMETHEUS_OWN.includes(name);
    const queries = [
      ...grafanaQueries(deploy('grafana-dashboard.json')),
      ...ruleQueries(deploy('prometheus-alerts.yml')),
    ];
    const named = queries.flatMap((query) => metricsIn(query));
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((name) => !exists(name))).toEqual([]);
  });

  it('docs/metrics.md describes every metric of ours, and no other', async () => {
    const page = readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8');
    const text = `${await workerText()}${await serviceText()}`;
    const ours = [...text.matchAll(/^# TYPE (ai_ipc_\S+) /gm)].map(([, name]) => name!);
    const described = [...page.matchAll(/^\| `(ai_ipc_\w+)/gm)].map(([, name]) => name!);
    expect(described.sort()).toEqual([...new Set(ours)].sort());
  });

  it('the endpoints of the AI service are known by their names', () => {
    const paths = Object.keys(describeApi('1')['paths'] as object);
    const fixed = paths.filter((path) => path.startsWith('/api/') && !path.includes('{'));
    expect(Object.keys(KNOWN_ENDPOINTS).sort()).toEqual(fixed.sort());
  });
});

/** As the last test: two looks 15 s apart have passed by then, or nearly. */
it('the webhook hears of the disk from the worker, and of the missing worker from the AI service', async () => {
  const told = () => stub.callsTo(WEBHOOK).map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  await waitFor(() => told().length >= 2, { timeoutMs: 40_000, what: 'both messages' });
  expect(
    told()
      .map(({ alert, state }) => `${alert} ${state}`)
      .sort(),
  ).toEqual(['disk raised', 'no_worker raised']);
  expect(worker.stdout + service.stderr).toContain('"msg":"Alert"');
  expect(worker.stdout + worker.stderr + service.stdout + service.stderr).not.toContain(
    'secret-of-the-channel',
  );
});

/** All that a program prints. Rejects where it ends with another code than 0. */
async function outputOf(program: string, args: readonly string[], input = ''): Promise<string> {
  const running = promisify(execFile)(program, [...args]);
  running.child.stdin?.end(input);
  const { stdout, stderr } = await running;
  return stdout + stderr;
}

function grafanaQueries(path: string): string[] {
  const { panels } = JSON.parse(readFileSync(path, 'utf8')) as { panels: { targets?: { expr: string }[] }[] };
  return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
}

function ruleQueries(path: string): string[] {
  const rules = readFileSync(path, 'utf8');
  return [...rules.matchAll(/^ {8}expr: (?:\|\n((?: {10}.*\n)+)|(.*))/gm)].map(
    ([, block, line]) => block ?? line ?? '',
  );
}

/** The names in a query that are no functions, no labels and no words of the language. */
function metricsIn(query: string): string[] {
  const bare = query.replace(
    /"[^"]*"|\{[^}]*\}|\$\w+|\[[^\]]*\]|\b(?:by|without|on|ignoring) *\([^)]*\)/g,
    ' ',
  );
  return [...bare.matchAll(/\b([a-z_][a-z0-9_]*)\b(?! *\()/g)]
    .map(([, name]) => name!)
    .filter((name) => !['and', 'or', 'unless', 'bool', 'e6'].includes(name));
}
