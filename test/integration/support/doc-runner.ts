import { createRequire } from 'node:module';
import pino from 'pino';
import { request } from 'undici';
import { expect } from 'vitest';
import { loadSettings } from '../../../src/config/load.ts';
import { openServiceDatabase } from '../../../src/service/base/service-database.ts';
import { createService, type Service } from '../../../src/service/server.ts';
import { behaviours } from '../../support/ai-stub.ts';
import { newFolder, PROGRAM, runProgram } from '../../support/cli-process.ts';
import { JSON_TYPE, posting } from '../../support/json-body.ts';
import { type ModelStub, startModelStub } from '../../support/model-stub.ts';
import type { DocExample, DocModelCall, DocShell, Step } from './doc-examples.ts';
import { ellipsed, withEllipses, withoutVarying } from './doc-match.ts';

/** Where the page's model server is; a stub stands in for it. */
const MODEL_SERVER = 'http://127.0.0.1:11434/v1';
/** What the models of the pages do, by their names. */
const MODELS: Readonly<Record<string, (model: ModelStub) => void>> = {
  slow: (model) => model.fail('never'),
  busy: (model) => model.fail(behaviours.status(429, { retryAfter: '5' })),
  silent: (model) => model.write(''),
  strict: (model) =>
    model.fail(behaviours.status(400, { body: { error: { message: 'Filtered', code: 'content_filter' } } })),
};
const SERVICE = 'http://127.0.0.1:8000';
const SERVICE_LINE = /^(?<env>(?:\w+=(?:'[^']*'|\S+) )*)ai-ipc service(?<options>.*)$/;
/** Often enough, where each look is a call. */
const SOON = { interval: 100 };

/** The programs of the page that this machine need not have, made of those that are here. */
const PROGRAMS = `
set -e
ai-ipc() { '${process.execPath}' '${PROGRAM}' "$@"; }
curl() {
  '${process.execPath}' -e '
    const [url] = process.argv.filter((argument) => argument.startsWith("http"));
    const after = (flag) => process.argv[process.argv.indexOf(flag, 1) + 1];
    const sent = process.argv.includes("-d") && { method: "POST", body: after("-d"), headers: [after("-H").split(": ")] };
    fetch(url, sent || {}).then((answer) => answer.text()).then(console.log);
  ' -- "$@"
}
sqlite3() {
  '${process.execPath}' -e '
    const { DatabaseSync } = require("${createRequire(import.meta.url).resolve('@photostructure/sqlite')}");
    const database = new DatabaseSync(process.argv[1], { timeout: 10_000 });
    database.exec(process.argv[2]);
    database.close();
  ' "$@"
}
`;

/** Runs the steps of a page one after the other, in one folder, on the service that the page started last. */
export class DocRunner {
  readonly #folder = newFolder('file');
  readonly #services: Service[] = [];
  readonly #log: string[] = [];
  readonly #model: ModelStub;
  /** Of the service that was started last. */
  #url = '';
  #isSwitched = false;

  private constructor(model: ModelStub) {
    this.#model = model;
  }

  static async start(): Promise<DocRunner> {
    return new DocRunner(await startModelStub());
  }

  async close(): Promise<void> {
    for (const service of this.#services) await service.stop();
    await this.#model.close();
  }

  async run(step: Step): Promise<void> {
    if (step.kind === 'shell') await this.#runShell(step);
    else if (step.kind === 'call') await this.#runCall(step);
    else if (step.kind === 'model') this.#checkModelCall(step);
    else await this.#checkLog(step.line);
  }

  async #checkLog(line: string): Promise<void> {
    await expect.poll(() => this.#log, SOON).toContainEqual(expect.stringMatching(ellipsed(`${line}\n`)));
  }

  /** A line that starts the service ends what a terminal runs before. */
  async #runShell({ text, printed }: DocShell): Promise<void> {
    const lines = text.split('\n');
    const service = SERVICE_LINE.exec(lines.at(-1) ?? '')?.groups;
    const script = (service === undefined ? lines : lines.slice(0, -1)).join('\n');
    this.#isSwitched = script.includes('ai-ipc npcs');
    if (script !== '') {
      const stdout = await this.#runScript(script);
      if (service === undefined && printed !== undefined) expect(stdout.trim()).toMatch(ellipsed(printed));
    }
    if (service === undefined) return;
    await this.#startService(service['env'] ?? '', service['options'] ?? '');
    if (printed !== undefined) await this.#checkLog(printed);
  }

  async #runScript(script: string): Promise<string> {
    const here = PROGRAMS + script.replaceAll(SERVICE, this.#url).replaceAll(MODEL_SERVER, this.#model.url);
    const { exitCode, stdout, stderr } = await runProgram('bash', ['-c', here], { cwd: this.#folder });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    return stdout;
  }

  async #startService(variables: string, options: string): Promise<void> {
    const pairs = [...variables.matchAll(/(\w+)=(?:'([^']*)'|(\S+)) /g)].map(
      ([, name = '', quoted, bare]) => [name, quoted ?? bare ?? ''] as const,
    );
    const env = Object.fromEntries(
      pairs.map(([name, value]) => [name, value.replaceAll(MODEL_SERVER, this.#model.url)]),
    );
    const { database, hasTestEndpoints } = toOptions(options);
    const settings = loadSettings({
      env,
      cwd: this.#folder,
      ...(database === undefined ? {} : { database }),
    });
    this.#log.length = 0;
    this.#model.clear();
    MODELS[env['AI_MODEL'] ?? '']?.(this.#model);
    const service = createService({
      port: 0,
      hasTestEndpoints,
      logger: this.#logger(),
      settings: settings.service,
      openDatabase: () => openServiceDatabase(settings.database),
    });
    this.#services.push(service);
    this.#url = (await service.start()).url;
    if (env['AI_MAX_IN_FLIGHT'] === '1') await this.#fillUp();
  }

  /** In the form of `ai-ipc service`, but to be looked at here. */
  #logger() {
    const formatters = { level: (label: string) => ({ level: label.toUpperCase() }) };
    return pino({ base: null, formatters }, { write: (line: string) => void this.#log.push(line) });
  }

  /** The one place is taken by a call to the slow model. */
  async #fillUp(): Promise<void> {
    void fetch(`${this.#url}/api/v1/npc/dialogue`, posting('{"message":"Hello"}'));
    await expect.poll(() => this.#model.calls.length).toBe(1);
  }

  async #runCall(example: DocExample): Promise<void> {
    const { answer } = example;
    if (answer === undefined) {
      expect((await this.#send(example)).status).toBe(200);
      return;
    }
    const expected = { ...answer, body: withEllipses(withoutVarying(answer.body)) };
    // What may come a little later: a look changes nothing, nor does a line that NPCs say to nobody.
    if (example.method === 'GET' || this.#isSwitched)
      await expect.poll(() => this.#send(example), SOON).toEqual(expected);
    else expect(await this.#send(example)).toEqual(expected);
  }

  async #send(example: DocExample) {
    const { method, path, answer } = example;
    const { 'Content-Length': length, ...others } = example.headers;
    const headers = { ...JSON_TYPE, ...others };
    // Blanks may stand behind JSON: a body of a length that the page does not print has them.
    const body = example.body?.padEnd(Number(length ?? 0));
    // Not `fetch`, which sends no Host but its own.
    const response = await request(`${this.#url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const shown = Object.keys(answer?.headers ?? {}).map(
      (name) => [name, response.headers[name.toLowerCase()]] as const,
    );
    return {
      status: response.statusCode,
      headers: Object.fromEntries(shown),
      body: withoutVarying((await response.body.json()) as Record<string, unknown>),
    };
  }

  /** The last call that reached the model server has all that the page shows, and may have more. */
  #checkModelCall({ headers, body = '' }: DocModelCall): void {
    const call = this.#model.calls.at(-1);
    const expected = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    expect(call?.headers).toMatchObject(Object.fromEntries(expected));
    expect(call?.request).toMatchObject(withEllipses(JSON.parse(body)) as object);
  }
}

function toOptions(options: string) {
  const [, database, testEndpoints, rest] =
    /^(?: --database (\S+))?( --test-endpoints)?(.*)$/.exec(options) ?? [];
  if (rest !== '') throw new Error(`This test does not know the options${options}`);
  return { database, hasTestEndpoints: testEndpoints !== undefined };
}
