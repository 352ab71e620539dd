import type { LoggedEvent } from '../../../operator/log-event.ts';
import type { Story } from '../../../operator/story.ts';
import type { Stretch } from '../../../operator/stretches.ts';
import { type Html, html } from '../../frame/html.ts';
import { spanOfMs } from '../../frame/words.ts';

const WORDS = { waited: 'waited', ai: 'AI service', settle: 'written and the rest' } as const;
const WIDTH = 1_000;
/** What took a thousandth of the whole is still seen. */
const LEAST_WIDTH = 3;
const GOOD: readonly string[] = ['completed'];
const BAD: readonly string[] = ['failed', 'timeout'];
const SHAKY: readonly string[] = ['retried', 'released', 'rescued'];

/** Where the time went, drawn and in words; then every event. */
export function timeLine({ stretches, events, request }: Story): Html {
  return html`<h2>Where the time went</h2>${bars(stretches)}<p>${sums(stretches)}</p>
<h2>What happened</h2><ol class="line">${events.map((event) => eventView(event, request.createdMs))}</ol>
${events.length === 0 ? html`<p class="quiet">The log has nothing of it (any more).</p>` : ''}`;
}

/** Attributes of SVG, since a page may set no style of its own. */
function bars(stretches: readonly Stretch[]): Html {
  const fromMs = Math.min(...stretches.map((stretch) => stretch.fromMs));
  const toMs = Math.max(...stretches.map((stretch) => stretch.toMs));
  if (stretches.length === 0 || toMs <= fromMs) return html``;
  const scale = WIDTH / (toMs - fromMs);
  const rects = stretches.map(({ kind, fromMs: start, toMs: end }) => {
    const width = Math.max(LEAST_WIDTH, (end - start) * scale);
    const x = Math.min((start - fromMs) * scale, WIDTH - width);
    return html`<rect class="${kind}" x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="24"/>`;
  });
  return html`<svg class="spans" viewBox="0 0 ${WIDTH} 24" preserveAspectRatio="none" role="img" aria-label="${sums(stretches)}">${rects}</svg>
<p class="legend" aria-hidden="true"><span class="key waited"></span>waited <span class="key ai"></span>AI service <span class="key settle"></span>written and the rest</p>`;
}

function sums(stretches: readonly Stretch[]): string {
  const parts = (['waited', 'ai', 'settle'] as const).flatMap((kind) => {
    const of = stretches.filter((stretch) => stretch.kind === kind);
    const ms = of.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    if (of.length === 0) return [];
    const isOpen = of.some((stretch) => stretch.isOpen);
    return [`${WORDS[kind]} ${spanOfMs(ms)}${isOpen ? ' so far' : ''}`];
  });
  return parts.join(', ');
}

function eventView(event: LoggedEvent, createdMs: number): Html {
  const { event: name, atMs, worker, attempt, errorCode, ms, by, as, of } = event;
  const kind = GOOD.includes(name)
    ? 'good'
    : BAD.includes(name)
      ? 'bad'
      : SHAKY.includes(name)
        ? 'warning'
        : '';
  const told = [
    ...(attempt === null ? [] : [`attempt ${attempt}`]),
    ...(ms === null ? [] : [`call of ${spanOfMs(ms)}`]),
    ...(worker === null ? [] : [`by ${worker}`]),
    ...(by === null ? [] : [`by ${by}`]),
  ].join(', ');
  const link = as ?? of;
  return html`<li class="${kind}"><strong>${name}</strong> <span class="quiet">after ${spanOfMs(Math.max(0, atMs - createdMs))}${told === '' ? '' : `, ${told}`}</span>${errorCode === null ? '' : html` <code>${errorCode}</code>`}${link === null ? '' : html` <a href="/requests/${link}">${as === null ? 'copy of' : 'as'} ${link}</a>`}</li>`;
}
