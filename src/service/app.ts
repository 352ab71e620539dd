import { Hono } from 'hono';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Answer } from './contract.ts';
import { refuse, toErrorResponse, toJsonResponse } from './http-error.ts';
import { addNpcRoutes, type Mind } from './npc-routes.ts';
import { addTestRoutes } from './test-routes.ts';

export interface AppOptions {
  readonly mind: Mind;
  readonly version: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly hasTestEndpoints: boolean;
  /** Aborted when no answer can be waited for any longer. */
  readonly stopped: AbortSignal;
}

/** All endpoints of the AI service, without a server. */
export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  addHealthRoute(app, options);
  addNpcRoutes(app, options.mind);
  if (options.hasTestEndpoints) addTestRoutes(app, options);
  refuseOtherMethods(app);
  app.notFound(({ req }) => {
    const message = `There is nothing at ${shorten(req.path)}. The endpoints are ${pathsOf(app).join(', ')}.`;
    return toErrorResponse(refuse('not_found', message));
  });
  app.onError((error, { req }) => {
    options.logger.error({ err: error, path: shorten(req.path) }, 'AI service request failed');
    return toErrorResponse(refuse('internal', 'The AI service failed on this request; its log tells why.'));
  });
  return app;
}

function addHealthRoute(app: Hono, { mind, version, clock }: AppOptions): void {
  const startMs = clock.nowMs();
  app.get('/api/v1/health', () => {
    const health: Answer<'health'> = {
      status: 'ok',
      version,
      provider: mind.provider.name,
      model: mind.provider.model,
      uptime_s: Math.floor((clock.nowMs() - startMs) / 1000),
    };
    return toJsonResponse(health);
  });
}

/** After the routes themselves: what reaches these has a known path and a method that it does not take. */
function refuseOtherMethods(app: Hono): void {
  const routes = [...app.routes];
  for (const path of pathsOf(app)) {
    const allowed = routes.filter((route) => route.path === path).map((route) => route.method);
    app.all(path, ({ req }) => {
      const message = `${shorten(req.path)} does not take ${req.method}. Use ${allowed.join(' or ')}.`;
      return toErrorResponse(refuse('method_not_allowed', message), { Allow: allowed.join(', ') });
    });
  }
}

function pathsOf(app: Hono): string[] {
  return [...new Set(app.routes.map((route) => route.path))];
}

function shorten(path: string): string {
  return path.length > 100 ? `${path.slice(0, 100)}…` : path;
}
