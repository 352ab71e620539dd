import type { HttpBindings } from '@hono/node-server';
import { type Html, html } from './html.ts';
import type { Session } from './session.ts';

/** What middleware tells a route, and the server the middleware. */
export interface DashboardEnv {
  Bindings: Partial<HttpBindings>;
  Variables: { session: Session | null };
}

/** What a page was asked with. */
export interface Asked {
  /** The path's own parts, such as the id of /requests/7. */
  readonly param: (name: string) => string;
  readonly query: URLSearchParams;
  /** Who asks; null for somebody who has not signed in. */
  readonly session: Session | null;
  /** Where the other end of the connection is. */
  readonly address: string;
}

/** One part of a page. */
export interface Section {
  readonly id: string;
  readonly content: Html;
  /** Sent again when it has changed, while the page is open. */
  readonly isLive?: boolean;
  /** It does not change under the pointer: a list in which somebody is about to press something. */
  readonly isStill?: boolean;
  /** Two stand side by side where there is room. */
  readonly isHalf?: boolean;
}

export interface View {
  readonly title: string;
  readonly sections: readonly Section[];
  /** Default 200. */
  readonly status?: 200 | 400 | 401 | 403 | 404 | 413 | 429 | 503;
}

export interface Page {
  readonly path: string;
  show(asked: Asked): Promise<View> | View;
}

/** What a form was sent with. */
export interface Sent extends Asked {
  readonly session: Session;
  /** The last value of a field; empty where there is none. */
  readonly field: (name: string) => string;
  readonly fields: (name: string) => readonly string[];
}

/** What came of a form: a page to look at, or where to go on. */
export type Done = View | { readonly goTo: string };

/** Something that is done by a form: only for who has signed in. */
export interface Action {
  readonly path: string;
  act(sent: Sent): Promise<Done>;
}

/** A form that does something; without a session it says how to get one. */
export function actionForm(
  session: Session | null,
  { path, content, label }: { readonly path: string; readonly content: Html; readonly label?: string },
): Html {
  if (session === null) return html`<p class="quiet"><a href="/sign-in">Sign in</a> to change anything.</p>`;
  const named = label === undefined ? '' : html` aria-label="${label}"`;
  return html`<form method="post" action="${path}"${named}><input type="hidden" name="form_key" value="${session.formKey}">${content}</form>`;
}

/** A page that says why there is nothing to see. */
export function messageView(title: string, message: string, status: NonNullable<View['status']>): View {
  return { title, status, sections: [{ id: 'message', content: html`<p role="alert">${message}</p>` }] };
}
