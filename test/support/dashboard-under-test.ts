import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type AiStub, startAiStub } from './ai-stub.ts';
import { openBrowser } from './browser.ts';
import { mariadbEnv, mariadbOption, newFolder, ROOT, serving, startCli, useCli } from './cli-process.ts';
import { type ModelStub, startModelStub } from './model-stub.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { WAIT_MS, waitFor } from './wait-for.ts';

export const TOKEN = 'sixteen-and-more-of-them';

/** A worker that shows the dashboard, a database, an AI service and a model that do what a test wants, and a browser. */
export interface DashboardUnderTest {
  readonly url: string;
  readonly database: TestDatabase;
  readonly ai: AiStub;
  readonly model: ModelStub;
  /** Where its personas are. */
  readonly personas: string;
  /** What pages asked for that is not the dashboard's, and what their consoles said. */
  readonly strayRequests: readonly string[];
  readonly consoleErrors: readonly string[];
  openPage(options?: BrowserContextOptions): Promise<Page>;
  /** The overview, of somebody who has brought the token: the first time by hand. */
  signIn(options?: BrowserContextOptions): Promise<Page>;
  /** Inserts a request as a script does, and gives its id. */
  ask(request?: AskedRequest): Promise<number>;
  statusOf(id: number): Promise<string>;
  waitForStatus(id: number, status: string): Promise<void>;
}

interface AskedRequest {
  readonly endpoint?: string;
  readonly npc?: string | null;
  readonly map?: string | null;
  readonly type?: string;
  readonly data?: string;
}

/** One of each for a whole file: the browser and the worker are a second of CPU each. */
export function useDashboard(): () => DashboardUnderTest {
  let made: Made | undefined;
  useCli();
  beforeAll(async () => {
    made = await make();
  });
  afterEach(async () => {
    await made?.closePages();
    made?.ai.clear();
    made?.model.clear();
  });
  afterAll(async () => {
    await made?.browser.close();
    await made?.ai.close();
    await made?.model.close();
    await made?.database.drop();
  });
  return () => {
    if (made === undefined) throw new Error('The dashboard has not started.');
    return made;
  };
}

interface Made extends DashboardUnderTest {
  readonly browser: Browser;
  closePages(): Promise<void>;
}

async function make(): Promise<Made> {
  const database = await createTestDatabase();
  await database.loadSqlFile(join(ROOT, 'sql-files/ai_ipc_tables.sql'));
  const [ai, model] = [await startAiStub(), await startModelStub()];
  const personas = newFolder('file');
  const [url, browser] = await Promise.all([startWorker({ database, ai, model, personas }), openBrowser()]);
  const contexts: BrowserContext[] = [];
  const strayRequests: string[] = [];
  const consoleErrors: string[] = [];
  let storageState: BrowserContextOptions['storageState'];

  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ timezoneId: 'UTC', ...options });
    contexts.push(context);
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    page.on('request', (request) => {
      if (!request.url().startsWith(`${url}/`)) strayRequests.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') consoleErrors.push(message.text());
    });
    page.on('pageerror', (error) => consoleErrors.push(error.message));
    return page;
  }

  return {
    ...{ url, database, ai, model, personas, browser, strayRequests, consoleErrors, openPage },
    async signIn(options = {}) {
      if (storageState !== undefined) {
        const page = await openPage({ ...options, storageState });
        await page.goto(url);
        return page;
      }
      const page = await openPage(options);
      await page.goto(`${url}/sign-in`);
      await page.getByLabel('Token').fill(TOKEN);
      await page.getByLabel('Your name, for the audit log').fill('Ana');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`${url}/`);
      storageState = await page.context().storageState();
      return page;
    },
    ask: (request) => ask(database, request),
    statusOf: (id) => statusOf(database, id),
    async waitForStatus(id, status) {
      await waitFor(async () => (await statusOf(database, id)) === status, { what: `${status} of ${id}` });
    },
    async closePages() {
      for (const context of contexts.splice(0)) await context.close();
    },
  };
}

interface WorkerParts extends Pick<DashboardUnderTest, 'database' | 'ai' | 'model' | 'personas'> {}

async function startWorker({ database, ai, model, personas }: WorkerParts): Promise<string> {
  const worker = startCli(['worker', ...mariadbOption(database)], {
    stay: 'file',
    env: {
      ...mariadbEnv(database),
      ...{ AI_SERVICE_BASE_URL: ai.url, AI_PROVIDER_URL: model.url, AI_MODEL: 'stub', AI_PERSONAS: personas },
      ...{ DASHBOARD: 'true', DASHBOARD_BIND: '127.0.0.1:0', DASHBOARD_TOKEN: TOKEN },
    },
  });
  await serving(worker);
  const [, url = ''] = await worker.waitForOutput(/"url":"(http:[^"]+)".*"msg":"Dashboard"/);
  return url;
}

const INSERT = `
  INSERT INTO ai_requests (request_type, endpoint, request_data, source_npc, source_map, timeout, expires_at)
  VALUES (?, ?, ?, ?, ?, 300, NOW(3) + INTERVAL 300 SECOND)`;

async function ask(
  database: TestDatabase,
  { endpoint = '/echo', npc = 'Sage', map = 'prontera', type = 'dialogue', data = '{}' }: AskedRequest = {},
): Promise<number> {
  const { insertId } = await database.query<{ insertId: number }>(INSERT, [type, endpoint, data, npc, map]);
  return insertId;
}

async function statusOf(database: TestDatabase, id: number): Promise<string> {
  const [row] = await database.query('SELECT status FROM ai_requests WHERE id = ?', [id]);
  return String(row?.['status'] ?? 'gone');
}
