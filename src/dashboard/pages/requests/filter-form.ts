import { REQUEST_STATUSES } from '../../../queue/request.ts';
import { type Html, html } from '../../frame/html.ts';
import type { Session } from '../../frame/session.ts';

/** All that requests can be found by; together they narrow it down. */
export function filterForm(query: URLSearchParams, session: Session | null): Html {
  const field = (name: string, label: string, more: Html | string = '') =>
    html`<label>${label} <input name="${name}" value="${query.get(name) ?? ''}" maxlength="300"${more}></label>`;
  const chosen = query.getAll('status');
  const isInUse = [...query].some(([name, value]) => name !== 'before' && name !== 'status' && value !== '');
  return html`<form method="get" action="/requests" class="filters" aria-label="Filter">
<fieldset><legend>Status</legend>${REQUEST_STATUSES.map((status) => html`<label class="check"><input type="checkbox" name="status" value="${status}"${chosen.includes(status) ? html` checked` : ''}>${status}</label>`)}</fieldset>
<details class="more"${isInUse ? html` open` : ''}><summary>More to find them by</summary><div class="filters">
${field('npc', 'NPC')}${field('map', 'Map')}${field('type', 'Type')}${field('endpoint', 'Endpoint')}${field('error', 'Error code')}${field('id', 'Id', html` inputmode="numeric"`)}
${field('from', 'Made from (UTC)', html` type="datetime-local"`)}${field('to', 'Made before (UTC)', html` type="datetime-local"`)}
${session === null ? '' : field('text', 'Stands in the payload')}
</div></details>
<div class="row"><button class="primary">Show</button><a href="/requests">All requests</a></div>
</form>`;
}
