import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Clock } from '../base/clock.ts';
import { AiIpcError } from '../base/errors.ts';
import { splitHostAndPort } from '../base/host-and-port.ts';
import { StartStop } from '../base/lifecycle.ts';
import { listen, type ServerAddress } from '../base/listen.ts';
import type { Logger } from '../base/logger.ts';
import { SERVER_TIMEOUTS } from '../base/server-timeouts.ts';
import type { SettingsDescription } from '../config/describe.ts';
import type { Settings } from '../config/settings.ts';
import { lookAtService } from '../doctor/ai-service.ts';
import { type Operator, openOperator } from '../operator/operator.ts';
import { createApp } from './app.ts';
import type { Audit } from './frame/audit.ts';
import type { Action, Page } from './frame/page.ts';
import { Sessions } from './frame/session.ts';
import { Minds } from './minds/minds.ts';
import { auditPage } from './pages/audit-page.ts';
import { doctorPage, type Examine } from './pages/doctor-page.ts';
import { memoryPage } from './pages/memory-page.ts';
import { mindActions } from './pages/mind-actions.ts';
import { mindsPage } from './pages/minds-page.ts';
import { npcPage, npcsPage } from './pages/npcs-page.ts';
import { overviewPage } from './pages/overview/overview-page.ts';
import { requestActions } from './pages/requests/request-actions.ts';
import { requestPage, wordsPage } from './pages/requests/request-page.ts';
import { requestsPage } from './pages/requests/requests-page.ts';
import { settingsPage } from './pages/settings-page.ts';
import { trialPage } from './pages/trial-page.ts';
import { warmUp } from './warm-up.ts';

export interface DashboardOptions {
  readonly settings: Settings;
  /** For the page of settings. */
  readonly description: SettingsDescription;
  readonly version: string;
  /** Who brings this may act; null: nobody may. It is DASHBOARD_TOKEN, or one that was made for this run. */
  readonly token: string | null;
  readonly examine: Examine;
  /** The state of the worker's breaker; null where this process is no worker. */
  readonly breaker: (() => string) | null;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** A Lifecycle whose start tells where it listens. */
export interface Dashboard {
  /** Throws AiIpcError: bad_settings, port_in_use, bad_argument, or what the database has to say. */
  start(): Promise<ServerAddress>;
  stop(): Promise<void>;
}

const WORDS = { who: 'The dashboard', portBy: 'DASHBOARD_BIND', placeBy: 'DASHBOARD_BIND' };
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;
const HEALTH_LIMIT_MS = 2_000;
const STOP_GRACE_MS = 1_000;

/** The operator's view of the queue, as pages. */
export function createDashboard(options: DashboardOptions): Dashboard {
  const startStop = new StartStop('dashboard');
  const stopped = new AbortController();
  let end: (() => Promise<void>) | undefined;

  async function begin(): Promise<ServerAddress> {
    const place = placeOf(options.settings);
    const operator = await openOperator(options.settings.database);
    const minds = new Minds(options.settings);
    const release = async () => {
      await minds.close();
      await operator.close();
    };
    const { server, pages } = serverOf(options, {
      operator,
      minds,
      isReadingOpen: isReadingOpen(options),
      stopped: stopped.signal,
    });
    try {
      const address = await listen(server, place, WORDS);
      const warm = warmUp(pages, stopped.signal);
      end = async () => {
        stopped.abort();
        await close(server, options.clock);
        await warm;
        await release();
      };
      return address;
    } catch (error) {
      await release();
      throw error;
    }
  }

  return {
    start: () => startStop.start(begin),
    stop: () => startStop.stop(async () => await end?.()),
  };
}

interface Inside {
  readonly operator: Operator;
  readonly minds: Minds;
  readonly isReadingOpen: boolean;
  readonly stopped: AbortSignal;
}

/** Without a token in the settings, who is on this machine may look; with one, whoever looks brings it. */
function isReadingOpen({ settings }: DashboardOptions): boolean {
  return settings.worker.dashboardToken === '';
}

function placeOf({ worker: { dashboardBind, dashboardToken } }: Settings) {
  // The schema lets pass nothing else.
  const place = splitHostAndPort(dashboardBind) ?? { host: '', port: 0 };
  if (dashboardToken !== '' || LOOPBACK.test(place.host)) return place;
  throw new AiIpcError(
    'bad_settings',
    `DASHBOARD_BIND is ${dashboardBind}, which others can reach, and no DASHBOARD_TOKEN is set. ` +
      'Set one of 16 characters or more (openssl rand -hex 16), or bind 127.0.0.1.',
  );
}

interface Served {
  readonly server: Server;
  readonly pages: readonly Page[];
}

function serverOf(options: DashboardOptions, inside: Inside): Served {
  const { logger, clock, version, token, settings } = options;
  const { operator, minds, isReadingOpen: isOpen, stopped } = inside;
  const audit: Audit = {
    note: ({ who, address, did, about }) =>
      operator.note({
        by: `${who} (${address})`,
        action: did,
        ...(about === undefined ? {} : { what: about }),
      }),
  };
  const pages = pagesOf(options, { operator, minds, audit, settings });
  const app = createApp({
    frame: { version, database: operator.name, canSignIn: token !== null },
    pages,
    actions: actionsOf({ operator, minds, audit }),
    sessions: new Sessions(token, clock),
    isReadingOpen: isOpen,
    ...{ logger, clock, stopped },
  });
  const handle = getRequestListener(app.fetch, { hostname: '127.0.0.1' });
  const server = createServer(SERVER_TIMEOUTS, (request, answer) => {
    // The app answers what it throws, and the listener the rest: this is a bug of either, and costs one connection.
    handle(request, answer).catch((error: unknown) => {
      logger.error({ err: error }, 'A page of the dashboard failed');
      answer.destroy();
    });
  });
  return { server, pages };
}

interface Subjects {
  readonly operator: Operator;
  readonly minds: Minds;
  readonly audit: Audit;
}

function pagesOf(
  { description, examine, breaker }: DashboardOptions,
  { operator, minds, audit, settings }: Subjects & { readonly settings: Settings },
): readonly Page[] {
  const health = () => lookAtService(settings.worker, HEALTH_LIMIT_MS);
  return [
    overviewPage({ operator, examine, service: { health, breaker } }),
    requestsPage(operator),
    requestPage(operator),
    wordsPage(operator, audit),
    npcsPage(operator),
    npcPage(operator),
    mindsPage(minds),
    memoryPage(minds, audit),
    trialPage(minds),
    doctorPage(examine),
    settingsPage(() => description),
    auditPage(operator),
  ];
}

function actionsOf({ operator, minds, audit }: Subjects): readonly Action[] {
  return [...requestActions(operator), ...mindActions(minds, audit)];
}

/** Open pages are let go of, and ask again by themselves; a doctor's look is not waited for. */
async function close(server: Server, clock: Clock): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const done = new AbortController();
  const cut = clock.sleep(STOP_GRACE_MS, done.signal).then(() => server.closeAllConnections());
  await closed;
  done.abort();
  await cut;
}
