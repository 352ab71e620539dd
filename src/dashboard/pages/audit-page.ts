import type { LoggedEvent } from '../../operator/log-event.ts';
import type { Operator } from '../../operator/operator.ts';
import { timeView } from '../frame/chart.ts';
import { html, type Insert } from '../frame/html.ts';
import type { Page, View } from '../frame/page.ts';
import { table } from '../frame/table.ts';

const VERBS: Readonly<Record<string, string>> = {
  resent: 'asked again',
  cancelled: 'cancelled',
  deleted: 'deleted',
};

/** What operators did, from here and from the command line, the newest first. */
export function auditPage(operator: Operator): Page {
  return {
    path: '/audit',
    async show(): Promise<View> {
      const deeds = await operator.actions();
      const content = html`${table({
        caption: 'What operators did, the newest first',
        rows: deeds,
        none: 'Nobody has done anything as far as the log goes back.',
        columns: [
          { name: 'When', isHeading: true, cell: ({ atMs }) => timeView(atMs) },
          { name: 'Who', isLong: true, cell: ({ by }) => by ?? '–' },
          { name: 'Did', isLong: true, cell: didOf },
        ],
      })}<p class="quiet">These are rows of ai_request_log; they are kept for LOG_RETENTION_DAYS.</p>`;
      return { title: 'Audit log', sections: [{ id: 'deeds', isLive: true, content }] };
    },
  };
}

function didOf({ event, requestId, as, action, what }: LoggedEvent): Insert {
  if (event === 'operator') return `${action ?? 'did something'}${what === null ? '' : `: ${what}`}`;
  const asNew = as === null ? '' : html` as <a href="/requests/${as}">${as}</a>`;
  return html`${VERBS[event] ?? event} <a href="/requests/${requestId}">request ${requestId}</a>${asNew}`;
}
