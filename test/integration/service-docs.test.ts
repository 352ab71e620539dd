import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICE } from '../../src/config/service-schema.ts';
import { EMOTION_NAMES } from '../../src/mind/language/emotion.ts';
import { ANSWERS, DEFAULT_ACTIONS } from '../../src/service/base/contract.ts';
import { HTTP_ERRORS } from '../../src/service/http/http-error.ts';
import { useCli } from '../support/cli-process.ts';
import { type DocExample, readExamples } from './support/doc-examples.ts';
import { placesIn, placesOf } from './support/doc-match.ts';
import { DocRunner } from './support/doc-runner.ts';

interface Operation {
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

const page = await readFile(new URL('../../docs/ai-service.md', import.meta.url), 'utf8');
const steps = readExamples(page);
const calls = steps.filter((step) => step.kind === 'call');
const answers = calls.flatMap(({ answer }) => (answer === undefined ? [] : [answer.body]));

useCli();

let runner: DocRunner;
let api: OpenApi;

beforeAll(async () => {
  runner = await DocRunner.start();
});
afterAll(() => runner.close());

describe('docs/ai-service.md', () => {
  it.each(steps)('$title', async (step) => {
    await runner.run(step);
  });
});

describe('the examples of docs/ai-service.md', () => {
  beforeAll(async () => {
    api = (await (await fetch(`${runner.url}/openapi.json`)).json()) as OpenApi;
  });

  it('call every endpoint', () => {
    for (const { path, method } of operations())
      if (path !== '/openapi.json') expect(callsOf(path, method), `${method} ${path}`).not.toEqual([]);
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
    expect([...shown.keys()]).toHaveLength(9);
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
    for (const pair of Object.entries(HTTP_ERRORS)) expect(errors).toContainEqual(pair);
  });

  it('show every limit and every state of health', () => {
    for (const limited of ANSWERS.dialogue.shape.limited.unwrap().options)
      expect(answers).toContainEqual(expect.objectContaining({ limited }));
    for (const status of ANSWERS.health.shape.status.options)
      expect(answers).toContainEqual(expect.objectContaining({ status, provider: expect.any(String) }));
  });

  it('start the service with every setting', () => {
    const lines = steps.flatMap((step) => (step.kind === 'shell' ? step.text.split('\n') : []));
    const services = lines.filter((line) => line.includes('npx ai-ipc service'));
    for (const { variable } of Object.values(SERVICE))
      expect(services).toContainEqual(expect.stringMatching(new RegExp(`(^| )${variable}=`)));
  });
});

it('docs/ai-service.md names every error code with its status, every emotion and default action', () => {
  for (const [code, status] of Object.entries(HTTP_ERRORS))
    expect(page).toContain(`| ${status} | \`${code}\` |`);
  for (const emotion of EMOTION_NAMES) expect(page).toContain(`\`${emotion}\``);
  const list = new Intl.ListFormat('en-GB').format(DEFAULT_ACTIONS);
  expect(page.replace(/\s+/g, ' ')).toContain(`it chooses from ${list}`);
});

function operations() {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

function callsOf(path: string, method: string): DocExample[] {
  const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}(\\?|$)`);
  return calls.filter((call) => call.method === method.toUpperCase() && pattern.test(call.path));
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
