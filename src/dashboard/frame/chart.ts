import { type Html, html } from './html.ts';

/** A line of a chart; its colour is one of the style's. */
interface Series {
  readonly name: string;
  readonly colour: 'series-1' | 'series-2' | 'series-3' | 'series-4' | 'bad';
  readonly dash?: true;
  /** null where there is nothing to draw. */
  readonly values: readonly (number | null)[];
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  /** When each value was, in milliseconds since 1970. */
  readonly timesMs: readonly number[];
  readonly series: readonly Series[];
}

/** A chart, and the same figures as a table for who cannot see it, or has no script. */
export function chartView({ title, unit, timesMs, series }: Chart): Html {
  const data = {
    unit,
    times: timesMs.map((ms) => Math.round(ms / 1000)),
    series: series.map(({ values, ...look }) => ({ ...look, values: values.map(shortNumber) })),
  };
  return html`<figure data-chart="${JSON.stringify(data)}"><figcaption>${title}</figcaption><div class="plot"></div>
<details><summary>${title} as a table</summary><table><thead><tr><th scope="col">From</th>${series.map(({ name }) => html`<th scope="col" class="number">${name}, ${unit}</th>`)}</tr></thead><tbody>${timesMs.map((ms, index) => html`<tr><th scope="row">${timeView(ms)}</th>${series.map(({ values }) => html`<td class="number">${shortNumber(values[index] ?? null) ?? '–'}</td>`)}</tr>`)}</tbody></table></details></figure>`;
}

/** A moment by the database's clock; the script shows it in the zone of whoever looks. */
export function timeView(ms: number): Html {
  const moment = new Date(ms);
  // What plain SQL wrote may be no time that there is.
  if (Number.isNaN(moment.getTime())) return html`<span class="quiet">unknown</span>`;
  const iso = moment.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

function shortNumber(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}
