import type { ListedRequest } from '../../../operator/request-list.ts';
import { verdictOf } from '../../../operator/story.ts';
import { timeView } from '../../frame/chart.ts';
import { type Html, html } from '../../frame/html.ts';
import { type Column, table } from '../../frame/table.ts';
import { shortened, spanOfMs } from '../../frame/words.ts';

const MOST_CHARACTERS = 60;

const SELECT: Column<ListedRequest> = {
  name: 'Select',
  cell: ({ id }) => html`<input type="checkbox" name="id" value="${id}" aria-label="Select request ${id}">`,
};

const COLUMNS: readonly Column<ListedRequest>[] = [
  { name: 'Request', isHeading: true, cell: ({ id }) => html`<a href="/requests/${id}">${id}</a>` },
  { name: 'Status', cell: (request) => statusView(request) },
  {
    name: 'NPC',
    isLong: true,
    cell: ({ npc, map }) => shortened(`${npc ?? '–'}${map === null ? '' : `, ${map}`}`, MOST_CHARACTERS),
  },
  { name: 'Type', cell: ({ type }) => shortened(type, MOST_CHARACTERS) },
  {
    name: 'Error',
    cell: ({ errorCode }) =>
      errorCode === null ? '' : html`<code>${shortened(errorCode, MOST_CHARACTERS)}</code>`,
  },
  { name: 'Waited', isNumber: true, cell: ({ waitedMs }) => spanOrNone(waitedMs) },
  { name: 'AI', isNumber: true, cell: ({ aiMs }) => spanOrNone(aiMs) },
  { name: 'Total', isNumber: true, cell: ({ totalMs }) => spanOrNone(totalMs) },
  { name: 'Made', isLong: true, cell: ({ createdMs }) => timeView(createdMs) },
];

export function requestTable(
  requests: readonly ListedRequest[],
  { canSelect, none }: { readonly canSelect: boolean; readonly none: string },
): Html {
  const columns = canSelect ? [SELECT, ...COLUMNS] : COLUMNS;
  return table({ caption: 'Requests, the newest first', columns, rows: requests, none });
}

/** A retry that healed itself is not a failure that needs a person. */
export function statusView(request: Pick<ListedRequest, 'status' | 'attempts' | 'errorCode'>): Html {
  const { status, attempts } = request;
  const name = status === '' ? 'unknown' : status;
  switch (verdictOf(request)) {
    case 'healed':
      return html`<span class="badge completed">completed</span> <span class="quiet">at attempt ${attempts}</span>`;
    case 'open':
      return attempts > 0 && status === 'pending'
        ? html`<span class="badge retried">waits for a retry</span> <span class="quiet">after ${attempts}</span>`
        : html`<span class="badge">${name}</span>`;
    default:
      return html`<span class="badge ${name}">${name}</span>`;
  }
}

function spanOrNone(ms: number | null): string {
  return ms === null ? '–' : spanOfMs(ms);
}
