import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { createApp } from './app.ts';
import { html } from './frame/html.ts';
import type { Action, Page, Sent } from './frame/page.ts';
import { Sessions } from './frame/session.ts';

const TOKEN = 'a-token-of-some-length';
const HOST = '127.0.0.1:8010';
const page: Page = {
  path: '/',
  show: ({ query }) => ({
    title: 'Page',
    sections: [
      { id: 'said', isLive: true, content: html`<p title="${query.get('said')}">${query.get('said')}</p>` },
    ],
  }),
};

function start({
  token = TOKEN,
  isReadingOpen = false,
}: {
  token?: string | null;
  isReadingOpen?: boolean;
} = {}) {
  const clock = new FakeClock();
  const sent: Sent[] = [];
  const action: Action = {
    path: '/deeds',
    async act(one) {
      sent.push(one);
      return { goTo: '/' };
    },
  };
  const stopped = new AbortController();
  const app = createApp({
    frame: { version: '1', database: 'SQLite a', canSignIn: token !== null },
    pages: [page],
    actions: [action],
    sessions: new Sessions(token, clock),
    logger: pino({ enabled: false }),
    ...{ isReadingOpen, clock, stopped: stopped.signal },
  });
  const ask = (path: string, { headers = {}, ...more }: RequestInit = {}) =>
    app.request(`http://${HOST}${path}`, { ...more, headers: { Host: HOST, ...headers } });
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    ask(path, { method: 'POST', body: new URLSearchParams(fields), headers });
  const signIn = async (given = TOKEN) => await post('/sign-in', { token: given, name: 'Ana' });
  /** The cookie and the key of its forms. */
  const session = async () => {
    const cookie = (await signIn()).headers.get('set-cookie') ?? '';
    const text = await (await ask('/', { headers: { cookie } })).text();
    return { cookie, form_key: /name="form_key" value="([^"]+)"/.exec(text)?.[1] ?? '' };
  };
  return { clock, sent, ask, post, signIn, session, stop: () => stopped.abort() };
}

describe('a page', () => {
  it('has nothing inline and nothing from elsewhere, and every text in it is a text', async () => {
    const { ask } = start({ isReadingOpen: true });
    const answer = await ask(`/?said=${encodeURIComponent('"><script>alert(1)</script>')}`);
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(policy).not.toMatch(/unsafe|http|\*/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const text = await answer.text();
    expect(text).toContain('<p title="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">');
    expect(text).not.toMatch(/<script(?! src="\/assets\/)/);
  });

  it('asked for as a stream, sends its live parts, and again when they have changed', async () => {
    const { ask, clock, stop } = start({ isReadingOpen: true });
    const answer = await ask('/?said=hello', { headers: { Accept: 'text/event-stream' } });
    const reading = answer.text();
    await expect.poll(() => clock.sleeping).toBe(1);
    await clock.advance(2_000);
    await expect.poll(() => clock.sleeping).toBe(1);
    stop();
    const events = (await reading).split('\n').filter((line) => line.startsWith('event: '));
    expect(events).toEqual(['event: section', 'event: look', 'event: look']);
  });
});

it('a page that is open is sent nothing more when its session has ended', async () => {
  const { ask, session, clock } = start();
  const { cookie } = await session();
  const answer = await ask('/?said=hello', { headers: { cookie, Accept: 'text/event-stream' } });
  const reading = answer.text();
  await expect.poll(() => clock.sleeping).toBe(1);
  await clock.advance(12 * 3_600_000);
  expect((await reading).match(/^event: look$/gm)).toHaveLength(1);
});

describe('where a token is set', () => {
  it('nobody sees a page without it, and the way there is kept', async () => {
    const { ask } = start();
    const answer = await ask('/?said=x');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in?to=%2F%3Fsaid%3Dx']);
    expect((await ask('/assets/style.css')).status).toBe(200);
    expect((await ask('/assets/..%2f..%2fpackage.json')).status).toBe(404);
  });

  it('a wrong one is refused, and after ten a minute has to pass', async () => {
    const { signIn, clock } = start();
    for (let count = 0; count < 10; count++) expect((await signIn('wrong')).status).toBe(401);
    expect((await signIn()).status).toBe(429);
    await clock.advance(60_000);
    expect((await signIn()).status).toBe(303);
  });

  it('a session ends after twelve hours, and when it is signed out of', async () => {
    const { ask, post, session, clock } = start();
    const first = await session();
    await post('/sign-out', { form_key: first.form_key }, { cookie: first.cookie });
    expect((await ask('/', { headers: { cookie: first.cookie } })).status).toBe(303);
    const { cookie } = await session();
    expect((await ask('/', { headers: { cookie } })).status).toBe(200);
    await clock.advance(12 * 3_600_000);
    expect((await ask('/', { headers: { cookie } })).status).toBe(303);
  });

  it('a form is obeyed only with its cookie, its key and its origin', async () => {
    const { post, session, sent } = start();
    const { cookie, form_key } = await session();
    const refused = [
      await post('/deeds', { form_key }),
      await post('/deeds', {}, { cookie }),
      await post('/deeds', { form_key: 'guessed' }, { cookie }),
      await post('/deeds', { form_key }, { cookie, Origin: 'http://evil.example' }),
      await post('/deeds', { form_key }, { cookie, Origin: 'null' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([401, 403, 403, 403, 403]);
    expect(sent).toEqual([]);
    const done = await post('/deeds', { form_key, ids: '7' }, { cookie, Origin: `http://${HOST}` });
    expect([done.status, sent[0]?.field('ids'), sent[0]?.session.name]).toEqual([303, '7', 'Ana']);
  });

  it('a form that is too large is not read', async () => {
    const { post, session } = start();
    const { cookie, form_key } = await session();
    const answer = await post('/deeds', { form_key, ids: 'x'.repeat(300_000) }, { cookie });
    expect(answer.status).toBe(413);
  });
});

describe('where none is set', () => {
  it('who is on this machine looks, and nobody acts', async () => {
    const { ask, post, signIn } = start({ token: null, isReadingOpen: true });
    expect(await (await ask('/')).text()).toContain('read only');
    expect((await post('/deeds', {})).status).toBe(401);
    expect(await (await signIn()).text()).toContain('No token is set');
  });

  it('a name that another site leads here shows nothing', async () => {
    const { ask } = start({ isReadingOpen: true });
    for (const Host of ['evil.example', 'evil.example:8010', '127.0.0.1.evil.example', '192.168.0.7:8010'])
      expect((await ask('/', { headers: { Host } })).status).toBe(403);
    for (const Host of ['localhost:8010', '127.0.0.1:8010', '[::1]:8010'])
      expect((await ask('/', { headers: { Host } })).status).toBe(200);
  });
});
