// `npm run pictures`: starts the real programs on a seeded database, looks at every page with a real browser, in both
// widths and both colours, and writes the pictures of the README into docs/pictures. With a folder
// (`npm run pictures -- /tmp/all`) it writes every page in every way there instead.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from './support/browser.ts';
import { ProgramProcess } from './support/program-process.ts';
import { seedQueue } from './support/seeded-queue.ts';

const ROOT = join(import.meta.dirname, '..');
const PROGRAM = join(ROOT, 'bin/ai-ipc.js');
const TOKEN = 'picture-of-the-queue';
const WIDTHS = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const COLOURS = ['light', 'dark'] as const;
/** What the README shows. */
const README = ['overview-wide-light', 'request-wide-dark', 'trial-wide-light', 'overview-phone-dark'];

type Width = keyof typeof WIDTHS;
type Colour = (typeof COLOURS)[number];

const [all] = process.argv.slice(2);
const target = all ?? join(ROOT, 'docs/pictures');
const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-pictures-'));
const file = join(folder, 'queue.sqlite');
const programs: ProgramProcess[] = [];
try {
  mkdirSync(target, { recursive: true });
  await seedQueue(file);
  const url = await startPrograms();
  const browser = await openBrowser();
  try {
    await takeAll(browser, url);
  } finally {
    await browser.close();
  }
} finally {
  for (const program of programs) await program.stop('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}

/** A service, and a worker that shows the dashboard. */
async function startPrograms(): Promise<string> {
  const service = start(['service', '--port', '0'], {});
  const [, serviceUrl = ''] = await service.waitForOutput(/AI service listens on (http:\S+)/);
  const worker = start(['worker'], {
    AI_SERVICE_BASE_URL: serviceUrl,
    DASHBOARD: 'true',
    DASHBOARD_BIND: '127.0.0.1:0',
    DASHBOARD_TOKEN: TOKEN,
  });
  const [, url = ''] = await worker.waitForOutput(/"url":"(http:[^"]+)".*"msg":"Dashboard"/);
  await worker.waitForOutput(/Worker started/);
  return url;
}

function start(args: readonly string[], env: Readonly<Record<string, string>>): ProgramProcess {
  const program = new ProgramProcess(process.execPath, [PROGRAM, ...args, '--database', `sqlite:${file}`], {
    cwd: folder,
    env,
  });
  programs.push(program);
  return program;
}

async function takeAll(browser: Browser, url: string): Promise<void> {
  const pages = pagesOf(failedId());
  for (const width of Object.keys(WIDTHS) as Width[])
    for (const colour of COLOURS) await takeEach(browser, url, { pages, width, colour });
}

async function takeEach(
  browser: Browser,
  url: string,
  { pages, width, colour }: { pages: Readonly<Record<string, string>>; width: Width; colour: Colour },
): Promise<void> {
  const wanted = Object.keys(pages).filter(
    (name) => all !== undefined || README.includes(`${name}-${width}-${colour}`),
  );
  if (wanted.length === 0) return;
  const context = await browser.newContext({
    viewport: WIDTHS[width],
    colorScheme: colour,
    ...{ timezoneId: 'UTC', locale: 'en-GB' },
  });
  const page = await context.newPage();
  page.on('console', (message) => process.stderr.write(`${page.url()}: ${message.text()}\n`));
  await signIn(page, url);
  for (const name of wanted) {
    await page.goto(`${url}${pages[name]}`);
    if (name === 'trial') await talk(page);
    await page.waitForLoadState('load');
    const path = join(target, `${name}-${width}-${colour}.png`);
    await page.screenshot({ path, fullPage: all !== undefined });
    process.stdout.write(`${path}\n`);
  }
  await context.close();
}

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Token').fill(TOKEN);
  await page.getByLabel('Your name, for the audit log').fill('Ana');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${url}/`);
}

async function talk(page: Page): Promise<void> {
  await page.getByLabel('You say').fill('Hello! Where can I hunt?');
  await page.getByRole('button', { name: 'Say' }).click();
  await page.getByText('How it came to be').last().waitFor();
}

function pagesOf(failed: number): Readonly<Record<string, string>> {
  return {
    overview: '/',
    requests: '/requests?status=failed&status=completed',
    request: `/requests/${failed}`,
    npcs: '/npcs',
    minds: '/minds',
    trial: '/minds/sage-of-prontera',
    doctor: '/doctor',
    settings: '/settings',
    audit: '/audit',
  };
}

function failedId(): number {
  const database = new DatabaseSync(file);
  try {
    const row = database.prepare("SELECT max(id) AS id FROM ai_requests WHERE status = 'failed'").get();
    return Number((row as { id: number }).id);
  } finally {
    database.close();
  }
}
