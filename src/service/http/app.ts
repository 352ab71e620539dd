import { Hono } from 'hono';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Answer } from '../base/contract.ts';
import type { HealthReport, ModelReport } from '../base/health.ts';
import type { NpcMemory } from '../memory/memory.ts';
import type { IsAuthorized } from './authorization.ts';
import type { CheckCaller } from './callers.ts';
import type { ServerEnv } from './delivery.ts';
import { refuse, toErrorResponse, toJsonResponse, toRefusal } from './http-error.ts';
import { addMemoryRoutes } from './memory-routes.ts';
import { addNpcRoutes, type NpcRouteParts } from './npc-routes.ts';
import { describeApi } from './openapi.ts';
import { addTestRoutes } from './test-routes.ts';

export interface AppOptions extends NpcRouteParts {
  readonly health: () => HealthReport;
  /** null while there is no database. */
  readonly memory: () => NpcMemory | null;
  /** Whether requests of the queue may read it. */
  readonly memoryForRequests: boolean;
  readonly isAuthorized: IsAuthorized;
  readonly checkCaller: CheckCaller;
  readonly version: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly hasTestEndpoints: boolean;
  /** Aborted when no answer can be waited for any longer. */
  readonly stopped: AbortSignal;
}

const HEALTH_PATH = '/api/v1/health';
const OPENAPI_PATH = '/openapi.json';
/** What shows nothing of players or NPCs: what watches the service has no key for it, and calls it by any name. */
const OPEN_PATHS: readonly string[] = [HEALTH_PATH, OPENAPI_PATH];
/** Where Hono lists what runs before all routes. */
const EVERY_PATH = '/*';

/** All endpoints of the AI service, without a server. */
export function createApp(options: AppOptions): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  guard(app, options);
  addHealthRoute(app, options);
  addOpenapiRoute(app, options.version);
  addNpcRoutes(app, options);
  const { personas, recollecting } = options.endpoints;
  const { memory, memoryForRequests, deadlines, defaultDeadlineMs } = options;
  addMemoryRoutes(app, {
    ...{ personas, recollecting, memory, memoryForRequests, deadlines, defaultDeadlineMs },
  });
  if (options.hasTestEndpoints) addTestRoutes(app, options);
  refuseOtherMethods(app);
  app.notFound(({ req }) => {
    const message = `There is nothing at ${shorten(req.path)}. The endpoints are ${pathsOf(app).join(', ')}.`;
    return toErrorResponse(refuse('not_found', message));
  });
  app.onError((error, { req }) => {
    const refusal = toRefusal(error);
    // Whoever watches the model has logged it.
    if (refusal !== undefined) return toErrorResponse(refusal);
    options.logger.error({ err: error, path: shorten(req.path) }, 'AI service request failed');
    return toErrorResponse(refuse('internal', 'The AI service failed on this request; its log tells why.'));
  });
  return app;
}

function guard(app: Hono<ServerEnv>, { checkCaller, isAuthorized }: AppOptions): void {
  app.use(EVERY_PATH, async ({ req }, next) => {
    if (OPEN_PATHS.includes(req.path)) return await next();
    const refusal = checkCaller(req.raw);
    if (refusal !== undefined) return toErrorResponse(refusal);
    if (isAuthorized(req.raw)) return await next();
    const message =
      'This AI service asks for its key. Send it as Authorization: Bearer …; the worker does with AI_SERVICE_HEADERS.';
    return toErrorResponse(refuse('unauthorized', message), { 'WWW-Authenticate': 'Bearer' });
  });
}

function addHealthRoute(app: Hono<ServerEnv>, { health, version, clock }: AppOptions): void {
  const startMs = clock.nowMs();
  app.get(HEALTH_PATH, () => {
    const { status, reason, provider, model, models } = health();
    if (status === 'down') return toErrorResponse(refuse('unavailable', reason ?? 'Nobody can answer.'));
    const answer: Answer<'health'> = {
      status,
      ...(reason === undefined ? {} : { reason }),
      version,
      provider,
      model,
      ...(models.length === 0 ? {} : { models: models.map(toModelAnswer) }),
      uptime_s: Math.floor((clock.nowMs() - startMs) / 1000),
    };
    return toJsonResponse(answer);
  });
}

function toModelAnswer({ server, model, status, answers, failures, tokens }: ModelReport) {
  return {
    ...{ server, model, status, answers, failures },
    tokens: { prompt: tokens.prompt, completion: tokens.completion },
  };
}

function addOpenapiRoute(app: Hono<ServerEnv>, version: string): void {
  let description: ReturnType<typeof describeApi> | undefined;
  // Made when it is asked for: it costs a start 50 ms of CPU, and most services are never asked.
  app.get(OPENAPI_PATH, () => {
    description ??= describeApi(version);
    return toJsonResponse(description);
  });
}

/** After the routes themselves: what reaches these has a known path and a method that it does not take. */
function refuseOtherMethods(app: Hono<ServerEnv>): void {
  const routes = [...app.routes];
  for (const path of pathsOf(app)) {
    const allowed = routes.filter((route) => route.path === path).map((route) => route.method);
    app.all(path, ({ req }) => {
      const message = `${shorten(req.path)} does not take ${req.method}. Use ${allowed.join(' or ')}.`;
      return toErrorResponse(refuse('method_not_allowed', message), { Allow: allowed.join(', ') });
    });
  }
}

function pathsOf(app: Hono<ServerEnv>): string[] {
  return [...new Set(app.routes.map((route) => route.path))].filter((path) => path !== EVERY_PATH);
}

function shorten(path: string): string {
  return path.length > 100 ? `${path.slice(0, 100)}…` : path;
}
