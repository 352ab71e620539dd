import { type Html, html, type Insert } from './html.ts';

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => Insert;
  /** Numbers stand to the right. */
  readonly isNumber?: boolean;
  /** On a phone it has a line for itself. */
  readonly isLong?: boolean;
  /** On a phone the first column is the heading of its row's card. */
  readonly isHeading?: boolean;
}

interface TableOptions<Row> {
  /** For who cannot see where it stands. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** What stands in place of an empty table. */
  readonly none: string;
}

/** A table that becomes a list of cards where there is no room for its columns. */
export function table<Row>({ caption, columns, rows, none }: TableOptions<Row>): Html {
  if (rows.length === 0) return html`<p class="quiet">${none}</p>`;
  return html`<table class="cards" role="table"><caption class="hidden">${caption}</caption>
<thead><tr role="row">${columns.map(headOf)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr role="row">${columns.map((column) => cellOf(column, row))}</tr>
`,
  )}</tbody></table>`;
}

function headOf<Row>({ name, isNumber }: Column<Row>): Html {
  return html`<th scope="col" role="columnheader"${isNumber ? html` class="number"` : ''}>${name}</th>`;
}

function cellOf<Row>({ name, cell, isNumber, isLong, isHeading }: Column<Row>, row: Row): Html {
  const kind = isNumber ? html` class="number"` : isLong ? html` class="long"` : '';
  if (isHeading) return html`<th scope="row" role="rowheader"${kind}>${cell(row)}</th>`;
  return html`<td role="cell" data-name="${name}"${kind}>${cell(row)}</td>`;
}
