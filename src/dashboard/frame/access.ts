import type { Context, Hono, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { type DashboardEnv, messageView, type View } from './page.ts';
import type { Sessions } from './session.ts';

export interface AccessOptions {
  readonly sessions: Sessions;
  /** Whether who is on this machine may look without the token: only where the dashboard listens on loopback alone. */
  readonly isReadingOpen: boolean;
  readonly render: (context: Context<DashboardEnv>, view: View) => Promise<Response>;
}

export const COOKIE = 'ai_ipc_session';
/** What everybody may have: it shows nothing of players. */
const OPEN = /^\/(?:sign-in$|assets\/)/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

const HEADERS: Readonly<Record<string, string>> = {
  // Nothing from any other host, nothing inline, in nobody's frame.
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types ai-ipc',
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  // no-referrer would make the Origin of our own forms "null".
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
};

/** Stands before every route: who may see what, and whose forms are believed. */
export function guard(app: Hono<DashboardEnv>, options: AccessOptions): void {
  app.use(sendHeaders, ownHostOnly(options), ownFormsOnly(options), signedInOnly(options));
}

const sendHeaders: MiddlewareHandler<DashboardEnv> = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  if (!context.res.headers.has('Cache-Control')) context.res.headers.set('Cache-Control', 'no-store');
};

/** A page of another site can have its own name lead to 127.0.0.1 (DNS rebinding), and read what needs no cookie. */
function ownHostOnly({ isReadingOpen, render }: AccessOptions): MiddlewareHandler<DashboardEnv> {
  return async (context, next) => {
    const host = context.req.header('Host') ?? '';
    if (!isReadingOpen || LOOPBACK.test(host)) return await next();
    const message =
      'This dashboard is for this machine alone: open it as http://127.0.0.1 or http://localhost. ' +
      'For another name, or behind a proxy, set DASHBOARD_TOKEN.';
    return await render(context, messageView('Not here', message, 403));
  };
}

/** The browser says whose form it was. Programs that say nothing of it bring no cookie of somebody else. */
function ownFormsOnly({ render }: AccessOptions): MiddlewareHandler<DashboardEnv> {
  return async (context, next) => {
    const { req } = context;
    const origin = req.header('Origin');
    if (isReading(req.method) || origin === undefined || hostOf(origin) === req.header('Host'))
      return await next();
    const message =
      'This form came from another site, and nothing was done. A proxy in between must pass on the header Host.';
    return await render(context, messageView('Refused', message, 403));
  };
}

function signedInOnly({ sessions, isReadingOpen, render }: AccessOptions): MiddlewareHandler<DashboardEnv> {
  return async (context, next) => {
    const { req } = context;
    const session = sessions.find(getCookie(context, COOKIE));
    context.set('session', session);
    if (session !== null || OPEN.test(req.path)) return await next();
    if (!isReading(req.method)) {
      const message = 'Nothing was done: sign in with the token first.';
      return await render(context, messageView('Not signed in', message, 401));
    }
    if (isReadingOpen) return await next();
    const { pathname, search } = new URL(req.url);
    return context.redirect(`/sign-in?to=${encodeURIComponent(pathname + search)}`, 303);
  };
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
