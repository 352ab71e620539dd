import { type Percentiles, percentilesOf, type Weighted } from './percentiles.ts';
import type { SampledBucket, SampledRequest } from './sample.ts';
import type { Span } from './window.ts';

/** How many requests there were, by what has become of them. Rounded where a part of them was looked at. */
interface StatusCounts {
  readonly requests: number;
  readonly completed: number;
  readonly failed: number;
  readonly timeout: number;
  readonly cancelled: number;
}

interface TrafficFigures extends StatusCounts {
  /** Completed of those that completed, failed or timed out; null without any. */
  readonly successRate: number | null;
  /** Of the completed ones: those that needed more than one attempt. */
  readonly healed: number;
  readonly waitedMs: Percentiles | null;
  readonly aiMs: Percentiles | null;
  readonly totalMs: Percentiles | null;
}

export interface TrafficBucket extends Span, TrafficFigures {
  readonly requestsPerSecond: number;
}

export interface Traffic extends TrafficFigures {
  readonly requestsPerSecond: number;
  readonly answersPerSecond: number;
  /** Whether a part of the requests stands for all. */
  readonly isSampled: boolean;
  /** How many were looked at. */
  readonly sampled: number;
  readonly series: readonly TrafficBucket[];
}

/** One sampled request, and how many it stands for. */
interface Standing {
  readonly request: SampledRequest;
  readonly weight: number;
}

export function trafficOf(buckets: readonly SampledBucket[]): Traffic {
  const standing = buckets.flatMap(standingIn);
  const figures = figuresOf(standing);
  const fromMs = buckets[0]?.fromMs ?? 0;
  const toMs = buckets.at(-1)?.toMs ?? 0;
  return {
    ...figures,
    requestsPerSecond: perSecond(figures.requests, { fromMs, toMs }),
    answersPerSecond: perSecond(figures.completed, { fromMs, toMs }),
    isSampled: buckets.some(({ isWhole }) => !isWhole),
    sampled: standing.length,
    series: buckets.map((bucket) => ({
      fromMs: bucket.fromMs,
      toMs: bucket.toMs,
      ...figuresOf(standingIn(bucket)),
      requestsPerSecond: perSecond(bucket.requests, bucket),
    })),
  };
}

function standingIn({ requests, sampled }: SampledBucket): Standing[] {
  return sampled.map((request) => ({ request, weight: requests / sampled.length }));
}

function figuresOf(standing: readonly Standing[]): TrafficFigures {
  const countOf = (isMeant: (request: SampledRequest) => boolean) =>
    Math.round(standing.reduce((sum, { request, weight }) => sum + (isMeant(request) ? weight : 0), 0));
  const completed = countOf(({ status }) => status === 'completed');
  const failed = countOf(({ status }) => status === 'failed');
  const timeout = countOf(({ status }) => status === 'timeout');
  const judged = completed + failed + timeout;
  const percentiles = (timeOf: (request: SampledRequest) => number | null) =>
    percentilesOf(
      standing.flatMap(({ request, weight }): Weighted[] => {
        const value = timeOf(request);
        return value === null ? [] : [{ value, weight }];
      }),
    );
  return {
    requests: countOf(() => true),
    completed,
    failed,
    timeout,
    cancelled: countOf(({ status }) => status === 'cancelled'),
    successRate: judged === 0 ? null : completed / judged,
    healed: countOf(({ status, attempts }) => status === 'completed' && attempts > 1),
    waitedMs: percentiles(({ waitedMs }) => waitedMs),
    aiMs: percentiles(({ aiMs }) => aiMs),
    totalMs: percentiles(({ totalMs }) => totalMs),
  };
}

function perSecond(count: number, { fromMs, toMs }: Span): number {
  return toMs > fromMs ? count / ((toMs - fromMs) / 1000) : 0;
}

/** What one NPC asked in the window. */
export interface NpcFigures extends TrafficFigures {
  /** null: requests that name none. */
  readonly npc: string | null;
  /** The error that its failed requests have most often. */
  readonly topError: string | null;
  /** Of a model, for all its answers; an estimate where a part of them was looked at. */
  readonly tokens: number;
}

/** Who asks most, first. An NPC of which few requests are among a million may not be among those that were looked at. */
export function npcFiguresOf(buckets: readonly SampledBucket[], limit: number): NpcFigures[] {
  const byNpc = new Map<string | null, Standing[]>();
  for (const standing of buckets.flatMap(standingIn)) {
    const { npc } = standing.request;
    const others = byNpc.get(npc);
    if (others === undefined) byNpc.set(npc, [standing]);
    else others.push(standing);
  }
  return [...byNpc]
    .map(([npc, standing]) => ({
      npc,
      ...figuresOf(standing),
      topError: topErrorOf(standing),
      tokens: tokensOf(standing),
    }))
    .sort((a, b) => b.requests - a.requests || String(a.npc).localeCompare(String(b.npc)))
    .slice(0, limit);
}

function tokensOf(standing: readonly Standing[]): number {
  return Math.round(standing.reduce((sum, { request, weight }) => sum + request.tokens * weight, 0));
}

function topErrorOf(standing: readonly Standing[]): string | null {
  const weights = new Map<string, number>();
  for (const { request, weight } of standing)
    if (request.errorCode !== null && (request.status === 'failed' || request.status === 'timeout'))
      weights.set(request.errorCode, (weights.get(request.errorCode) ?? 0) + weight);
  return [...weights].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}
