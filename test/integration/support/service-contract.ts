import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { createLogger, descriptor } from '../../../src/base/logger.ts';
import type { ServiceSettings } from '../../../src/config/load.ts';
import { openServiceDatabase } from '../../../src/service/base/service-database.ts';
import { createService, type Service } from '../../../src/service/server.ts';
import { JSON_TYPE } from '../../support/json-body.ts';
import { type ModelStub, startModelStub } from '../../support/model-stub.ts';

export const KEY = 'open sesame';
export const WITH_KEY = { Authorization: `Bearer ${KEY}` };

interface OpenApi {
  readonly paths: Record<string, Record<string, Operation>>;
}

interface Operation {
  readonly requestBody?: { readonly content: Content };
  readonly responses: Record<string, { readonly content: Content }>;
}

type Content = { readonly 'application/json': { readonly schema: object } };

interface Call {
  readonly method?: string;
  /** As the OpenAPI file has it. */
  readonly path: string;
  /** What stands for the parameters in it, and the query. */
  readonly at?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly url?: string;
}

interface Place {
  readonly method: string;
  readonly path: string;
  readonly part: string;
}

/**
 * A service that asks for KEY, its OpenAPI file and a stub of a model server, for all tests of a file. `call` makes a
 * call and checks that status and answer are in the OpenAPI file.
 */
export function useContract() {
  const logger = createLogger({ level: 'error', format: 'json', to: descriptor(2) });
  const services: Service[] = [];
  let folder: string;
  let model: ModelStub;
  let url: string;
  let api: OpenApi;
  let ajv: Ajv2020;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ai-ipc-contract-'));
    url = await serve({ serviceKey: KEY });
    model = await startModelStub();
    api = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApi;
    ajv = new Ajv2020({ strict: false, allErrors: true });
    ajv.addSchema(api, 'api');
  });
  afterEach(() => model.clear());
  afterAll(async () => {
    for (const service of services) await service.stop();
    await model.close();
    await rm(folder, { recursive: true });
  });

  /** A service of its own settings; all of them remember in one database, those with null in none. */
  async function serve(settings: Partial<ServiceSettings>, place: string | null = folder): Promise<string> {
    const service = createService({
      port: 0,
      logger,
      settings,
      ...(place === null
        ? {}
        : {
            openDatabase: () => openServiceDatabase({ kind: 'sqlite', file: join(place, 'ai_ipc.sqlite') }),
          }),
    });
    services.push(service);
    return (await service.start()).url;
  }

  async function call({ method = 'POST', path, at = path, body, headers = {}, url: base = url }: Call) {
    const response = await fetch(`${base}${at}`, {
      method,
      headers: { ...JSON_TYPE, ...WITH_KEY, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    expect(problemsOf({ method, path, part: `responses/${response.status}` }, answer)).toEqual([]);
    return { status: response.status, headers: response.headers, answer };
  }

  function problemsOf({ method, path, part }: Place, value: unknown): string[] {
    const place = `paths/${path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')}`;
    const validate = ajv.getSchema(
      `api#/${place}/${method.toLowerCase()}/${part}/content/application~1json/schema`,
    );
    if (validate === undefined) return [`${method} ${path} has no ${part} in the OpenAPI file`];
    return validate(value) ? [] : [JSON.stringify(validate.errors), JSON.stringify(value)];
  }

  return {
    ...{ serve, call, problemsOf },
    get url() {
      return url;
    },
    get model() {
      return model;
    },
    get api() {
      return api;
    },
    get folder() {
      return folder;
    },
  };
}
