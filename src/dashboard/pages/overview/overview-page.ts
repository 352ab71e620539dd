import { messageOf } from '../../../base/errors.ts';
import { broken, type Finding } from '../../../doctor/finding.ts';
import type { Operator } from '../../../operator/operator.ts';
import type { Overview } from '../../../operator/overview.ts';
import { WINDOW_NAMES, type WindowName } from '../../../operator/window.ts';
import { type Html, html } from '../../frame/html.ts';
import type { Page, View } from '../../frame/page.ts';
import { lastLookOf, shareFor } from '../../frame/share.ts';
import { countWith, shortened } from '../../frame/words.ts';
import { latencyChart, trafficChart } from './chart-tiles.ts';
import { atWork, latency, rates, success, waiting } from './queue-tiles.ts';
import { type ServiceLook, serviceTile } from './service-tile.ts';
import { lastErrors, workers } from './table-tiles.ts';
import type { Tile } from './tile.ts';

export interface OverviewParts {
  readonly operator: Operator;
  /** Looks at every part, in a few seconds. */
  readonly examine: () => Promise<readonly Finding[]>;
  readonly service: ServiceLook;
}

const WINDOW_WORDS: Readonly<Record<WindowName, string>> = {
  '15m': '15 minutes',
  '1h': '1 hour',
  '24h': '24 hours',
  '7d': '7 days',
};
const DEFAULT_WINDOW: WindowName = '1h';
/** Of all who look at the same window within this time, one asks. */
const SHARE_MS = 1_500;
/** What waits moves at each look; the figures of a window change little in ten seconds. */
const TRAFFIC_MS = 10_000;
/** The doctor asks for much: once a minute, while somebody looks. */
const DOCTOR_MS = 60_000;
const MOST_ALERTS = 5;
const MOST_REASON_CHARACTERS = 300;

/** The page that an admin looks at first. */
export function overviewPage({ operator, examine, service }: OverviewParts): Page {
  const lookAt = new Map(
    WINDOW_NAMES.map((name) => [
      name,
      shareFor<Overview>(SHARE_MS, () => operator.overview(name, { trafficMs: TRAFFIC_MS })),
    ]),
  );
  const findings = lastLookOf<readonly Finding[]>(DOCTOR_MS, {
    look: examine,
    before: [],
    onError: (error) => [broken('doctor', { reason: messageOf(error), remedy: 'ai-ipc doctor' })],
  });
  const tiles: readonly Tile[] = [
    ...[waiting, atWork, rates, success, latency, serviceTile(service)],
    ...[trafficChart, latencyChart, lastErrors, workers],
  ];
  return {
    path: '/',
    async show({ query }): Promise<View> {
      const window = windowOf(query);
      const look = { operator, overview: await (lookAt.get(window) ?? (() => operator.overview(window)))() };
      const shown = await Promise.all(tiles.map(async (tile) => ({ tile, content: await tile.show(look) })));
      const figures = shown.filter(({ tile }) => tile.kind === 'tile').map(({ content }) => content);
      const wide = shown.filter(({ tile }) => tile.kind !== 'tile');
      return {
        title: 'Overview',
        sections: [
          { id: 'alerts', isLive: true, content: alertsView(findings()) },
          {
            id: 'figures',
            isLive: true,
            content: html`${windowLinks(window)}<div class="tiles">${figures}</div>`,
          },
          ...wide.map(({ tile: { id, kind }, content }) => ({
            ...{ id, content, isLive: true, isStill: true },
            isHalf: kind === 'half',
          })),
        ],
      };
    },
  };
}

export function windowOf(query: URLSearchParams): WindowName {
  return WINDOW_NAMES.find((name) => name === query.get('window')) ?? DEFAULT_WINDOW;
}

/** Links to the same page over another time. */
export function windowLinks(window: WindowName): Html {
  return html`<nav class="tabs windows" aria-label="Time looked back over"><ul>${WINDOW_NAMES.map((name) => html`<li><a href="?window=${name}"${name === window ? html` aria-current="true"` : ''}>${WINDOW_WORDS[name]}</a></li>`)}</ul></nav>`;
}

/** What the doctor found wrong, the worst first. */
function alertsView(findings: readonly Finding[]): Html {
  const faults = (['broken', 'warning'] as const).flatMap((verdict) =>
    findings.filter((one) => one.verdict === verdict),
  );
  const more = faults.length - MOST_ALERTS;
  return html`${faults.slice(0, MOST_ALERTS).map(alertView)}${more > 0 ? html`<p><a href="/doctor">${countWith(more, 'more fault')}</a></p>` : ''}`;
}

function alertView({ part, verdict, reason, remedy }: Finding): Html {
  const mends = remedy === null ? '' : html` <code>${remedy}</code>`;
  return html`<div class="alert ${verdict}"><strong><a href="/doctor">${part}</a></strong> ${shortened(reason, MOST_REASON_CHARACTERS)}${mends}</div>`;
}
