import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MODEL_SERVER } from '../../src/config/service-schema.ts';
import { defaultsOf } from '../../src/config/setting.ts';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import { newFolder, ROOT, startCli, useCli } from '../support/cli-process.ts';
import { waitFor } from '../support/wait-for.ts';
import { DIALOGUE, post, useServices } from './support/service-under-test.ts';

const SAID = 'Where is the hidden cave?';
const ANSWERED = 'Behind the old mill.';
const CALLERS = {
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: 'rojo=00f067aa0ba902b7',
};

interface ExportedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

useCli();
const serve = useServices();
let stub: AiStub;

/** It is the model server, and the collector of spans. */
beforeAll(async () => {
  stub = await startAiStub();
  const message = { role: 'assistant', content: JSON.stringify({ text: ANSWERED, emotion: 'neutral' }) };
  stub.behave('/v1/chat/completions', behaviours.json({ choices: [{ message, finish_reason: 'stop' }] }));
  stub.behave('/v1/traces', behaviours.json({}));
});
afterAll(() => stub.close());

function exported(): ExportedSpan[] {
  return stub.callsTo('/v1/traces').flatMap(({ body }) => {
    const { resourceSpans } = JSON.parse(body) as {
      resourceSpans: { scopeSpans: { spans: ExportedSpan[] }[] }[];
    };
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  });
}

it('with an SDK loaded, one trace shows a request from its claim to the model server and back', async () => {
  const env = {
    NODE_OPTIONS: `--import ${join(ROOT, 'examples/tracing.mjs')}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: stub.url,
    OTEL_BSP_SCHEDULE_DELAY: '50',
  };
  const cwd = newFolder();
  const model = { AI_PROVIDER_URL: `${stub.url}/v1`, AI_MODEL: 'tiny' };
  const service = startCli(['service', '--port', '0'], { cwd, env: { ...env, ...model } });
  const [, url = ''] = await service.waitForOutput(/AI service listens on (\S+)/);
  const worker = startCli(['worker'], { cwd, env: { ...env, AI_SERVICE_BASE_URL: url } });
  await worker.waitForOutput(/"Worker started"/);
  const queue = new DatabaseSync(join(cwd, 'ai_ipc.sqlite'), { timeout: 5_000 });
  queue
    .prepare("INSERT INTO ai_requests (request_type, endpoint, request_data) VALUES ('dialogue', ?, ?)")
    .run(`${DIALOGUE}?key=secret`, JSON.stringify({ npc_id: 'sage', player_id: 7, message: SAID }));
  queue.close();

  const names = ['claim', 'call', 'model', 'request', 'service', 'settle'].map((name) => `ai_ipc.${name}`);
  const spans = await waitFor(
    () => {
      const seen = exported();
      const trace = seen.find(({ name }) => name === 'ai_ipc.request')?.traceId;
      const own = seen.filter(({ traceId }) => traceId === trace);
      return names.every((name) => own.some((span) => span.name === name)) ? own : undefined;
    },
    { what: 'the spans of all programs' },
  );

  expect(spans.map(({ name }) => name).sort()).toEqual(names.sort());
  const idOf = (part: string) => spans.find(({ name }) => name === `ai_ipc.${part}`)?.spanId;
  const parents = Object.fromEntries(spans.map(({ name, parentSpanId }) => [name, parentSpanId]));
  expect(parents).toEqual({
    'ai_ipc.request': undefined,
    'ai_ipc.claim': idOf('request'),
    'ai_ipc.call': idOf('request'),
    'ai_ipc.settle': idOf('request'),
    'ai_ipc.service': idOf('call'),
    'ai_ipc.model': idOf('service'),
  });
  for (const { startTimeUnixNano: start, endTimeUnixNano: end } of spans)
    expect(BigInt(end)).toBeGreaterThanOrEqual(BigInt(start));
  const asked = stub.callsTo('/v1/chat/completions').map(({ headers }) => headers['traceparent']);
  expect(asked).toContain(`00-${spans[0]!.traceId}-${idOf('model')}-01`);
  const sent = stub.callsTo('/v1/traces').map(({ body }) => body);
  expect(sent.join()).not.toMatch(/hidden cave|old mill|secret/);
});

it('without an SDK the AI service hands on the trace that it was sent, and the worker sends none', async () => {
  const { url } = await serve({
    modelServer: { ...defaultsOf(MODEL_SERVER), url: `${stub.url}/v1`, model: 'tiny', isWarmedUp: false },
  });
  const before = stub.callsTo('/v1/chat/completions').length;
  const talk = { npc_id: 'sage', player_id: 7, message: SAID };
  await post(`${url}${DIALOGUE}`, talk, CALLERS);
  await post(`${url}${DIALOGUE}`, { ...talk, message: 'And the mill?' });
  const asked = stub.callsTo('/v1/chat/completions').slice(before);
  expect(asked.map(({ headers }) => headers)).toMatchObject([
    CALLERS,
    expect.not.objectContaining({ traceparent: expect.anything() }),
  ]);
});
