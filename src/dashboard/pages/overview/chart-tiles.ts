import type { TrafficBucket } from '../../../operator/traffic.ts';
import { chartView } from '../../frame/chart.ts';
import { tile } from './tile.ts';

export const trafficChart = tile({
  id: 'traffic-chart',
  kind: 'half',
  query: ({ overview }) => overview.traffic.series,
  view: (series) =>
    chartView({
      title: 'Requests a second',
      unit: '/s',
      timesMs: series.map(({ fromMs }) => fromMs),
      series: [
        {
          name: 'made',
          colour: 'series-1',
          values: series.map(({ requestsPerSecond }) => requestsPerSecond),
        },
        { name: 'answered', colour: 'series-2', values: series.map((one) => perSecond(one, one.completed)) },
        {
          name: 'failed or too late',
          colour: 'bad',
          dash: true,
          values: series.map((one) => perSecond(one, one.failed + one.timeout)),
        },
      ],
    }),
});

export const latencyChart = tile({
  id: 'latency-chart',
  kind: 'half',
  query: ({ overview }) => overview.traffic.series,
  view: (series) =>
    chartView({
      title: 'Time to the answer (ms)',
      unit: 'ms',
      timesMs: series.map(({ fromMs }) => fromMs),
      series: [
        { name: 'median', colour: 'series-1', values: series.map(({ totalMs }) => totalMs?.p50 ?? null) },
        { name: '95 %', colour: 'series-3', values: series.map(({ totalMs }) => totalMs?.p95 ?? null) },
        {
          name: 'waited, 95 %',
          colour: 'series-4',
          dash: true,
          values: series.map(({ waitedMs }) => waitedMs?.p95 ?? null),
        },
        {
          name: 'AI, 95 %',
          colour: 'series-2',
          dash: true,
          values: series.map(({ aiMs }) => aiMs?.p95 ?? null),
        },
      ],
    }),
});

function perSecond({ fromMs, toMs }: TrafficBucket, count: number): number {
  return toMs > fromMs ? count / ((toMs - fromMs) / 1000) : 0;
}
