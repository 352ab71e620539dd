import type { Operator } from '../../../operator/operator.ts';
import type { Overview } from '../../../operator/overview.ts';
import { WINDOW_NAMES, type WindowName } from '../../../operator/window.ts';
import { type Html, html } from '../../frame/html.ts';
import type { Page, View } from '../../frame/page.ts';
import { shareFor } from '../../frame/share.ts';
import { latencyChart, trafficChart } from './chart-tiles.ts';
import { atWork, latency, rates, success, waiting } from './queue-tiles.ts';
import { type ServiceLook, serviceTile } from './service-tile.ts';
import { lastErrors, workers } from './table-tiles.ts';
import type { Tile } from './tile.ts';

/** What is wrong now, in short. */
export interface ShownAlert {
  readonly message: string;
  readonly remedy: string;
}

export interface OverviewParts {
  readonly operator: Operator;
  readonly alerts: () => Promise<readonly ShownAlert[]>;
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
const ALERTS_SHARE_MS = 5_000;

/** The page that an admin looks at first. */
export function overviewPage({ operator, alerts, service }: OverviewParts): Page {
  const lookAt = new Map(
    WINDOW_NAMES.map((name) => [name, shareFor<Overview>(SHARE_MS, () => operator.overview(name))]),
  );
  const lookAtAlerts = shareFor(ALERTS_SHARE_MS, alerts);
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
          { id: 'alerts', isLive: true, content: alertsView(await lookAtAlerts()) },
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

function alertsView(alerts: readonly ShownAlert[]): Html {
  return html`${alerts.map(({ message, remedy }) => html`<div class="alert" role="alert"><strong>${message}</strong> ${remedy}</div>`)}`;
}
