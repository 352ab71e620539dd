import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { behaviours } from '../support/ai-stub.ts';
import { TOKEN, useDashboard } from '../support/dashboard-under-test.ts';
import { holdAnswers } from '../support/held-answers.ts';
import { HOSTILE_TEXTS } from '../support/hostile-texts.ts';
import { WAIT_MS, waitFor } from '../support/wait-for.ts';

const dashboard = useDashboard();
const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' } as const;
const WIDE = { viewport: { width: 1440, height: 900 }, colorScheme: 'light' } as const;
const SECRET_WORDS = 'my sister lives in Geffen';

describe('somebody who has signed in', () => {
  it('sees the queue move, without loading the page again', async () => {
    const { ai, ask, signIn } = dashboard();
    const held = holdAnswers();
    ai.behave('/moves', held.behaviour);
    const page = await signIn();
    const atWork = page.locator('.tile', { hasText: 'At work' }).locator('.figure');
    await expect.poll(() => atWork.textContent()).toBe('0');
    await Promise.all([ask({ endpoint: '/moves' }), ask({ endpoint: '/moves' })]);
    await expect.poll(() => atWork.textContent()).toBe('2');
    held.release();
    await expect.poll(() => atWork.textContent()).toBe('0');
    const rate = page.locator('.tile', { hasText: 'Requests a second' });
    await expect.poll(() => rate.textContent()).toMatch(/[2-9] requests$/);
  });

  it('finds a failed request, reads why, retries it and sees it succeed', async () => {
    const { ai, ask, signIn, waitForStatus } = dashboard();
    ai.behave('/fails', behaviours.status(404, { body: { detail: 'no such quest' } }));
    const id = await ask({ endpoint: '/fails', npc: 'Old Jon' });
    await waitForStatus(id, 'failed');
    const page = await signIn(PHONE);
    await page.getByRole('link', { name: 'Requests', exact: true }).click();
    await page.getByRole('checkbox', { name: 'failed' }).check();
    await page.getByText('More to find them by').click();
    await page.getByLabel('NPC').fill('old jon');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('link', { name: String(id), exact: true }).click();
    await expect.poll(() => page.locator('#story').textContent()).toMatch(/ai_client_error.*404/);
    expect(await page.locator('#time').textContent()).toMatch(/claimed.*failed/s);
    ai.behave('/fails', behaviours.echo());
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.waitForURL(/\/requests\/\d+$/);
    await expect.poll(() => page.locator('#story').textContent()).toMatch(/All went well/);
    expect(page.url()).not.toMatch(new RegExp(`/${id}$`));
    await page.goto(`${dashboard().url}/audit`);
    expect(await page.locator('main').textContent()).toMatch(
      new RegExp(`Ana \\(127\\.0\\.0\\.1\\).*asked again request ${id} as`, 's'),
    );
  });

  it('cancels a request that is at work', async () => {
    const { ai, ask, signIn, waitForStatus, statusOf, url } = dashboard();
    const held = holdAnswers();
    ai.behave('/held', held.behaviour);
    const id = await ask({ endpoint: '/held' });
    await waitForStatus(id, 'processing');
    const page = await signIn(WIDE);
    await page.goto(`${url}/requests/${id}`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => page.locator('#story').textContent()).toMatch(/Somebody wanted it no more/);
    expect(await statusOf(id)).toBe('cancelled');
    held.release();
  });

  it('deletes what a filter finds, after the count was told', async () => {
    const { ask, signIn, waitForStatus, statusOf, url } = dashboard();
    const ids = await Promise.all([1, 2, 3].map(() => ask({ npc: 'Gone Soon' })));
    const other = await ask({ npc: 'Stays' });
    for (const id of [...ids, other]) await waitForStatus(id, 'completed');
    const page = await signIn();
    await page.goto(`${url}/requests?npc=Gone+Soon`);
    await page.getByLabel('All that the filter finds').check();
    await page.getByRole('button', { name: 'Delete…' }).click();
    await expect.poll(() => page.locator('main').textContent()).toMatch(/The filter finds 3 requests\./);
    expect(await statusOf(ids[0]!)).toBe('completed');
    await page.getByRole('button', { name: 'Delete 3 requests' }).click();
    await expect.poll(() => page.locator('main').textContent()).toMatch(/3 requests deleted\./);
    expect(await Promise.all([...ids, other].map(statusOf))).toEqual(['gone', 'gone', 'gone', 'completed']);
  });

  it('sees what was said only when he asks for it, and the audit log has that', async () => {
    const { ask, signIn, waitForStatus, url } = dashboard();
    const id = await ask({ data: JSON.stringify({ message: SECRET_WORDS }) });
    await waitForStatus(id, 'completed');
    const page = await signIn();
    for (const path of ['/', '/requests', `/requests/${id}`, '/npcs', '/npcs/talks?npc=Sage']) {
      await page.goto(`${url}${path}`);
      expect(await page.content()).not.toContain(SECRET_WORDS);
    }
    await page.goto(`${url}/requests/${id}`);
    await page.getByRole('link', { name: 'Show what was said' }).click();
    await expect.poll(() => page.locator('main').textContent()).toContain(SECRET_WORDS);
    await page.goto(`${url}/audit`);
    expect(await page.locator('main').textContent()).toContain(`read what was said: request ${id}`);
  });

  it('silences all NPCs, and lets them speak', async () => {
    const { signIn, url, database } = dashboard();
    const page = await signIn();
    await page.goto(`${url}/minds`);
    await page.getByRole('button', { name: 'Silence all NPCs' }).click();
    await page.getByText('silent', { exact: true }).waitFor();
    const [row] = await database.query("SELECT value FROM ai_ipc_meta WHERE name = 'npc_switch'");
    expect(row?.['value']).toBe('off');
    await page.getByRole('button', { name: 'Let them speak' }).click();
    await page.getByText('speaking', { exact: true }).waitFor();
  });

  it('reads what an NPC remembers of a player, and makes it forget', async () => {
    const { signIn, url, database } = dashboard();
    await database.query(
      "INSERT INTO ai_npc_memory (npc_id, player_id, said, answered) VALUES ('Jon', '7', 'I am Bob', 'Hello, Bob')",
    );
    const page = await signIn();
    await page.goto(`${url}/minds`);
    await page.getByLabel('NPC', { exact: true }).fill('Jon');
    await page.getByLabel('Player', { exact: true }).fill('7');
    await page.getByRole('button', { name: 'Show what it remembers' }).click();
    await page.getByText('Hello, Bob').waitFor();
    await page.getByRole('button', { name: 'Forget this player' }).click();
    await page.getByText('Nothing: they have not met, or it was forgotten.').waitFor();
  });
});

describe('the author of a persona', () => {
  const sage = (manner: string) => `name: Sage\nrole: sage\nplace: Prontera\nlanguage: en\nmanner: ${manner}
greeting: [Hello.]\nfallback: [Hm.]\nrules: []\n`;

  it('talks to it, sees how the answer came to be, changes the file and sees it at once', async () => {
    const { signIn, url, personas, model } = dashboard();
    const file = join(personas, 'sage.yaml');
    writeFileSync(file, sage('dry and short'));
    model.write('<think>He seems lost.</think>{"text": "South of the gate.", "emotion": "calm"}');
    const page = await signIn(PHONE);
    await page.goto(`${url}/minds`);
    await page.getByRole('link', { name: 'Talk to Sage' }).click();
    await say(page, 'Where can I hunt?');
    await page.locator('.said', { hasText: 'South of the gate.' }).waitFor();
    const trial = await page.locator('.trial').textContent();
    expect(trial).toMatch(
      /prompt .* m?s, model .* m?s, checked and cleaned .* m?s; \d+ \+ \d+ tokens of stub/,
    );
    expect(trial).toContain('dry and short');
    expect(trial).toMatch(/The model wrote.*<think>He seems lost/s);
    expect(trial).toMatch(/Left out.*He seems lost/s);
    writeFileSync(file, sage('as a pirate speaks'));
    await say(page, 'And where can I rest?');
    await expect.poll(() => page.locator('.trial').last().textContent()).toContain('as a pirate speaks');
    model.fail('serverError');
    await say(page, 'Hello?');
    await page.locator('.trial .bad', { hasText: '500' }).waitFor();
  });

  it('is told what is wrong with a file', async () => {
    const { signIn, url, personas } = dashboard();
    writeFileSync(join(personas, 'broken.yaml'), 'name: Broken\nrole: smith\nmoood: calm\n');
    const page = await signIn();
    await page.goto(`${url}/minds`);
    const row = page.getByRole('row', { name: /broken\.yaml/ });
    expect(await row.textContent()).toMatch(/moood/);
  });

  async function say(page: Page, words: string): Promise<void> {
    await page.getByLabel('You say').fill(words);
    await page.getByRole('button', { name: 'Say' }).click();
  }
});

describe('without the token', () => {
  it('nothing is seen and nothing is done', async () => {
    const { url, openPage, ask, statusOf } = dashboard();
    const id = await ask();
    const page = await openPage();
    await page.goto(`${url}/requests/${id}`);
    expect(page.url()).toBe(`${url}/sign-in?to=${encodeURIComponent(`/requests/${id}`)}`);
    await page.getByLabel('Token').fill('not the token at all');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That is not the token.').waitFor();
    const refused = await page.request.post(`${url}/requests-deeds`, {
      form: { deed: 'delete', ids: `${id}` },
    });
    expect(refused.status()).toBe(401);
    expect(await statusOf(id)).not.toBe('gone');
  });

  it('nor by a form of another site, though the browser brings the cookie', async () => {
    const { url, signIn, ask, statusOf } = dashboard();
    const id = await ask();
    const page = await signIn();
    const form = { deed: 'delete', ids: `${id}`, form_key: 'guessed' };
    const guessed = await page.request.post(`${url}/requests-deeds`, { form });
    expect([guessed.status(), await guessed.text()]).toEqual([
      403,
      expect.stringContaining('Nothing was done'),
    ]);
    const elsewhere = await page.request.post(`${url}/requests-deeds`, {
      form,
      headers: { Origin: 'http://evil.example' },
    });
    expect([elsewhere.status(), await elsewhere.text()]).toEqual([
      403,
      expect.stringContaining('another site'),
    ]);
    expect(await statusOf(id)).not.toBe('gone');
  });
});

it('names, payloads and answers of every hostile kind are shown as texts, and run no script', async () => {
  const { ai, ask, signIn, waitForStatus, url, consoleErrors, personas } = dashboard();
  const page = await signIn();
  await page.addInitScript('globalThis.alert = () => { globalThis.ranAScript = true; }');
  const before = consoleErrors.length;
  const all = HOSTILE_TEXTS.join(' ');
  ai.behave('/hostile', behaviours.json({ text: all }));
  ai.behave('/refuses', behaviours.json({ error: { message: all } }, { status: 400 }));
  const short = HOSTILE_TEXTS.map((text) => text.slice(0, 50));
  const ids: number[] = [];
  // Names are short, so each request has other ones; payload and answer have them all.
  for (const [index, npc] of short.entries()) {
    const map = short.at(index - 1)!.slice(0, 20);
    const endpoint = index % 2 ? '/hostile' : '/refuses';
    ids.push(await ask({ npc, map, type: short.at(index - 2)!, endpoint, data: JSON.stringify({ all }) }));
  }
  for (const [index, id] of ids.entries()) await waitForStatus(id, index % 2 ? 'completed' : 'failed');
  writeFileSync(join(personas, 'hostile.yaml'), `name: ${JSON.stringify(all)}\nrole: 7\n`);
  const query = new URLSearchParams({ npc: all, text: all, before: all, window: all, to: all });
  const ofOne = ids.slice(0, 4).flatMap((id) => [`/requests/${id}`, `/requests/${id}/words`]);
  const asked = ['/requests', '/npcs/talks', '/sign-in', '/', '/nothing'].map((path) => `${path}?${query}`);
  for (const path of ['/', '/requests', '/npcs', '/minds', '/doctor', ...ofOne, ...asked]) {
    await page.goto(`${url}${path}`);
    expect(await strayMarkup(page), path).toEqual([]);
  }
  await page.goto(`${url}/npcs/talks?${query}`);
  expect(await page.locator('h1').textContent()).toBe(`Last talks of ${all}`);
  await page.goto(`${url}/npcs`);
  expect((await page.locator('tbody th').allTextContents()).sort()).toEqual(expect.arrayContaining(short));
  expect(await page.evaluate('"ranAScript" in globalThis')).toBe(false);
  // A browser tells of each script and style that the policy kept from running: there was none to keep.
  expect(consoleErrors.slice(before).filter((text) => /policy|directive/i.test(text))).toEqual([]);
});

/** What no page of ours has. */
async function strayMarkup(page: Page): Promise<unknown> {
  return await page.evaluate(`
    const all = [...document.querySelectorAll('*')].filter((one) => one.closest('.plot') === null);
    const handlers = all.filter((one) => one.getAttributeNames().some((name) => /^on|^style$/.test(name)));
    const strange = document.querySelectorAll(
      'script:not([src^="/assets/"]), iframe, img, object, embed, base, meta[http-equiv], a[href^="javascript:" i]',
    );
    [...handlers, ...strange].map((one) => one.outerHTML);
  `);
}

describe('each page', () => {
  const PATHS = [
    '/',
    '/requests',
    '/npcs',
    '/minds',
    '/minds/sage',
    '/doctor',
    '/settings',
    '/audit',
    '/sign-in',
  ];

  // Of a wide screen all but the colours was judged on the phone: a whole judgement is half a second of CPU.
  it.each([
    ['on a phone, dark', PHONE, PATHS, {}],
    ['on a wide screen, light', WIDE, ['/', '/minds/sage'], { runOnly: ['color-contrast'] }],
  ])('%s, has no serious fault for who cannot see or point, and nothing stands out of it', async (...of) => {
    const [, screen, paths, rules] = of;
    const { signIn, url, ask, waitForStatus } = dashboard();
    const id = await ask();
    await waitForStatus(id, 'completed');
    const page = await signIn({ ...screen, bypassCSP: true });
    await page.addInitScript(axe.source);
    for (const path of [...paths, `/requests/${id}`]) {
      await page.goto(`${url}${path}`);
      expect(await seriousFaults(page, rules), path).toEqual([]);
      expect(await page.content(), path).not.toContain(TOKEN);
      // Charts take the width of their place once that is laid out.
      const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth');
      await expect.poll(overflow, { timeout: WAIT_MS, message: path }).toBeLessThanOrEqual(0);
    }
  });

  it('can be used by keyboard: the first key leads past the links', async () => {
    const { signIn } = dashboard();
    const page = await signIn();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
  });

  it('holds still when it is told to, and goes on', async () => {
    const { signIn } = dashboard();
    const page = await signIn();
    const state = page.locator('#live-state');
    await expect.poll(() => state.textContent()).toBe('live');
    await page.getByRole('button', { name: 'Hold' }).click();
    await expect.poll(() => state.textContent()).toBe('held');
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect.poll(() => state.textContent()).toBe('live');
  });

  it('draws its charts, and takes nothing from any other host', async () => {
    const { signIn, strayRequests } = dashboard();
    const page = await signIn(WIDE);
    await waitFor(async () => (await page.locator('.plot canvas').count()) === 2, { what: 'two charts' });
    expect(strayRequests).toEqual([]);
  });
});

interface AxeFault {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

async function seriousFaults(page: Page, rules: object): Promise<unknown[]> {
  const options = { resultTypes: ['violations'], ...rules };
  const found = await page.evaluate(
    `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`,
  );
  const serious = (found as AxeFault[]).filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => [id, nodes[0]?.html]);
}
