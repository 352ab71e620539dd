import { Breaker, type BreakerState, type Sign } from '../base/breaker.ts';
import type { Clock } from '../base/clock.ts';
import type { RequestError } from '../base/errors.ts';
import type { AiResult } from './ai-result.ts';

/** What a call through the breaker of the service gave. */
type Called = AiResult | 'rejected';

interface Watched {
  readonly result: Called;
  readonly isImpatient: boolean;
}

interface CallOf {
  readonly endpoint: string;
  /** The request's short life cut the call, which says little about the endpoint. */
  readonly isImpatient: boolean;
}

export interface SlowEndpointsOptions {
  readonly clock: Clock;
  /** Told when calls to it wait, with the reason, and when it answers again. */
  readonly onSlow: (path: string, error: RequestError) => void;
  readonly onAnswering: (path: string) => void;
}

/** Any SQL client can name endpoints; of so many paths that do not answer is known. */
const MOST_PATHS = 1_000;

/**
 * Keeps calls away from an endpoint that does not answer in time, ten calls in a row, and from no other: a service that is
 * slow in one thing is not down. One call at a time tries it. Only endpoints that had such a call are known here.
 */
export class SlowEndpoints {
  readonly #options: SlowEndpointsOptions;
  readonly #breakers = new Map<string, Breaker<Watched>>();

  constructor(options: SlowEndpointsOptions) {
    this.#options = options;
  }

  /** Why no call may be made to it now; undefined where one may. */
  refusal(endpoint: string): RequestError | undefined {
    const path = pathOf(endpoint);
    const breaker = this.#breakers.get(path);
    return breaker === undefined || breaker.allowance() > 0 ? undefined : slowError(path, breaker);
  }

  /** Makes the call and learns from it. It was asked before whether it may be made. */
  async run(call: () => Promise<Called>, { endpoint, isImpatient }: CallOf): Promise<Called> {
    const path = pathOf(endpoint);
    const known = this.#breakers.get(path);
    if (known !== undefined)
      return await resultOf(known.run(async () => ({ result: await call(), isImpatient })));
    const watched = { result: await call(), isImpatient };
    // It may have become slow while this call was under way.
    const isNews = typeof signOf(watched) === 'object' || this.#breakers.has(path);
    if (isNews) await this.#breakerOf(path).run(async () => watched);
    return watched.result;
  }

  #breakerOf(path: string): Breaker<Watched> {
    const known = this.#breakers.get(path);
    if (known !== undefined) return known;
    const breaker = new Breaker<Watched>(this.#options.clock, signOf);
    let isSlow = false;
    breaker.onChange((state: BreakerState) => {
      // Each try in vain opens it anew.
      if (state === 'open' && !isSlow) this.#options.onSlow(shortened(path), slowError(path, breaker));
      if (state === 'closed') this.#options.onAnswering(shortened(path));
      isSlow = state !== 'closed';
    });
    this.#makeRoom();
    this.#breakers.set(path, breaker);
    return breaker;
  }

  /** The one that has been known for longest goes. */
  #makeRoom(): void {
    const [oldest] = this.#breakers.keys();
    if (this.#breakers.size >= MOST_PATHS && oldest !== undefined) this.#breakers.delete(oldest);
  }
}

async function resultOf(running: Promise<Watched | 'rejected'>): Promise<Called> {
  const watched = await running;
  return watched === 'rejected' ? watched : watched.result;
}

/** What has reached nobody says nothing of an endpoint: the breaker of the service counts it. */
function signOf({ result, isImpatient }: Watched): Sign {
  if (result === 'rejected' || result.kind === 'aborted') return 'neither';
  if (result.kind !== 'trouble') return 'up';
  if (result.isServiceDown) return 'neither';
  if (result.error.code !== 'attempt_timeout') return 'up';
  return isImpatient ? 'neither' : result.error;
}

function slowError(path: string, breaker: Breaker<Watched>): RequestError {
  const last = breaker.lastError();
  const message = `Calls to ${shortened(path)} are not answered in time, and wait.${last ? ` The last one: ${last.message}` : ''}`;
  return { code: 'ai_unavailable', message };
}

/** A query may hold a key, and is no other place. */
function pathOf(endpoint: string): string {
  const [path = ''] = endpoint.split('?', 1);
  return path;
}

function shortened(path: string): string {
  return path.length > 80 ? `${path.slice(0, 80)}…` : path;
}
