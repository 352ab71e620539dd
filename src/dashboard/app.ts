import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Clock } from '../base/clock.ts';
import { AiIpcError, errorFields, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { guard } from './frame/access.ts';
import { addAssets } from './frame/assets.ts';
import { type Frame, layout } from './frame/layout.ts';
import { LivePages, wantsStream } from './frame/live.ts';
import {
  type Action,
  type Asked,
  type DashboardEnv,
  type Done,
  messageView,
  type Page,
  type View,
} from './frame/page.ts';
import { isFormOf, type Sessions } from './frame/session.ts';
import { addressOf, addSignIn } from './frame/sign-in.ts';

export interface AppOptions {
  readonly frame: Frame;
  readonly pages: readonly Page[];
  readonly actions: readonly Action[];
  readonly sessions: Sessions;
  readonly isReadingOpen: boolean;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Aborted when open pages have to let go. */
  readonly stopped: AbortSignal;
}

/** A selection of 1,000 requests has 20 KB, a message to a persona at most 64. */
const MAX_FORM_BYTES = 262_144;
const TOO_LARGE = messageView('Too large', 'Nothing was done: this form has more than 256 KB.', 413);

/** All pages and forms, without a server. */
export function createApp(options: AppOptions): Hono<DashboardEnv> {
  const app = new Hono<DashboardEnv>();
  const render = (context: Context<DashboardEnv>, view: View) => renderView(context, view, options.frame);
  const access = { ...options, render };
  guard(app, access);
  app.use(bodyLimit({ maxSize: MAX_FORM_BYTES, onError: (context) => render(context, TOO_LARGE) }));
  addAssets(app);
  addSignIn(app, {
    ...access,
    onSignIn: (name, address, isSignedIn) => {
      if (isSignedIn) options.logger.info({ who: name, address }, 'Signed in to the dashboard');
      else options.logger.warn({ address }, 'A wrong token was brought to the dashboard');
    },
  });
  const live = new LivePages(options.clock, options.stopped);
  for (const page of options.pages) addPage(app, page, { live, render, sessions: options.sessions });
  for (const action of options.actions) addAction(app, action, render);
  app.notFound((context) =>
    render(
      context,
      messageView('Not found', 'There is no such page. The links above lead to all there are.', 404),
    ),
  );
  app.onError((error, context) => {
    const isOurs = error instanceof AiIpcError;
    options.logger.error({ ...errorFields(error), path: context.req.path }, 'A page of the dashboard failed');
    const message = isOurs ? messageOf(error) : 'This page failed; the log tells why.';
    return render(context, messageView('Trouble', message, 503));
  });
  return app;
}

type Render = (context: Context<DashboardEnv>, view: View) => Promise<Response>;

function addPage(
  app: Hono<DashboardEnv>,
  page: Page,
  {
    live,
    render,
    sessions,
  }: { readonly live: LivePages; readonly render: Render; readonly sessions: Sessions },
): void {
  app.get(page.path, async (context) => {
    const asked = askedOf(context);
    const { session } = asked;
    if (wantsStream(context))
      return live.stream(context, {
        show: async () => await page.show(asked),
        isOver: () => session !== null && sessions.find(session.id) === null,
      });
    return await render(context, await page.show(asked));
  });
}

function addAction(app: Hono<DashboardEnv>, action: Action, render: Render): void {
  app.post(action.path, async (context) => {
    const session = context.get('session');
    const form = await context.req.parseBody({ all: true });
    if (session === null || !isFormOf(session, form['form_key'])) {
      const message =
        'Nothing was done: this form is not of your session. Open the page again, and press once more.';
      return await render(context, messageView('Refused', message, 403));
    }
    const fields = (name: string) => [form[name] ?? []].flat().filter((value) => typeof value === 'string');
    const done: Done = await action.act({
      ...askedOf(context),
      session,
      fields,
      field: (name) => fields(name).at(-1) ?? '',
    });
    return 'goTo' in done ? context.redirect(done.goTo, 303) : await render(context, done);
  });
}

function askedOf(context: Context<DashboardEnv>): Asked {
  const { req } = context;
  return {
    param: (name) => req.param(name) ?? '',
    query: new URL(req.url).searchParams,
    session: context.get('session'),
    address: addressOf(context),
  };
}

async function renderView(context: Context<DashboardEnv>, view: View, frame: Frame): Promise<Response> {
  const session = context.get('session') ?? null;
  const text = String(await layout(view, { ...frame, session, path: context.req.path }));
  return context.html(text, view.status ?? 200, { Vary: 'Accept' });
}
