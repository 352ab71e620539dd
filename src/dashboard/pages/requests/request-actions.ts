import type { ActionResult } from '../../../operator/actions.ts';
import type { Operator } from '../../../operator/operator.ts';
import { type Html, html, NOTHING } from '../../frame/html.ts';
import { type Action, actionForm, type Done, messageView, type Sent, type View } from '../../frame/page.ts';
import { countWith } from '../../frame/words.ts';
import { filterOf, idOf } from './filter-query.ts';

/** As many at once as end within a few seconds; more are done by pressing again. */
const MOST_AT_ONCE = 1_000;
/** The ids that are shown before something is done with them. */
const SHOWN_IDS = 20;
const MOST_REFUSALS = 20;

const DEEDS = {
  resend: {
    name: 'Retry',
    done: 'asked again',
    tells:
      'Each is asked again as a new request, with a new id and a new life; the old one stays as it ended.',
  },
  cancel: {
    name: 'Cancel',
    done: 'cancelled',
    tells:
      'Those that wait or are at work end as cancelled. A call under way at the AI service goes on, and its answer is dropped.',
  },
  delete: {
    name: 'Delete',
    done: 'deleted',
    tells: 'Those that have ended go, with their answers; scripts that still wait for one will not find it.',
  },
} as const;

type DeedName = keyof typeof DEEDS;

/** What is done with requests: of a selection it is asked first, with the count. */
export function requestActions(operator: Operator): readonly Action[] {
  return [
    { path: '/requests-selection', act: (sent) => confirm(operator, sent) },
    { path: '/requests-deeds', act: (sent) => act(operator, sent) },
  ];
}

/** The button of one deed for these ids. */
export function deedForm(
  session: Sent['session'] | null,
  { deed, ids, label }: { readonly deed: DeedName; readonly ids: readonly number[]; readonly label?: string },
): Html {
  const { name } = DEEDS[deed];
  const kind = deed === 'delete' ? html` class="danger"` : html` class="primary"`;
  const content = html`<input type="hidden" name="ids" value="${ids.join(',')}"><button name="deed" value="${deed}"${kind}>${label ?? name}</button>`;
  return actionForm(session, { path: '/requests-deeds', content });
}

async function confirm(operator: Operator, { field, fields, session }: Sent): Promise<Done> {
  const deed = deedOf(field('deed'));
  if (deed === undefined) return messageView('Requests', 'Nothing was done: choose what to do.', 400);
  const found =
    field('all') === 'yes'
      ? await allOf(operator, field('filter'))
      : { ids: fields('id').slice(0, MOST_AT_ONCE).map(idOf), count: null };
  if (found.ids.length === 0)
    return messageView('Requests', 'Nothing is selected: tick requests, and press again.', 400);
  return confirmView(deed, { ...found, session });
}

interface Found {
  readonly ids: readonly number[];
  /** How many the filter finds, in words; null for what was ticked one by one. */
  readonly count: string | null;
}

async function allOf(operator: Operator, query: string): Promise<Found> {
  const filter = filterOf(new URLSearchParams(query));
  const { requests, isWhole } = await operator.count(filter);
  const { requests: listed } = await operator.list(filter, { limit: MOST_AT_ONCE });
  return {
    ids: listed.map(({ id }) => id),
    count: `The filter finds ${isWhole ? '' : 'at least '}${countWith(requests, 'request')}.`,
  };
}

function confirmView(deed: DeedName, { ids, count, session }: Found & Pick<Sent, 'session'>): View {
  const { name, tells } = DEEDS[deed];
  const shown = ids.slice(0, SHOWN_IDS);
  const more = ids.length > shown.length ? `, and ${countWith(ids.length - shown.length, 'more')}` : '';
  const bound =
    ids.length === MOST_AT_ONCE ? html`<p>At once, the newest ${MOST_AT_ONCE} are taken.</p>` : NOTHING;
  const content = html`${count === null ? NOTHING : html`<p>${count}</p>`}${bound}<p>${tells}</p>
<p class="quiet">${shown.join(', ')}${more}</p>
${deedForm(session, { deed, ids, label: `${name} ${countWith(ids.length, 'request')}` })}<p><a href="/requests">Do nothing</a></p>`;
  return { title: `${name} ${countWith(ids.length, 'request')}?`, sections: [{ id: 'confirm', content }] };
}

async function act(operator: Operator, { field, session, address }: Sent): Promise<Done> {
  const deed = deedOf(field('deed'));
  const ids = field('ids')
    .split(',')
    .filter((text) => text !== '')
    .slice(0, MOST_AT_ONCE)
    .map(idOf);
  if (deed === undefined || ids.length === 0)
    return messageView('Requests', 'Nothing was done: nothing is selected.', 400);
  const result = await operator[deed](ids, { by: `${session.name} (${address})` });
  const [only] = result.done;
  if (only !== undefined && ids.length === 1 && deed !== 'delete')
    return { goTo: `/requests/${only.as ?? only.id}` };
  return resultView(deed, result);
}

function resultView(deed: DeedName, { done, refused }: ActionResult): View {
  const { done: word } = DEEDS[deed];
  const asNew = done.flatMap(({ as }) => as ?? []).slice(0, SHOWN_IDS);
  const links = asNew.map((id) => html`<a href="/requests/${id}">${id}</a> `);
  const why = refused.slice(0, MOST_REFUSALS).map(({ id, reason }) => html`<li>${id}: ${reason}</li>`);
  const content = html`<p role="status">${countWith(done.length, 'request')} ${word}.</p>${asNew.length === 0 ? NOTHING : html`<p>As ${links}</p>`}
${refused.length === 0 ? NOTHING : html`<p class="warn">${countWith(refused.length, 'request')} not:</p><ul>${why}</ul>`}<p><a href="/requests">All requests</a></p>`;
  return { title: 'Done', sections: [{ id: 'done', content }] };
}

function deedOf(text: string): DeedName | undefined {
  return text in DEEDS && Object.hasOwn(DEEDS, text) ? (text as DeedName) : undefined;
}
