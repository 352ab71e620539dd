import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { loadSettings } from '../../src/config/load.ts';
import { SERVICE } from '../../src/config/service-schema.ts';
import { DEFAULT_ACTIONS } from '../../src/service/brain/decision.ts';
import { EMOTION_NAMES } from '../../src/service/brain/emotion.ts';
import { HTTP_ERRORS } from '../../src/service/http/http-error.ts';
import { createService, type Service } from '../../src/service/server.ts';
import { openServiceDatabase } from '../../src/service/service-database.ts';
import { type ModelStub, startModelStub } from '../support/model-stub.ts';
import { runCli, useCli } from './support/cli-process.ts';
import { type DocExample, readExamples, type Step } from './support/doc-examples.ts';

const page = await readFile(new URL('../../docs/ai-service.md', import.meta.url), 'utf8');
const steps = readExamples(page);
/** What differs from run to run; only their type is compared. */
const VARYING = ['latency_ms', 'uptime_s', 'version', 'tokens'];
/** Where the page's model server is; a stub stands in for it. */
const MODEL_SERVER = 'http://127.0.0.1:11434/v1';
const SLOW_MODEL = 'slow';

const logger = createLogger({ level: 'error', format: 'json', fd: 2 });
logger.level = 'silent';
const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-docs-'));
const services: Service[] = [];
let model: ModelStub;
let url = '';

useCli();
beforeAll(async () => {
  model = await startModelStub();
});
afterAll(async () => {
  for (const service of services) await service.stop();
  await model.close();
  rmSync(folder, { recursive: true });
});

describe('docs/ai-service.md', () => {
  it.each(steps)('$title', async (step) => {
    if (step.kind === 'shell') await runShell(step);
    else await runExample(step);
  });

  it('has an example for every endpoint and every error', async () => {
    const api = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: object };
    const called = steps.flatMap((step) => (step.kind === 'call' ? [step.path] : []));
    for (const path of Object.keys(api.paths).filter((name) => name !== '/openapi.json')) {
      const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}(\\?|$)`);
      // The same endpoint as decide.
      if (!path.endsWith('/decision')) expect(called, path).toContainEqual(expect.stringMatching(pattern));
    }
    const statuses = steps.flatMap((step) =>
      step.kind === 'call' && step.answer ? [step.answer.status] : [],
    );
    for (const status of [400, 401, 404, 405, 409, 429, 502, 503, 504]) expect(statuses).toContain(status);
  });

  it('names every error code with its status, every emotion, default action and setting', () => {
    for (const [code, status] of Object.entries(HTTP_ERRORS))
      expect(page).toContain(`| ${status} | \`${code}\` |`);
    for (const emotion of EMOTION_NAMES) expect(page).toContain(`\`${emotion}\``);
    const list = new Intl.ListFormat('en-GB').format(DEFAULT_ACTIONS);
    expect(page.replace(/\s+/g, ' ')).toContain(`it chooses from ${list}`);
    for (const { variable } of Object.values(SERVICE)) expect(page).toContain(variable);
  });
});

/** Starts the service as the line says, or runs the command on the database of the one that runs. */
async function runShell({ lines }: Step & { kind: 'shell' }): Promise<void> {
  for (const line of lines) {
    const written = /^printf '(?<text>.*)\\n' > (?<file>\S+)$/.exec(line)?.groups;
    const service = /^(?<env>(?:\w+=(?:'[^']*'|\S+) )*)npx ai-ipc service(?<options>.*)$/.exec(line)?.groups;
    const command = /^npx ai-ipc (?<words>.+)$/.exec(line)?.groups;
    if (written) writeFileSync(join(folder, written['file'] ?? ''), `${written['text']}\n`);
    else if (service) await startService(service['env'] ?? '', service['options'] ?? '');
    else if (command) await runCommand(command['words'] ?? '');
    else throw new Error(`This test does not know how to run ${line}`);
  }
}

async function startService(variables: string, options: string): Promise<void> {
  const pairs = [...variables.matchAll(/(\w+)=(?:'([^']*)'|(\S+)) /g)].map(
    ([, name = '', quoted, bare]) => [name, quoted ?? bare ?? ''] as const,
  );
  const env = Object.fromEntries(pairs);
  if (env['AI_PROVIDER_URL'] === MODEL_SERVER) env['AI_PROVIDER_URL'] = model.url;
  const named = /^ --database (\S+)$/.exec(options)?.[1];
  const database = named === undefined ? {} : { database: named };
  const settings = loadSettings({ env, cwd: folder, ...database });
  model.clear();
  if (env['AI_MODEL'] === SLOW_MODEL) model.fail('never');
  const service = createService({
    port: 0,
    hasTestEndpoints: true,
    logger,
    settings: settings.service,
    openDatabase: () => openServiceDatabase(settings.database),
  });
  services.push(service);
  ({ url } = await service.start());
  if (env['AI_MAX_IN_FLIGHT'] === '1') await fillUp();
}

/** The one place is taken by a call to the slow model. */
async function fillUp(): Promise<void> {
  void fetch(`${url}/api/v1/npc/dialogue`, { method: 'POST', body: '{"message":"Hello"}' });
  await expect.poll(() => model.calls.length, { timeout: 10_000 }).toBe(1);
}

async function runCommand(words: string): Promise<void> {
  const file = join(folder, 'ai_ipc.sqlite');
  const { exitCode } = await runCli([...words.split(' '), '--database', `sqlite:${file}`]);
  expect(exitCode).toBe(0);
}

async function runExample(example: DocExample): Promise<void> {
  const { answer } = example;
  if (answer === undefined) {
    expect((await send(example)).status).toBe(200);
    return;
  }
  const expected = { ...answer, body: withEllipses(withoutVarying(answer.body)) };
  // What a command changed reaches the service within 2 s.
  if (answer.body['limited'] === 'off')
    await expect.poll(() => send(example), { timeout: 2_500, interval: 100 }).toEqual(expected);
  else expect(await send(example)).toEqual(expected);
}

/** "…" in a text of the page stands for what it leaves out. */
function withEllipses(value: unknown): unknown {
  if (typeof value === 'string' && value.includes('…')) {
    const parts = value.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return expect.stringMatching(new RegExp(`^${parts.join('.*')}$`, 's'));
  }
  if (Array.isArray(value)) return value.map(withEllipses);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withEllipses(part)]));
}

async function send({ method, path, headers, body, answer }: DocExample) {
  const response = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const shown = Object.keys(answer?.headers ?? {}).map((name) => [name, response.headers.get(name)] as const);
  return {
    status: response.status,
    headers: Object.fromEntries(shown),
    body: withoutVarying((await response.json()) as Record<string, unknown>),
  };
}

function withoutVarying(answer: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(answer).map(([key, value]) => [key, VARYING.includes(key) ? typeof value : value]),
  );
}
