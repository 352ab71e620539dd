import { html as template } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** A piece of a page whose every inserted text is escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** What may be inserted into a piece: texts and numbers are escaped, pieces are not, nothing is left out. */
export type Insert = Html | string | number | null | undefined | false | readonly Insert[];

/** The one way to make HTML here: a text that is inserted is a text, whatever stands in it. */
export function html(strings: TemplateStringsArray, ...values: readonly Insert[]): Html {
  return template(strings, ...values);
}

export const NOTHING = html``;
