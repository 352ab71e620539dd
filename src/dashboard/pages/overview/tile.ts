import { messageOf } from '../../../base/errors.ts';
import type { Operator } from '../../../operator/operator.ts';
import type { Overview } from '../../../operator/overview.ts';
import { type Html, html } from '../../frame/html.ts';

/** What a tile may ask. */
interface TileLook {
  readonly operator: Operator;
  /** Asked once for all tiles. */
  readonly overview: Overview;
}

type TileKind = 'tile' | 'half' | 'wide';

/** One figure or chart of the overview: a query, and a view of what it gives. */
interface TileOf<T> {
  readonly id: string;
  /** tile: among the figures; half and wide: a chart or a table below them. */
  readonly kind: TileKind;
  readonly query: (look: TileLook) => Promise<T> | T;
  readonly view: (found: T) => Html;
}

export interface Tile {
  readonly id: string;
  readonly kind: TileKind;
  show(look: TileLook): Promise<Html>;
}

/** One that fails says so in its place, and the others stay. */
export function tile<T>({ id, kind, query, view }: TileOf<T>): Tile {
  return {
    id,
    kind,
    async show(look) {
      try {
        return await view(await query(look));
      } catch (error) {
        return html`<p class="bad">${id}: ${messageOf(error)}</p>`;
      }
    },
  };
}

interface Figure {
  readonly name: string;
  readonly figure: Html | string;
  readonly notes?: readonly (Html | string)[];
}

export function figureView({ name, figure, notes = [] }: Figure): Html {
  return html`<div class="tile"><div class="name">${name}</div><div class="figure">${figure}</div>${notes.map((note) => html`<span class="note">${note}</span>`)}</div>`;
}
