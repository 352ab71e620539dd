import type { Depth } from '../../../operator/depth.ts';
import type { Percentiles } from '../../../operator/percentiles.ts';
import { html } from '../../frame/html.ts';
import { countOf, countWith, partOf, rateOf, spanOfMs } from '../../frame/words.ts';
import { figureView, tile } from './tile.ts';

/** More priorities than these are told by their number alone. */
const SHOWN_PRIORITIES = 4;

export const waiting = tile({
  id: 'waiting',
  kind: 'tile',
  query: ({ overview: { pending, nowMs } }) => ({ pending, nowMs }),
  view: ({ pending, nowMs }) =>
    figureView({
      name: 'Waiting',
      figure: html`<a href="/requests?status=pending">${depthOf(pending)}</a>`,
      notes: [
        pending.oldestMs === null ? 'nobody waits' : `the oldest for ${spanOfMs(nowMs - pending.oldestMs)}`,
        ...prioritiesOf(pending),
      ],
    }),
});

export const atWork = tile({
  id: 'at-work',
  kind: 'tile',
  query: ({ overview: { processing } }) => processing,
  view: (processing) =>
    figureView({
      name: 'At work',
      figure: html`<a href="/requests?status=processing">${depthOf(processing)}</a>`,
      notes: prioritiesOf(processing),
    }),
});

export const rates = tile({
  id: 'rates',
  kind: 'tile',
  query: ({ overview: { traffic } }) => traffic,
  view: ({ requestsPerSecond, answersPerSecond, requests, isSampled }) =>
    figureView({
      name: 'Requests a second',
      figure: rateOf(requestsPerSecond),
      notes: [
        `${rateOf(answersPerSecond)} answers a second`,
        `${isSampled ? 'about ' : ''}${countWith(requests, 'request')}`,
      ],
    }),
});

export const success = tile({
  id: 'success',
  kind: 'tile',
  query: ({ overview: { traffic } }) => traffic,
  view: ({ successRate, completed, failed, timeout, healed, cancelled }) =>
    figureView({
      name: 'Success',
      figure: successRate === null ? '–' : partOf(completed, completed + failed + timeout),
      notes: [
        html`<a href="/requests?status=failed&amp;status=timeout">${countOf(failed)} failed, ${countOf(timeout)} too late</a>`,
        `${countOf(healed)} by a retry, ${countOf(cancelled)} cancelled`,
      ],
    }),
});

export const latency = tile({
  id: 'latency',
  kind: 'tile',
  query: ({ overview: { traffic } }) => traffic,
  view: ({ totalMs, waitedMs, aiMs }) =>
    figureView({
      name: 'Answered in (median)',
      figure: totalMs === null ? '–' : spanOfMs(totalMs.p50),
      notes: [
        `95 %: ${high(totalMs)}, 99 %: ${totalMs === null ? '–' : spanOfMs(totalMs.p99)}`,
        `waited ${middle(waitedMs)}, AI ${middle(aiMs)}`,
      ],
    }),
});

function depthOf({ requests, isCapped }: Depth): string {
  return `${countOf(requests)}${isCapped ? '+' : ''}`;
}

function prioritiesOf({ byPriority, requests }: Depth): string[] {
  if (requests === 0) return [];
  const shown = byPriority.slice(0, SHOWN_PRIORITIES);
  const more = byPriority.length > shown.length ? ', …' : '';
  return [
    `priority ${shown.map(({ priority, requests: count }) => `${priority}: ${countOf(count)}`).join(', ')}${more}`,
  ];
}

function middle(percentiles: Percentiles | null): string {
  return percentiles === null ? '–' : spanOfMs(percentiles.p50);
}

function high(percentiles: Percentiles | null): string {
  return percentiles === null ? '–' : spanOfMs(percentiles.p95);
}
