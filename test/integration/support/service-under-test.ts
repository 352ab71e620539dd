import { type ClientRequest, request } from 'node:http';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { createLogger, descriptor, type Logger } from '../../../src/base/logger.ts';
import type { MariadbSettings, ServiceSettings, Settings } from '../../../src/config/load.ts';
import { MODEL_SERVER } from '../../../src/config/service-schema.ts';
import { defaultsOf } from '../../../src/config/setting.ts';
import { openServiceDatabase } from '../../../src/service/base/service-database.ts';
import { createService, type Service } from '../../../src/service/server.ts';
import { type Behaviour, behaviours } from '../../support/ai-stub.ts';
import { ROOT } from '../../support/cli-process.ts';
import { JSON_TYPE, posting } from '../../support/json-body.ts';
import type { ModelStub } from '../../support/model-stub.ts';
import type { DatabaseSettings } from '../../support/test-database.ts';

export const SCHEMA = join(ROOT, 'sql-files/ai_ipc_tables.sql');
export const DIALOGUE = '/api/v1/npc/dialogue';

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A database of a test, as the settings would give it. */
export function databaseOf(settings: DatabaseSettings): MariadbSettings & { readonly kind: 'mariadb' } {
  return {
    ...settings,
    kind: 'mariadb',
    socketPath: null,
    minPoolSize: 1,
    maxPoolSize: 10,
    sslCaFile: null,
  };
}

/** Starts services in this process that end with the test. Without a database they remember nothing. */
export function useServices(): (
  settings?: Partial<ServiceSettings>,
  database?: Settings['database'],
  tools?: { readonly logger?: Logger; readonly clock?: Clock },
) => Promise<{ readonly url: string; readonly service: Service }> {
  const started: Service[] = [];
  afterEach(async () => {
    for (const service of started.splice(0)) await service.stop();
  });
  // What the services say of the troubles that a test makes on purpose is for nobody.
  const silent = createLogger({ level: 'error', format: 'json', to: descriptor(2) });
  silent.level = 'silent';
  return async (settings = {}, database, { logger = silent, clock = systemClock } = {}) => {
    const service = createService({
      port: 0,
      logger,
      clock,
      settings,
      ...(database === undefined ? {} : { openDatabase: () => openServiceDatabase(database) }),
    });
    started.push(service);
    const { url } = await service.start();
    return { url, service };
  };
}

export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await fetch(url, posting(JSON.stringify(body), headers));
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

export async function remembered(url: string, npc: string, player: string | number): Promise<unknown[]> {
  const response = await fetch(`${url}/api/v1/npc/${npc}/memory?player_id=${player}`);
  const { turns } = (await response.json()) as { turns: unknown[] };
  return turns;
}

/** A call that can hang up before it is answered. */
export function postAndHangUp(url: string, body: unknown, headers: Record<string, string> = {}) {
  const sent: ClientRequest = request(url, { method: 'POST', headers: { ...JSON_TYPE, ...headers } });
  sent.on('error', () => undefined);
  sent.end(JSON.stringify(body));
  return {
    async hangUp(): Promise<void> {
      const closed = new Promise((resolve) => sent.once('close', resolve));
      sent.destroy();
      await closed;
    },
  };
}

/** The settings with which this stub is the model, one that needs not be loaded. */
export function modelServer({ url }: ModelStub): Pick<ServiceSettings, 'modelServer'> {
  return { modelServer: { ...defaultsOf(MODEL_SERVER), url, model: 'stub', isWarmedUp: false } };
}

/** A model that thinks until it is told what to say. */
export function thoughtfulModel(): { readonly behaviour: Behaviour; say(text: string): void } {
  let say: (text: string) => void = () => undefined;
  const said = new Promise<string>((resolve) => {
    say = resolve;
  });
  return {
    behaviour: (call, response) =>
      void said.then((text) => behaviours.json(completion(text))(call, response)),
    say,
  };
}

function completion(text: string) {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'stub',
    choices: [
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: JSON.stringify({ text }) } },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  };
}
