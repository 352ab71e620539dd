import { median } from '../median.ts';

interface Bar {
  readonly name: string;
  readonly value: number;
}

export interface BarChart {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** As it stands behind each bar, with its unit. */
  readonly valueText: (value: number) => string;
}

const WIDTH = 720;
const NAMES_WIDTH = 220;
const VALUES_WIDTH = 90;
const LONGEST_BAR = WIDTH - NAMES_WIDTH - VALUES_WIDTH;
const TITLE_HEIGHT = 36;
const ROW_HEIGHT = 26;
const BAR_HEIGHT = 16;
/** From the top of a row to the line that its text stands on. */
const BASELINE = 17;
/** So many times the middle value is more than a bar can show beside the others: it is cut, and its value marked. */
const MOST_TIMES = 10;

/** Ours and what is read are told apart in a bright page and in a dark one. */
const STYLE =
  'text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600}.bar{fill:#8c959f}.ours{fill:#0969da}' +
  '@media(prefers-color-scheme:dark){text{fill:#e6edf3}.bar{fill:#6e7681}.ours{fill:#4493f8}}';

/** An SVG: one bar below the other, as long as their values are large. One that is far longer than most is cut. */
export function barChart({ title, bars, valueText }: BarChart): string {
  const height = TITLE_HEIGHT + bars.length * ROW_HEIGHT;
  const largest = largestShown(bars.map(({ value }) => value));
  const rows = bars.map(({ name, value }, index) => {
    const top = TITLE_HEIGHT + index * ROW_HEIGHT;
    const width = largest > 0 ? Math.round(Math.min(1, value / largest) * LONGEST_BAR) : 0;
    const text = value > largest ? `» ${valueText(value)}` : valueText(value);
    const className = name.startsWith('AI IPC') ? 'bar ours' : 'bar';
    return [
      `<text x="${NAMES_WIDTH - 8}" y="${top + BASELINE}" text-anchor="end">${escaped(name)}</text>`,
      `<rect class="${className}" x="${NAMES_WIDTH}" y="${top + 4}" width="${width}" height="${BAR_HEIGHT}" rx="2"/>`,
      `<text x="${NAMES_WIDTH + width + 8}" y="${top + BASELINE}">${escaped(text)}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title><style>${STYLE}</style>`,
    `<text class="title" x="0" y="20">${escaped(title)}</text>`,
    ...rows,
    '</svg>\n',
  ].join('\n');
}

function largestShown(values: readonly number[]): number {
  const most = MOST_TIMES * median(values);
  return Math.max(...values.filter((value) => value <= most));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
