import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MODEL_SERVER, MODELS, SERVICE } from '../../src/config/service-schema.ts';
import { EMOTION_NAMES } from '../../src/mind/language/emotion.ts';
import { ANSWERS, DEFAULT_ACTIONS } from '../../src/service/base/contract.ts';
import { HTTP_ERRORS } from '../../src/service/http/http-error.ts';
import { describeApi } from '../../src/service/http/openapi.ts';
import { readSources } from '../architecture/source-rules.ts';
import { ROOT, useCli } from '../support/cli-process.ts';
import type { DocExample, Step } from './support/doc-examples.ts';

import { placesIn, placesOf } from './support/doc-match.ts';
import { CALLS_PAGE, EXAMPLE_PAGES, SERVICE_PAGE } from './support/doc-pages.ts';
import { DocRunner } from './support/doc-runner.ts';

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly { readonly $ref: string }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: { readonly 200: { readonly content: Content } };
}

type Content = { readonly 'application/json': { readonly schema: { readonly $ref?: string } } };

interface OpenApi {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly schemas: Record<string, object>;
    readonly parameters: Record<string, { readonly name: string; readonly in: string }>;
  };
}

/** A person reads it from top to bottom: what only a test wants to read stands in the other pages of examples. */
const MOST_LINES = 350;

const page = SERVICE_PAGE.text;
const bothPages = `${page}\n${CALLS_PAGE.text}`;
const steps = [SERVICE_PAGE, CALLS_PAGE, ...EXAMPLE_PAGES].flatMap((one) => one.steps);
const calls = steps.filter((step) => step.kind === 'call');
const answers = calls.flatMap(({ answer }) => (answer === undefined ? [] : [answer.body]));

const LIMITS = ANSWERS.dialogue.shape.limited.unwrap().options;
/** They are there with --test-endpoints only, and in no OpenAPI file. */
const TEST_PATHS = ['/api/v1/test/delay/{ms}', '/api/v1/test/status/{code}'];

useCli();

let runner: DocRunner;
let api: OpenApi;

beforeAll(async () => {
  api = JSON.parse(JSON.stringify(describeApi('0'))) as OpenApi;
  runner = await DocRunner.start();
});
afterAll(() => runner.close());

describe('docs/ai-service.md', () => {
  it.each(SERVICE_PAGE.steps)('$title', async (step) => {
    await runner.run(step);
  });
});

describe('docs/ai-calls.md, on the same service', () => {
  it.each(CALLS_PAGE.steps)('$title', async (step) => {
    await runner.run(step);
  });
});

describe('docs/ai-service.md and test/integration/ai-service-examples together', () => {
  it('call every endpoint', () => {
    for (const { path, method } of operations())
      if (path !== '/openapi.json') expect(callsOf(path, method), `${method} ${path}`).not.toEqual([]);
    for (const path of TEST_PATHS) expect(callsOf(path, 'post'), path).not.toEqual([]);
  });

  it('show every field that an endpoint takes and gives', () => {
    const shown = new Map<string, Set<string>>();
    for (const { path, method, operation } of operations()) {
      const ours = callsOf(path, method);
      note(shown, operation.requestBody?.content, ours.map(bodyOf));
      note(
        shown,
        operation.responses[200].content,
        ours.filter(isGood).map(({ answer }) => answer?.body),
      );
    }
    const schemas = Object.keys(api.components.schemas).filter((name) => name !== 'Error');
    expect([...shown.keys()].sort()).toEqual(schemas.sort());
    for (const [name, places] of shown) {
      const missing = placesOf(api.components.schemas[name]).filter((place) => !places.has(place));
      expect(missing, name).toEqual([]);
    }
  });

  it('send every header', () => {
    const named = Object.values(api.components.parameters).filter((parameter) => parameter.in === 'header');
    const sent = calls.flatMap(({ headers }) => Object.keys(headers));
    for (const name of [...named.map((parameter) => parameter.name), 'Authorization', 'X-API-Key'])
      expect(sent).toContain(name);
  });

  it('show every error', () => {
    const errors = calls.flatMap(({ answer }) =>
      answer === undefined || !('error' in answer.body)
        ? []
        : [[(answer.body['error'] as { code: string }).code, answer.status]],
    );
    // It takes 10 s to come: service-floods.test.ts has it.
    const { body_too_slow: _, ...shown } = HTTP_ERRORS;
    for (const pair of Object.entries(shown)) expect(errors).toContainEqual(pair);
  });

  it('show every limit and every state of health', () => {
    for (const limited of LIMITS) expect(answers).toContainEqual(expect.objectContaining({ limited }));
    for (const status of ANSWERS.health.shape.status.options)
      expect(answers).toContainEqual(expect.objectContaining({ status, provider: expect.any(String) }));
  });

  it('start the service with every setting', () => {
    const lines = steps.flatMap((step) => (step.kind === 'shell' ? step.text.split('\n') : []));
    const services = lines.filter((line) => line.includes('ai-ipc service'));
    for (const { variable } of Object.values({ ...MODEL_SERVER, ...MODELS, ...SERVICE }))
      expect(services).toContainEqual(expect.stringMatching(new RegExp(`(^| )${variable}=`)));
  });
});

describe('docs/ai-service.md and docs/ai-calls.md', () => {
  it('can each be read in one go', () => {
    for (const { text } of [SERVICE_PAGE, CALLS_PAGE])
      expect(text.split('\n').length).toBeLessThanOrEqual(MOST_LINES);
  });

  it('have an example of every endpoint', () => {
    for (const { path, method, operation } of operations())
      if (path !== '/openapi.json' && !operation.summary.startsWith('The same as'))
        expect(
          callsOf(path, method, [...SERVICE_PAGE.steps, ...CALLS_PAGE.steps]),
          `${method} ${path}`,
        ).not.toEqual([]);
  });

  it('name every path, field and header', () => {
    const { schemas, parameters } = api.components;
    const fields = Object.values(schemas).flatMap((schema) => placesOf(schema));
    const names = [
      ...fields.map((place) => place.split('.').at(-1) ?? ''),
      ...Object.values(parameters).map(({ name }) => name),
      ...['Authorization', 'X-API-Key', 'X-AI-IPC-Persona', 'Allow', 'Retry-After'],
    ];
    for (const name of names) expect(bothPages).toMatch(new RegExp(`[\`"/{]${name}\\b`));
    for (const path of [...Object.keys(api.paths), ...TEST_PATHS])
      expect(page.replace('Sage%20of%20Prontera', '{npc_id}')).toContain(path);
  });

  it('names every error code with its status, every limit, emotion and default action', () => {
    for (const [code, status] of Object.entries(HTTP_ERRORS))
      expect(page).toContain(`| ${status} | \`${code}\` |`);
    for (const limited of LIMITS) expect(page).toContain(`"limited": "${limited}"`);
    for (const emotion of EMOTION_NAMES) expect(page).toContain(`\`${emotion}\``);
    const list = new Intl.ListFormat('en-GB').format(DEFAULT_ACTIONS);
    expect(page.replace(/\s+/g, ' ')).toContain(`it chooses from ${list}`);
  });

  it('explains messages that the service has', () => {
    const section = page.split('\n## When it does not answer\n')[1] ?? '';
    const messages = [...section.matchAll(/`([A-Z][A-Za-z]+ [^`]+)`/g)].map(([, message]) => message ?? '');
    const source = readSources(ROOT, ['src/service'])
      .map(({ text }) => text)
      .join('');
    expect(messages.length).toBeGreaterThan(2);
    expect(messages.filter((message) => !source.includes(message))).toEqual([]);
  });
});

function operations() {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

function callsOf(path: string, method: string, among: readonly Step[] = steps): DocExample[] {
  const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}(\\?|$)`);
  return among
    .filter((step) => step.kind === 'call')
    .filter((call) => call.method === method.toUpperCase() && pattern.test(call.path));
}

function isGood({ answer }: DocExample): boolean {
  return answer?.status === 200;
}

function bodyOf({ body = '{}', answer }: DocExample): unknown {
  return answer?.status === HTTP_ERRORS.bad_json ? {} : JSON.parse(body);
}

/** Two endpoints may share a schema, and what one of them shows is shown. */
function note(shown: Map<string, Set<string>>, content: Content | undefined, values: unknown[]): void {
  const name = content?.['application/json'].schema.$ref?.split('/').at(-1);
  if (name === undefined) return;
  shown.set(name, new Set([...(shown.get(name) ?? []), ...values.flatMap((value) => placesIn(value))]));
}
