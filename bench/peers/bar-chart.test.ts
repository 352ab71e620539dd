import { expect, it } from 'vitest';
import { barChart } from './bar-chart.ts';

const chart = barChart({
  title: 'Requests & answers',
  bars: [
    { name: 'AI IPC, default', value: 4_000 },
    { name: 'half <as> fast', value: 2_000 },
    { name: 'nothing', value: 0 },
  ],
  valueText: (value) => `${value} a second`,
});

it('draws bars as long as their values are large, and tells ours from others', () => {
  const bars = [...chart.matchAll(/<rect class="([^"]+)"[^>]* width="(\d+)"/g)].map(([, name, width]) => [
    name,
    Number(width),
  ]);
  expect(bars).toEqual([
    ['bar ours', 410],
    ['bar', 205],
    ['bar', 0],
  ]);
});

it('says title, names and values as text', () => {
  expect(chart).toContain('<title>Requests &amp; answers</title>');
  expect(chart).toContain('>half &lt;as&gt; fast</text>');
  expect(chart).toContain('>4000 a second</text>');
});

it('has no bar where there is nothing to compare', () => {
  const empty = barChart({ title: 'None', bars: [{ name: 'a', value: 0 }], valueText: String });
  expect(empty).toContain('width="0" height="16"');
});

it('cuts a bar that would leave nothing of the others, and marks its value', () => {
  const values = [1, 2, 3, 4, 5_000];
  const bars = values.map((value) => ({ name: `${value}`, value }));
  const cut = barChart({ title: 'One is far away', bars, valueText: String });
  expect([...cut.matchAll(/<rect [^>]* width="(\d+)"/g)].map(([, width]) => Number(width))).toEqual([
    103, 205, 308, 410, 410,
  ]);
  expect(cut).toContain('>» 5000</text>');
  expect(cut).not.toContain('>» 4</text>');
});
