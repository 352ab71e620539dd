/** A row of the table: a setting, what was measured of it, and what came out. */
export interface Row {
  readonly setting: string;
  readonly measured: string;
  readonly effect: string;
}

/** The middle of the rounds, and the least and the most of them: how far apart they are says what the middle is worth. */
export function ratioCell(ratios: readonly number[]): string {
  const sorted = [...ratios].sort((a, b) => a - b);
  const [least, middle, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].map((one) =>
    (one ?? Number.NaN).toFixed(2),
  );
  return `**${middle}** (${least} to ${most})`;
}

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ setting, measured, effect }) => `| ${setting} | ${measured} | ${effect} |`);
  return `\n| setting | measured | effect |\n|---|---|---|\n${lines.join('\n')}\n\n`;
}
