import { readFile } from 'node:fs/promises';
import type { Hono } from 'hono';
import type { Clock } from '../base/clock.ts';
import { decodeText } from '../base/decode-text.ts';
import { AiIpcError, messageOf } from '../base/errors.ts';
import { type Lifecycle, startAll, stopAll } from '../base/lifecycle.ts';
import type { Logger } from '../base/logger.ts';
import { packageVersion } from '../base/version.ts';
import { FIRST_MODEL } from '../config/allowed-models.ts';
import { DEFAULT_SERVICE_SETTINGS, type ServiceSettings } from '../config/load.ts';
import { createGameText } from '../game-text/game-text.ts';
import { createProfanityFilter, NO_FILTER, type ProfanityFilter } from '../mind/answer/profanity.ts';
import { createMind } from '../mind/create-mind.ts';
import { type MindServer, serverNames } from '../mind/model-servers.ts';
import { OWN_PERSONAS } from '../mind/persona/persona-book.ts';
import { type LivePersonaBook, openPersonas } from '../mind/persona/persona-reload.ts';
import { outlineOf } from '../reading/describe-reading.ts';
import { createDeadlines } from './base/deadline.ts';
import { Health, type ServerState } from './base/health.ts';
import { LateDatabase } from './base/late-database.ts';
import { ModelUses } from './base/model-use.ts';
import type { ServiceDatabase } from './base/service-database.ts';
import { createUnknownNpcs } from './dialogue/unknown-npcs.ts';
import { createAdmission } from './http/admission.ts';
import { createApp } from './http/app.ts';
import { Audiences } from './http/audiences.ts';
import { createAuthorization } from './http/authorization.ts';
import { Bodies } from './http/bodies.ts';
import { type CheckCaller, createCallerCheck } from './http/callers.ts';
import type { ServerEnv } from './http/delivery.ts';
import { createIdempotency } from './http/idempotency.ts';
import { createLedger } from './limits/ledger.ts';
import { createNpcSwitch } from './limits/npc-switch.ts';
import { createPlayerLimits } from './limits/player-limits.ts';
import { createMemoryCleanup } from './memory/memory-cleanup.ts';
import { createNpcMemory, type FoldListener, type KeptMemory } from './memory/npc-memory.ts';
import { createRecollecting, type Recollecting } from './memory/recollecting.ts';
import { createModelSummariser } from './model-summariser.ts';
import { watchModel } from './model-watch.ts';
import { createServiceMonitor, type ServiceMonitor } from './service-monitor.ts';

export interface PartsOptions {
  readonly settings?: Partial<ServiceSettings>;
  readonly openDatabase?: () => Promise<ServiceDatabase>;
  readonly beside?: (present: () => ServiceDatabase | null) => readonly Lifecycle[];
  readonly profanityFilter?: ProfanityFilter;
  readonly hasTestEndpoints?: boolean;
  /** Where it listens, as --host names it. */
  readonly host?: string;
  readonly logger: Logger;
}

/** What a service is made of, running, besides its server. */
export interface ServiceParts {
  readonly app: Hono<ServerEnv>;
  /** What watches the service, outside of its endpoints. */
  readonly monitor: ServiceMonitor;
  /** To be called when nothing is answered any more: what was said is remembered, then the database is closed. */
  stop(): Promise<void>;
}

/** What was said is written within milliseconds; a database that is away is not waited for. */
const REMEMBER_GRACE_MS = 3_000;

interface Life {
  readonly clock: Clock;
  readonly stopped: AbortSignal;
}

/** Reads the personas, opens the database where it can be opened, and puts the service together. */
export async function createParts(options: PartsOptions, life: Life): Promise<ServiceParts> {
  const { logger, hasTestEndpoints = false } = options;
  const settings = { ...DEFAULT_SERVICE_SETTINGS, ...options.settings };
  const profanityFilter = options.profanityFilter ?? (await readProfanityFilter(settings));
  const gameText = await createGameText(settings.clientCodepage);
  const names = serverNames(settings);
  const personas = await openPersonas(settings.personasDir ?? undefined, { ...life, logger, servers: names });
  const health = new Health(life.clock);
  const uses = new ModelUses();
  const created = createMind(personas, {
    settings,
    watch: (server) =>
      watchModel({
        ...{ server, health, uses, fallback: fallbackOf(server, settings) },
        logger: names.length === 1 ? logger : logger.child({ server }),
      }),
    clock: life.clock,
    // Without its words: what a model writes may repeat what a player said.
    onReading: (reading, of) => logger.debug({ ...of, ...outlineOf(reading) }, 'Read what the model wrote'),
    onContext: ({ level, message, fields }) => logger[level](fields, message),
  });
  logger.info({ ...brainOf(settings), ...placeOf(personas, settings) }, 'AI service starts');
  const summariser = createModelSummariser(created.servers, {
    ...{ name: settings.summaryModel, personas, logger, clock: life.clock },
    memory: () => store.memory(),
  });
  const onFold: FoldListener = (owner, older) => summariser?.note(owner, older);
  const store = createKept({ ...options, settings, health, onFold }, life);
  const recollecting = createRecollecting({ memory: store.memory, health, logger, clock: life.clock });
  const warmUps = created.servers.flatMap(({ warmUp }) => warmUp ?? []);
  const running = [personas, ...store.lives, ...warmUps, ...(summariser === null ? [] : [summariser])];
  await startAll(running);
  const admission = createAdmission(settings.maxInFlight);
  const report = () =>
    health.report({
      ...created,
      areOff: store.limits.isOff(),
      servers: created.servers.map((server) => stateOf(server, { settings, uses })),
    });
  const monitor = createServiceMonitor({ report, admission, limits: store.limits, memory: store.memory });
  const app = createApp({
    endpoints: {
      ...{ mind: created.mind, offline: created.offline, personas, recollecting, profanityFilter, gameText },
      ...{ unknownNpcs: createUnknownNpcs(personas, logger), memory: store.memory },
      ...{ limits: store.limits, maxCharacters: settings.maxCharacters, clock: life.clock },
    },
    idempotency: createIdempotency(life),
    audiences: new Audiences(life.clock),
    admission,
    bodies: new Bodies(life),
    onAnswer: ({ body, personaId }) =>
      monitor.noteAnswer(body, { wanted: created.modelOf(personas.find(personaId)) }),
    deadlines: createDeadlines(life),
    defaultDeadlineMs: settings.deadlineMs,
    memory: store.memory,
    memoryForRequests: settings.memoryForRequests,
    health: report,
    isAuthorized: createAuthorization(settings.serviceKey),
    checkCaller: callerCheckOf(settings, options.host),
    version: packageVersion(),
    ...{ logger, hasTestEndpoints, ...life },
  });
  return {
    ...{ app, monitor },
    async stop() {
      await untilRemembered(recollecting, life.clock);
      await stopAll(running);
    },
  };
}

async function untilRemembered(recollecting: Pick<Recollecting, 'settled'>, clock: Clock): Promise<void> {
  const late = new AbortController();
  await Promise.race([recollecting.settled(), clock.sleep(REMEMBER_GRACE_MS, late.signal)]);
  late.abort();
}

function callerCheckOf({ serviceKey, allowedHosts }: ServiceSettings, host: string | undefined): CheckCaller {
  const hosts = host === undefined ? allowedHosts : [...allowedHosts, host];
  return createCallerCheck({ hasKey: serviceKey !== '', hosts });
}

/** Who answers, and where; without a query, which may hold a key. */
function brainOf({ modelServer, models }: ServiceSettings) {
  const further = Object.entries(models).map(
    ([name, { model, url }]) => `${name}: ${model} at ${placeIn(url)}`,
  );
  const others = further.length === 0 ? {} : { models: further };
  if (modelServer === null) return { brain: 'offline', ...others };
  return { brain: 'model', model: modelServer.model, model_server: placeIn(modelServer.url), ...others };
}

function placeIn(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** Who is asked where a model fails, in order. */
function fallbackOf(server: string, { modelServer, models, fallback }: ServiceSettings): string {
  const { fallbacks = [] } = models[server] ?? modelServer ?? {};
  return [...fallbacks, fallback].join(', ');
}

function stateOf(
  { server, model, mind, warmUp }: MindServer,
  { settings: { modelServer }, uses }: { readonly settings: ServiceSettings; readonly uses: ModelUses },
): ServerState {
  const isForAll = modelServer !== null && (server === FIRST_MODEL || modelServer.fallbacks.includes(server));
  const isLoading = warmUp?.isLoading(model) ?? false;
  return { server, provider: mind.name, model, isForAll, isLoading, uses: uses.on(server, model) };
}

function placeOf({ personas }: LivePersonaBook, { personasDir }: ServiceSettings) {
  return { personas: personas.length, folder: personasDir ?? OWN_PERSONAS };
}

interface Keeping {
  readonly settings: ServiceSettings;
  readonly health: Health;
  readonly logger: Logger;
  readonly openDatabase?: PartsOptions['openDatabase'];
  readonly beside?: PartsOptions['beside'];
  readonly onFold: FoldListener;
}

/** Everything that needs the database: it may come late, or never. */
function createKept({ settings, health, logger, openDatabase, beside, onFold }: Keeping, { clock }: Life) {
  const late =
    openDatabase === undefined
      ? null
      : new LateDatabase({
          open: openDatabase,
          onTry: (error) => health.noteDatabase(error),
          clock,
          logger,
        });
  const memory = once((opened: ServiceDatabase) => createNpcMemory(opened.database, opened.kind, onFold));
  const npcSwitch = once(createNpcSwitch);
  const ledger = once(createLedger);
  const present =
    <T>(make: (opened: ServiceDatabase) => T) =>
    () =>
      late?.present ? make(late.present) : null;
  const limits = createPlayerLimits({
    npcSwitch: present(npcSwitch),
    ledger: present(ledger),
    onLook: (error) => health.noteLimits(error),
    clock,
    logger,
    cooldownMs: settings.playerCooldownMs,
    dailyTokens: settings.playerDailyTokens,
  });
  const cleanup = createMemoryCleanup({ memory: present(memory), clock, logger, days: settings.memoryDays });
  return {
    memory: present(memory) as () => KeptMemory | null,
    limits,
    lives: [
      ...(late === null ? [] : [late]),
      cleanup,
      limits,
      ...(beside?.(() => late?.present ?? null) ?? []),
    ],
  };
}

/** Made at the first call, and kept: the database that opens late is one and the same. */
function once<In, Out>(make: (value: In) => Out): (value: In) => Out {
  let made: { readonly out: Out } | undefined;
  return (value) => {
    made ??= { out: make(value) };
    return made.out;
  };
}

async function readProfanityFilter({ profanityFile }: ServiceSettings): Promise<ProfanityFilter> {
  if (profanityFile === null) return NO_FILTER;
  const decoded = decodeText(await readWordList(profanityFile), `The list of words ${profanityFile}`);
  if (decoded.kind === 'problem') throw new AiIpcError('bad_settings', decoded.problem);
  return createProfanityFilter(decoded.text.split(/\r\n?|\n/));
}

async function readWordList(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new AiIpcError(
      'bad_settings',
      `The list of words ${path} cannot be read (${messageOf(error)}). Mend AI_PROFANITY_FILE, or leave it out.`,
      { cause: error },
    );
  }
}
