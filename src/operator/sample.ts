import type { Row } from '../database/database.ts';
import { nullableNumberOf, nullableTextOf, numberOf, textOf } from '../database/row-fields.ts';
import { isEnded, REQUEST_STATUSES, type RequestStatus } from '../queue/request.ts';
import type { OperatorDatabase } from './database.ts';
import { allIds, firstIdAt, type IdRange } from './id-range.ts';
import { spanOf } from './request-list.ts';
import { bucketsOf, type Span, type WindowName } from './window.ts';

/** What the figures are made of, one request each. */
export interface SampledRequest {
  readonly status: RequestStatus | undefined;
  readonly npc: string | null;
  readonly errorCode: string | null;
  readonly attempts: number;
  readonly waitedMs: number | null;
  readonly aiMs: number | null;
  readonly totalMs: number | null;
  /** Of a model, for its answer; 0 where the answer tells of none. */
  readonly tokens: number;
}

/** A stretch of time, how many requests were made in it, and some of them. */
export interface SampledBucket extends Span {
  /** Exact where all were looked at, else by how many of the ids that were looked for are there. */
  readonly requests: number;
  readonly sampled: readonly SampledRequest[];
  readonly isWhole: boolean;
}

/** So many of a bucket are looked at: of 30 buckets 4,200, which tells a percentile to some tenths of a percent. */
const SAMPLED = 140;
/** In runs of neighbours, which share pages. */
const RUN = 14;
/** What was made so long before now has ended, but for lives that are longer than most. */
const SETTLED_MS = 60_000;
/** Four windows of at most 32 buckets each, and some that have just gone out of them. */
const MOST_KEPT = 256;

/**
 * Looks at what was made in a window, whatever the size of the table: of each bucket a part, evenly spread. A bucket in
 * which all has ended stays as it is, and is kept.
 */
export class Sampler {
  readonly #db: OperatorDatabase;
  readonly #kept = new Map<string, SampledBucket>();

  constructor(db: OperatorDatabase) {
    this.#db = db;
  }

  async sample(window: WindowName, nowMs: number): Promise<SampledBucket[]> {
    const buckets: SampledBucket[] = [];
    let ids: IdRange | undefined;
    for (const span of bucketsOf(window, nowMs)) {
      const key = `${window} ${span.fromMs}`;
      const kept = this.#kept.get(key);
      if (kept !== undefined) {
        buckets.push(kept);
        continue;
      }
      ids ??= await this.#idsFrom(span.fromMs);
      const before = span.toMs >= nowMs ? ids.before : await firstIdAt(this.#db, span.toMs, ids);
      const bucket = await this.#look(span, { from: ids.from, before });
      ids = { from: before, before: ids.before };
      if (isSettled(bucket, nowMs)) this.#keep(key, bucket);
      buckets.push(bucket);
    }
    return buckets;
  }

  async #idsFrom(ms: number): Promise<IdRange> {
    const all = await allIds(this.#db);
    return { from: await firstIdAt(this.#db, ms, all), before: all.before };
  }

  async #look(span: Span, range: IdRange): Promise<SampledBucket> {
    const ids = idsIn(range);
    const spread = range.before - range.from;
    if (ids.length === 0) return { ...span, requests: 0, sampled: [], isWhole: true };
    const rows = await this.#db.database.query(this.#db.statements.sample, [ids]);
    const isWhole = ids.length === spread;
    const requests = isWhole ? rows.length : Math.round((rows.length / ids.length) * spread);
    return { ...span, requests, sampled: rows.map(sampledOf), isWhole };
  }

  #keep(key: string, bucket: SampledBucket): void {
    this.#kept.set(key, bucket);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** All ids of a short range; of a long one, runs of neighbours that are evenly spread. */
export function idsIn({ from, before }: IdRange): number[] {
  const spread = before - from;
  if (spread <= SAMPLED) return Array.from({ length: spread }, (_, index) => from + index);
  const runs = SAMPLED / RUN;
  return Array.from({ length: runs }, (_, run) => {
    const first = from + Math.floor((run * (spread - RUN)) / (runs - 1));
    return Array.from({ length: RUN }, (_, index) => first + index);
  }).flat();
}

function isSettled({ toMs, sampled }: SampledBucket, nowMs: number): boolean {
  return nowMs - toMs >= SETTLED_MS && sampled.every(({ status }) => status !== undefined && isEnded(status));
}

function sampledOf(row: Row): SampledRequest {
  const createdMs = nullableNumberOf(row, 'created_ms') ?? 0;
  const status = textOf(row, 'status');
  return {
    status: REQUEST_STATUSES.find((known) => known === status),
    npc: nullableTextOf(row, 'source_npc'),
    errorCode: nullableTextOf(row, 'error_code'),
    attempts: numberOf(row, 'attempts'),
    waitedMs: spanOf(createdMs, nullableNumberOf(row, 'claimed_ms')),
    aiMs: nullableNumberOf(row, 'ai_ms'),
    totalMs: spanOf(createdMs, nullableNumberOf(row, 'processed_ms')),
    tokens: tokensIn(nullableTextOf(row, 'answer_end') ?? ''),
  };
}

/** Our AI service tells them at the end of an answer; of another's answers nothing is known. */
const TOKENS = /"tokens":\{"prompt":(\d{1,9}),"completion":(\d{1,9})\}/;

function tokensIn(answerEnd: string): number {
  const [, prompt = '0', completion = '0'] = TOKENS.exec(answerEnd) ?? [];
  return Number(prompt) + Number(completion);
}
