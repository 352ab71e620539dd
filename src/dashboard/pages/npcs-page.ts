import type { Operator } from '../../operator/operator.ts';
import type { NpcFigures } from '../../operator/traffic.ts';
import { WINDOW_NAMES } from '../../operator/window.ts';
import { type Html, html } from '../frame/html.ts';
import { messageView, type Page, type View } from '../frame/page.ts';
import { shareFor } from '../frame/share.ts';
import { table } from '../frame/table.ts';
import { countOf, partOf, shortened, spanOfMs } from '../frame/words.ts';
import { windowLinks, windowOf } from './overview/overview-page.ts';
import { requestTable } from './requests/request-table.ts';

const SHARE_MS = 3_000;
const LAST_TALKS = 20;

const ORDERS = {
  requests: { name: 'asks most', value: ({ requests }: NpcFigures) => requests },
  tokens: { name: 'costs most', value: ({ tokens }: NpcFigures) => tokens },
  failed: { name: 'fails most', value: ({ failed, timeout }: NpcFigures) => failed + timeout },
} as const;
type OrderName = keyof typeof ORDERS;

/** Who asks most, who costs most and who fails most. */
export function npcsPage(operator: Operator): Page {
  const lookAt = new Map(WINDOW_NAMES.map((name) => [name, shareFor(SHARE_MS, () => operator.npcs(name))]));
  return {
    path: '/npcs',
    async show({ query }): Promise<View> {
      const window = windowOf(query);
      const order = orderOf(query.get('order'));
      const npcs = [...((await lookAt.get(window)?.()) ?? [])];
      npcs.sort((a, b) => ORDERS[order].value(b) - ORDERS[order].value(a));
      const content = html`${windowLinks(window)}${orderLinks(window, order)}${npcTable(npcs)}`;
      return { title: 'NPCs', sections: [{ id: 'npcs', isLive: true, isStill: true, content }] };
    },
  };
}

/** The last talks of one NPC, without what was said. */
export function npcPage(operator: Operator): Page {
  return {
    path: '/npcs/talks',
    async show({ query }): Promise<View> {
      const npc = query.get('npc') ?? '';
      if (npc === '') return messageView('NPCs', 'Name an NPC.', 400);
      const { requests } = await operator.list({ npc }, { limit: LAST_TALKS });
      const content = html`<p><a href="/npcs">All NPCs</a> · <a href="/requests?${new URLSearchParams({ npc }).toString()}">All its requests</a></p>${requestTable(requests, { canSelect: false, none: 'It has asked nothing that is still kept.' })}`;
      return {
        title: `Last talks of ${npc}`,
        sections: [{ id: 'talks', isLive: true, isStill: true, content }],
      };
    },
  };
}

function npcTable(npcs: readonly NpcFigures[]): Html {
  return table({
    caption: 'NPCs by what they asked',
    rows: npcs,
    none: 'No NPC has asked anything in this time.',
    columns: [
      { name: 'NPC', isHeading: true, cell: ({ npc }) => npcLink(npc) },
      { name: 'Requests', isNumber: true, cell: ({ requests }) => countOf(requests) },
      { name: 'Failed', isNumber: true, cell: ({ failed, timeout }) => countOf(failed + timeout) },
      {
        name: 'Success',
        isNumber: true,
        cell: ({ completed, failed, timeout }) => partOf(completed, completed + failed + timeout),
      },
      {
        name: 'Most frequent error',
        cell: ({ topError }) => (topError === null ? '' : html`<code>${topError}</code>`),
      },
      { name: 'Tokens', isNumber: true, cell: ({ tokens }) => countOf(tokens) },
      {
        name: 'Median',
        isNumber: true,
        cell: ({ totalMs }) => (totalMs === null ? '–' : spanOfMs(totalMs.p50)),
      },
      {
        name: '95 %',
        isNumber: true,
        cell: ({ totalMs }) => (totalMs === null ? '–' : spanOfMs(totalMs.p95)),
      },
    ],
  });
}

function npcLink(npc: string | null): Html | string {
  if (npc === null) return 'names none';
  return html`<a href="/npcs/talks?${new URLSearchParams({ npc }).toString()}">${shortened(npc, 60)}</a>`;
}

function orderLinks(window: string, order: OrderName): Html {
  const names = Object.keys(ORDERS) as OrderName[];
  return html`<nav class="tabs windows" aria-label="Order"><ul>${names.map((name) => html`<li><a href="?window=${window}&amp;order=${name}"${name === order ? html` aria-current="true"` : ''}>${ORDERS[name].name}</a></li>`)}</ul></nav>`;
}

function orderOf(text: string | null): OrderName {
  return text !== null && Object.hasOwn(ORDERS, text) ? (text as OrderName) : 'requests';
}
