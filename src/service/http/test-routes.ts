import type { Hono } from 'hono';
import type { Clock } from '../../base/clock.ts';
import type { ServerEnv } from './delivery.ts';
import { type Refusal, refuse, toErrorResponse, toJsonResponse } from './http-error.ts';

/** Longer than every time-out of a worker that anyone would set for a test. */
const MAX_DELAY_MS = 60_000;
const MIN_STATUS = 200;
const MAX_STATUS = 599;
/** HTTP allows no body with these. */
const WITHOUT_BODY: readonly number[] = [204, 205, 304];

/** Adds /api/v1/test/delay/{ms} and /api/v1/test/status/{code}: an AI service that is slow or in trouble on demand. */
export function addTestRoutes(
  app: Hono<ServerEnv>,
  { clock, stopped }: { clock: Clock; stopped: AbortSignal },
): void {
  app.on(['GET', 'POST'], '/api/v1/test/delay/:ms', async ({ req }) => {
    const delayMs = toWholeNumber(req.param('ms'), { name: 'ms', least: 0, most: MAX_DELAY_MS });
    if (typeof delayMs !== 'number') return toErrorResponse(delayMs);
    await clock.sleep(delayMs, AbortSignal.any([stopped, req.raw.signal]));
    return toJsonResponse({ delayed_ms: delayMs });
  });
  app.on(['GET', 'POST'], '/api/v1/test/status/:code', ({ req }) => {
    const status = toWholeNumber(req.param('code'), { name: 'code', least: MIN_STATUS, most: MAX_STATUS });
    if (typeof status !== 'number') return toErrorResponse(status);
    return WITHOUT_BODY.includes(status)
      ? new Response(null, { status })
      : toJsonResponse({ status }, { status });
  });
}

interface Range {
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

function toWholeNumber(text: string, { name, least, most }: Range): number | Refusal {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const message = `The field ${name} in the path must be a whole number from ${least} to ${most}; it was ${JSON.stringify(text.slice(0, 60))}.`;
  return refuse('bad_field', message);
}
