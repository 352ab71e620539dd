import type { ServiceFacts } from '../../../doctor/ai-service.ts';
import { html } from '../../frame/html.ts';
import { shareFor } from '../../frame/share.ts';
import { shortened, spanOfMs } from '../../frame/words.ts';
import { figureView, type Tile, tile } from './tile.ts';

export interface ServiceLook {
  /** Asks the AI service for its health. */
  readonly health: () => Promise<ServiceFacts>;
  /** Of the worker in this process; null where there is none. */
  readonly breaker: (() => string) | null;
}

const SHARE_MS = 5_000;
const MOST_REASON_CHARACTERS = 140;
const BADGES: Readonly<Record<string, string>> = {
  ok: 'ok',
  degraded: 'warning',
  loading: 'warning',
  down: 'broken',
};

/** How the AI service is, and whether the worker leaves it in peace. */
export function serviceTile({ health, breaker }: ServiceLook): Tile {
  const look = shareFor(SHARE_MS, health);
  return tile({
    id: 'service',
    kind: 'tile',
    query: () => look(),
    view: (facts) => {
      const notes = breaker === null ? [] : [`breaker ${breaker().replace('_', ' ')}`];
      if ('trouble' in facts)
        return figureView({
          name: 'AI service',
          figure: html`<span class="badge ${facts.isRefusal ? 'warning' : 'broken'}">${facts.isRefusal ? 'no health' : 'away'}</span>`,
          notes: [shortened(facts.trouble, MOST_REASON_CHARACTERS), ...notes],
        });
      const status = textOf(facts.health['status']) || 'ok';
      const reason = textOf(facts.health['reason']);
      const who = textOf(facts.health['model']) || textOf(facts.health['provider']);
      return figureView({
        name: 'AI service',
        figure: html`<span class="badge ${BADGES[status] ?? ''}">${shortened(status, 20)}</span>`,
        notes: [
          ...(who === '' ? [] : [shortened(who, 60)]),
          ...(reason === '' ? [] : [shortened(reason, MOST_REASON_CHARACTERS)]),
          `health in ${spanOfMs(facts.ms)}`,
          ...notes,
        ],
      });
    },
  });
}

/** Anybody's service may stand there: what it says is a text or nothing. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
