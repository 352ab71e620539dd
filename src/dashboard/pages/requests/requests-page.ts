import { AiIpcError } from '../../../base/errors.ts';
import type { Operator } from '../../../operator/operator.ts';
import type { RequestPage } from '../../../operator/request-list.ts';
import { type Html, html } from '../../frame/html.ts';
import { type Asked, actionForm, type Page, type View } from '../../frame/page.ts';
import type { Session } from '../../frame/session.ts';
import { filterForm } from './filter-form.ts';
import { filterOf, idOf, queryOf } from './filter-query.ts';
import { requestTable } from './request-table.ts';

const PAGE = 50;

/** Requests by everything that they can be found by, the newest first; selected ones can be acted on. */
export function requestsPage(operator: Operator): Page {
  return { path: '/requests', show: (asked) => showRequests(operator, asked) };
}

async function showRequests(operator: Operator, { query, session }: Asked): Promise<View> {
  const form = filterForm(query, session);
  try {
    const before = query.get('before');
    const filter = withoutWords(filterOf(query), session);
    const page = await operator.list(filter, {
      limit: PAGE,
      ...(before === null ? {} : { before: idOf(before) }),
    });
    return {
      title: 'Requests',
      sections: [
        { id: 'filter', content: form },
        // Only at the newest end anything comes, and what takes its whole second is not asked again and again.
        {
          id: 'list',
          isLive: before === null && filter.text === undefined && !page.isCutShort,
          isStill: true,
          content: listView(page, { query, session }),
        },
      ],
    };
  } catch (error) {
    if (!(error instanceof AiIpcError) || error.code !== 'bad_argument') throw error;
    const content = html`${form}<p class="bad" role="alert">${error.message}</p>`;
    return { title: 'Requests', status: 400, sections: [{ id: 'filter', content }] };
  }
}

/** What stands in payloads is for who has signed in: a search would tell it, too. */
function withoutWords<T extends { readonly text?: string | undefined }>(
  filter: T,
  session: Session | null,
): T {
  if (session !== null || filter.text === undefined) return filter;
  throw new AiIpcError('bad_argument', 'To search in payloads, sign in: they are what players said.');
}

function listView(
  { requests, next, isCutShort }: RequestPage,
  { query, session }: { readonly query: URLSearchParams; readonly session: Session | null },
): Html {
  const canSelect = session !== null && requests.length > 0;
  const none = isCutShort ? 'None among those that were looked at in time.' : 'No request is like this.';
  const rows = requestTable(requests, { canSelect, none });
  const list = canSelect
    ? actionForm(session, {
        path: '/requests-selection',
        label: 'Selected requests',
        content: html`${rows}${selectionButtons(query)}`,
      })
    : html`${rows}${requests.length === 0 ? '' : html`<p class="quiet"><a href="/sign-in?to=%2Frequests">Sign in</a> to retry, cancel or delete.</p>`}`;
  return html`${list}${pageLinks(query, { next, isCutShort })}`;
}

function selectionButtons(query: URLSearchParams): Html {
  return html`<input type="hidden" name="filter" value="${queryOf(query).toString()}">
<div class="row deeds"><label class="check"><input type="checkbox" data-select-all>All on this page</label>
<label class="check"><input type="checkbox" name="all" value="yes">All that the filter finds</label>
<button name="deed" value="resend">Retry…</button><button name="deed" value="cancel">Cancel…</button><button name="deed" value="delete" class="danger">Delete…</button></div>`;
}

function pageLinks(
  query: URLSearchParams,
  { next, isCutShort }: Pick<RequestPage, 'next' | 'isCutShort'>,
): Html {
  const older = queryOf(query);
  if (next !== null) older.set('before', String(next));
  const newest = query.has('before') ? html`<a href="/requests?${queryOf(query).toString()}">Newest</a>` : '';
  const further =
    next === null
      ? ''
      : html`<a href="/requests?${older.toString()}">${isCutShort ? 'Look further back' : 'Older'}</a>`;
  const cut = isCutShort
    ? html`<span class="quiet">Looking took its second; there may be more further back.</span>`
    : '';
  return html`<nav class="row pages" aria-label="Pages of the list">${newest}${further}${cut}</nav>`;
}
