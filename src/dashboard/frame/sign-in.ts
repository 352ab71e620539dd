import type { Context, Hono } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import type { AccessOptions } from './access.ts';
import { COOKIE } from './access.ts';
import { html } from './html.ts';
import type { DashboardEnv, View } from './page.ts';
import { isFormOf } from './session.ts';

const WHY = {
  wrong:
    'That is not the token. It is DASHBOARD_TOKEN of the settings, or what ai-ipc dashboard printed at its start.',
  'too often': 'Too many wrong tokens came within a minute. Wait a minute, and try again.',
  nobody:
    'No token is set, so nobody can sign in: set DASHBOARD_TOKEN (16 characters or more) and start again.',
} as const;
const STATUS = { wrong: 401, 'too often': 429, nobody: 401 } as const;
const MOST_NAME_CHARACTERS = 60;

interface SignInOptions extends AccessOptions {
  /** Told of each who signed in or brought a wrong token. */
  readonly onSignIn: (name: string, address: string, isSignedIn: boolean) => void;
}

export function addSignIn(app: Hono<DashboardEnv>, options: SignInOptions): void {
  const { sessions, render, onSignIn } = options;
  app.get('/sign-in', (context) => render(context, signInView(context.req.query('to') ?? '/', '')));
  app.post('/sign-in', async (context) => {
    const { token, name, to } = await context.req.parseBody();
    const who = textOf(name).replace(/\p{C}/gu, '').trim().slice(0, MOST_NAME_CHARACTERS) || 'operator';
    const target = ownPath(textOf(to));
    const address = addressOf(context);
    const signedIn = sessions.signIn(textOf(token).trim(), { name: who, address });
    const isSignedIn = 'session' in signedIn;
    onSignIn(who, address, isSignedIn);
    if (!isSignedIn)
      return await render(context, {
        ...signInView(target, WHY[signedIn.refused]),
        status: STATUS[signedIn.refused],
      });
    setCookie(context, COOKIE, signedIn.session.id, {
      httpOnly: true,
      // A link in a chat leads to the page; forms have a key of their own.
      sameSite: 'Lax',
      path: '/',
      secure: context.req.header('X-Forwarded-Proto') === 'https',
    });
    return context.redirect(target, 303);
  });
  app.post('/sign-out', async (context) => {
    const session = context.get('session');
    const { form_key: key } = await context.req.parseBody();
    if (session !== null && isFormOf(session, key)) sessions.signOut(session);
    deleteCookie(context, COOKIE, { path: '/' });
    return context.redirect('/', 303);
  });
}

/** Where the other end of the connection is; behind a proxy, that is the proxy. */
export function addressOf({ env }: Context<DashboardEnv>): string {
  return env?.incoming?.socket.remoteAddress ?? 'unknown';
}

/** Only a page of ours: `//evil.example` and `https:` lead elsewhere. */
function ownPath(to: string): string {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(to) ? to : '/';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function signInView(to: string, trouble: string): View {
  const alert = trouble === '' ? '' : html`<p role="alert" class="bad">${trouble}</p>`;
  const content = html`${alert}
<form method="post" action="/sign-in" class="stacked">
<input type="hidden" name="to" value="${ownPath(to)}">
<label>Token <input type="password" name="token" required autocomplete="current-password"></label>
<label>Your name, for the audit log <input name="name" maxlength="${MOST_NAME_CHARACTERS}" autocomplete="username"></label>
<button class="primary">Sign in</button>
</form>
<p class="quiet">The token is DASHBOARD_TOKEN of the settings, or what <code>ai-ipc dashboard</code> printed at its start.</p>`;
  return { title: 'Sign in', sections: [{ id: 'sign-in', content }] };
}
