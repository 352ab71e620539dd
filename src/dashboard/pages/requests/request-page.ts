import type { Operator } from '../../../operator/operator.ts';
import type { Story, Verdict } from '../../../operator/story.ts';
import { isEnded } from '../../../queue/request.ts';
import type { Audit } from '../../frame/audit.ts';
import { timeView } from '../../frame/chart.ts';
import { type Html, html, type Insert } from '../../frame/html.ts';
import { messageView, type Page, type View } from '../../frame/page.ts';
import type { Session } from '../../frame/session.ts';
import { spanOfMs } from '../../frame/words.ts';
import { deedForm } from './request-actions.ts';
import { statusView } from './request-table.ts';
import { timeLine } from './time-line.ts';

const TELLS: Readonly<Record<Verdict, string>> = {
  open: 'It has not ended yet.',
  completed: 'All went well, at the first attempt.',
  healed: 'An attempt failed, and a later one went well: nobody needs to do anything.',
  failed: 'It failed, and nobody tries again by himself: somebody should look at the reason.',
  cancelled: 'Somebody wanted it no more.',
};

/** Everything about one request but what was said. */
export function requestPage(operator: Operator): Page {
  return {
    path: '/requests/:id{[0-9]+}',
    async show({ param, session }): Promise<View> {
      const story = await operator.story(Number(param('id')));
      if (story === undefined) return notThere(param('id'));
      return {
        title: `Request ${story.request.id}`,
        sections: [
          { id: 'story', isLive: true, isStill: true, content: storySection(story, session) },
          { id: 'time', isLive: true, isStill: true, content: timeLine(story) },
          { id: 'words', content: wordsLink(story.request.id, session) },
        ],
      };
    },
  };
}

/** Payload and answer: only for who has signed in, and the audit log has it. */
export function wordsPage(operator: Operator, audit: Audit): Page {
  return {
    path: '/requests/:id{[0-9]+}/words',
    async show({ param, session, address }): Promise<View> {
      if (session === null) return messageView('What was said', 'It is shown to who has signed in.', 401);
      const story = await operator.story(Number(param('id')));
      if (story === undefined) return notThere(param('id'));
      const { request, response } = story;
      await audit.note({
        who: session.name,
        address,
        did: 'read what was said',
        about: `request ${request.id}`,
      });
      const content = html`<p><a href="/requests/${request.id}">Request ${request.id}</a></p>
<h2>Payload</h2>${jsonView(request.data)}<h2>Answer</h2>${jsonView(response?.data ?? null)}`;
      return { title: `What was said in ${request.id}`, sections: [{ id: 'words', content }] };
    },
  };
}

function notThere(id: string): View {
  const message = `There is no request ${id} (any more): what has ended is deleted after some days.`;
  return messageView('Not found', message, 404);
}

function storySection({ request, response, verdict, nowMs }: Story, session: Session | null): Html {
  const { status, errorCode, attempts, maxAttempts, expiresMs, claimedBy } = request;
  const reason = response?.errorMessage;
  const facts: readonly (readonly [string, Insert])[] = [
    ['Status', statusView(request)],
    ['NPC', request.npc ?? '–'],
    ['Map', request.map ?? '–'],
    ['Type', request.type],
    ['Endpoint', html`<code>${request.endpoint}</code>`],
    ['Priority', request.priority],
    ['Attempts', `${attempts}${maxAttempts === null ? '' : ` of ${maxAttempts}`}`],
    ['Made', timeView(request.createdMs)],
    ['Ended', request.processedMs === null ? '–' : timeView(request.processedMs)],
    [
      'Life',
      lifeOf({ expiresMs, nowMs, isOpen: verdict === 'open', timeoutSeconds: request.timeoutSeconds }),
    ],
    ['Worker', claimedBy ?? '–'],
    ['Payload', `${request.dataBytes} bytes`],
  ];
  const why =
    errorCode === null && !reason
      ? ''
      : html`<p class="${verdict === 'healed' ? 'warn' : 'bad'}"><code>${errorCode ?? ''}</code> ${reason ?? ''}</p>`;
  return html`<p class="verdict">${TELLS[verdict]}</p>${why}
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${buttons(request.id, { isOver: status !== '' && isEnded(status), session })}`;
}

function lifeOf(of: {
  expiresMs: number | null;
  nowMs: number;
  isOpen: boolean;
  timeoutSeconds: number;
}): string {
  if (!of.isOpen || of.expiresMs === null) return `${of.timeoutSeconds} s`;
  return of.expiresMs > of.nowMs ? `${spanOfMs(of.expiresMs - of.nowMs)} left` : 'over';
}

function buttons(id: number, { isOver, session }: { isOver: boolean; session: Session | null }): Html {
  if (session === null)
    return html`<p class="quiet"><a href="/sign-in?to=${encodeURIComponent(`/requests/${id}`)}">Sign in</a> to retry, cancel or delete.</p>`;
  const ids = [id];
  return isOver
    ? html`<div class="row">${deedForm(session, { deed: 'resend', ids })}${deedForm(session, { deed: 'delete', ids })}</div>`
    : html`<div class="row">${deedForm(session, { deed: 'cancel', ids })}</div>`;
}

function wordsLink(id: number, session: Session | null): Html {
  if (session === null) return html`<p class="quiet">What was said is shown to who has signed in.</p>`;
  return html`<p><a href="/requests/${id}/words">Show what was said</a> <span class="quiet">(the audit log will have it)</span></p>`;
}

function jsonView(text: string | null): Html {
  if (text === null) return html`<p class="quiet">None.</p>`;
  return html`<pre tabindex="0">${pretty(text)}</pre>`;
}

/** As it is where it is no JSON. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
