import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { AiIpcError, messageOf } from '../base/errors.ts';
import { isSocketPath } from './allowed.ts';
import { checkUnused, isGiven, type Resolved, resolveSetting, whyMariadb } from './resolve.ts';
import { MARIADB, SQLITE, WORKER } from './schema.ts';
import { SERVICE } from './service-schema.ts';
import type { Setting } from './setting.ts';
import { type LoadOptions, problemsOfSources, readSources, type Sources } from './sources.ts';

export type { LoadOptions } from './sources.ts';

/** The settings of the worker; each is described in docs/settings.md. */
export interface WorkerSettings {
  readonly enabled: boolean;
  readonly pollIntervalMs: number;
  readonly batchSize: number;
  readonly concurrency: number;
  readonly maxProcessingTimeMs: number;
  readonly cleanupIntervalSeconds: number;
  readonly retentionDays: number;
  readonly logRetentionDays: number;
  readonly timeoutSeconds: number;
  readonly maxAttempts: number;
  /** Without a slash at its end. */
  readonly aiServiceBaseUrl: string;
  readonly aiServiceTimeoutSeconds: number;
  readonly aiServiceHeaders: Readonly<Record<string, string>>;
  readonly maxResponseBytes: number;
  /** host:port, with [ ] around an IPv6 address; null when it is off. */
  readonly doorbellBind: string | null;
  /** host:port, to be published in place of the address of doorbellBind; null when it is not set. */
  readonly doorbellAdvertise: string | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/** The settings of `ai-ipc service`; each is described in docs/settings.md. */
export interface ServiceSettings {
  /** A model server, without a slash at its end, and its model; null for the offline brain alone. */
  readonly modelServer: ModelServerSettings | null;
  readonly fallback: 'scripted' | 'none';
  readonly modelTimeoutSeconds: number;
  readonly deadlineMs: number;
  readonly maxCharacters: number;
  /** 0 is off. */
  readonly playerCooldownMs: number;
  /** 0 is off. */
  readonly playerDailyTokens: number;
  readonly maxInFlight: number;
  readonly memoryDays: number;
  /** A full path; null for the personas of the package. */
  readonly personasDir: string | null;
  /** The full path of a list of words; null for none. */
  readonly profanityFile: string | null;
  /** Empty asks nobody for a key. */
  readonly serviceKey: string;
}

/** The settings of the service where nobody sets any. */
export const DEFAULT_SERVICE_SETTINGS: ServiceSettings = {
  modelServer: null,
  fallback: SERVICE.fallback.default,
  modelTimeoutSeconds: SERVICE.modelTimeoutSeconds.default,
  deadlineMs: SERVICE.deadlineMs.default,
  maxCharacters: SERVICE.maxCharacters.default,
  playerCooldownMs: SERVICE.playerCooldownMs.default,
  playerDailyTokens: SERVICE.playerDailyTokens.default,
  maxInFlight: SERVICE.maxInFlight.default,
  memoryDays: SERVICE.memoryDays.default,
  personasDir: SERVICE.personasDir.default,
  profanityFile: SERVICE.profanityFile.default,
  serviceKey: SERVICE.serviceKey.default,
};

interface ModelServerSettings {
  readonly url: string;
  readonly model: string;
  readonly apiKey: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface MariadbSettings {
  readonly kind: 'mariadb';
  readonly host: string;
  readonly port: number;
  /** A Unix socket or a Windows pipe, to be used in place of host and port. */
  readonly socketPath: string | null;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly minPoolSize: number;
  readonly maxPoolSize: number;
  /** The full path of a PEM file; null for a connection without TLS. */
  readonly sslCaFile: string | null;
}

/** The database that was chosen. `file` is a full path. */
export type DatabaseSettings = MariadbSettings | { readonly kind: 'sqlite'; readonly file: string };

export interface Settings {
  readonly worker: WorkerSettings;
  readonly service: ServiceSettings;
  readonly database: DatabaseSettings;
}

/** One setting in effect, for people: never with a secret. */
export interface EffectiveSetting {
  readonly key: string;
  readonly value: string;
  readonly unit: string;
  readonly source: string;
}

/** The settings with all that is known about how they came to be. */
export interface LoadedSettings {
  readonly settings: Settings;
  /** In the order of the schema; of the databases, only the one in use. */
  readonly effective: readonly EffectiveSetting[];
  readonly sources: Sources;
}

/**
 * Reads the settings from the environment, .env and inference_config.yaml; the first of these that has a setting wins.
 * Throws AiIpcError (bad_settings) that names everything which is wrong, one problem a line.
 */
export function loadSettings(options: LoadOptions): Settings {
  return loadWithSources(options).settings;
}

/** {@link loadSettings} for those who also want to know where each setting came from. */
export function loadWithSources(options: LoadOptions): LoadedSettings {
  const sources = readSources(options);
  const reading: Reading = { sources, cwd: options.cwd, problems: problemsOfSources(sources), effective: [] };
  const settings = {
    worker: readWorker(reading),
    service: readService(reading),
    database: readDatabase(reading),
  };
  if (reading.problems.length > 0) throw new AiIpcError('bad_settings', reportOf(reading.problems));
  return { settings, effective: reading.effective, sources };
}

/** One reading of all settings: it goes on after a problem, to find them all. */
interface Reading {
  readonly sources: Sources;
  readonly cwd: string;
  readonly problems: string[];
  readonly effective: EffectiveSetting[];
}

function readWorker(reading: Reading): WorkerSettings {
  return {
    enabled: read(reading, WORKER.enabled).value,
    pollIntervalMs: read(reading, WORKER.pollIntervalMs).value,
    batchSize: read(reading, WORKER.batchSize).value,
    concurrency: read(reading, WORKER.concurrency).value,
    maxProcessingTimeMs: read(reading, WORKER.maxProcessingTimeMs).value,
    cleanupIntervalSeconds: read(reading, WORKER.cleanupIntervalSeconds).value,
    retentionDays: read(reading, WORKER.retentionDays).value,
    logRetentionDays: read(reading, WORKER.logRetentionDays).value,
    timeoutSeconds: read(reading, WORKER.timeoutSeconds).value,
    maxAttempts: read(reading, WORKER.maxAttempts).value,
    aiServiceBaseUrl: read(reading, WORKER.aiServiceBaseUrl).value,
    aiServiceTimeoutSeconds: read(reading, WORKER.aiServiceTimeoutSeconds).value,
    aiServiceHeaders: read(reading, WORKER.aiServiceHeaders).value,
    maxResponseBytes: read(reading, WORKER.maxResponseBytes).value,
    doorbellBind: read(reading, WORKER.doorbellBind).value,
    doorbellAdvertise: read(reading, WORKER.doorbellAdvertise).value,
    logLevel: read(reading, WORKER.logLevel).value,
  };
}

function readService(reading: Reading): ServiceSettings {
  const modelServer = readModelServer(reading);
  const fallback = read(reading, SERVICE.fallback).value;
  const modelTimeoutSeconds = read(reading, SERVICE.modelTimeoutSeconds).value;
  const deadlineMs = read(reading, SERVICE.deadlineMs).value;
  const maxCharacters = read(reading, SERVICE.maxCharacters).value;
  const playerCooldownMs = read(reading, SERVICE.playerCooldownMs).value;
  const playerDailyTokens = read(reading, SERVICE.playerDailyTokens).value;
  const maxInFlight = read(reading, SERVICE.maxInFlight).value;
  const memoryDays = read(reading, SERVICE.memoryDays).value;
  const personasDir = read(reading, SERVICE.personasDir).value;
  const profanityFile = read(reading, SERVICE.profanityFile).value;
  return {
    modelServer,
    fallback,
    modelTimeoutSeconds,
    deadlineMs,
    maxCharacters,
    playerCooldownMs,
    playerDailyTokens,
    maxInFlight,
    memoryDays,
    personasDir: personasDir === null ? null : resolve(reading.cwd, personasDir),
    profanityFile: profanityFile === null ? null : resolve(reading.cwd, profanityFile),
    serviceKey: read(reading, SERVICE.serviceKey).value,
  };
}

function readModelServer(reading: Reading): ModelServerSettings | null {
  const url = read(reading, SERVICE.providerUrl);
  const model = read(reading, SERVICE.model);
  const apiKey = read(reading, SERVICE.apiKey).value;
  const headers = read(reading, SERVICE.providerHeaders).value;
  if (url.value !== null && model.value !== null)
    return { url: url.value, model: model.value, apiKey, headers };
  // A wrong value is a problem of its own: this one is about one that is not there.
  if (url.value !== null && !isGiven(SERVICE.model, reading.sources))
    reading.problems.push(
      `${url.subject} names a model server, and no model is set. Set AI_MODEL, or model in ai_service.`,
    );
  if (model.value !== null && !isGiven(SERVICE.providerUrl, reading.sources))
    reading.problems.push(
      `${model.subject} names a model, and no server is set. Set AI_PROVIDER_URL, or provider_url in ai_service.`,
    );
  return null;
}

function readDatabase(reading: Reading): DatabaseSettings {
  const { sources, problems } = reading;
  if (sources.choice.kind === 'mariadb') {
    checkUnused(SQLITE.file, sources, problems);
    return readMariadb(reading);
  }
  for (const setting of Object.values(MARIADB)) checkUnused(setting, sources, problems);
  return { kind: 'sqlite', file: resolve(reading.cwd, read(reading, SQLITE.file).value) };
}

function readMariadb(reading: Reading): DatabaseSettings {
  const host = read(reading, MARIADB.host).value;
  const port = read(reading, MARIADB.port).value;
  const user = read(reading, MARIADB.user).value;
  const password = read(reading, MARIADB.password).value;
  const database = read(reading, MARIADB.database).value;
  const minPoolSize = read(reading, MARIADB.minPoolSize);
  const maxPoolSize = read(reading, MARIADB.maxPoolSize);
  const sslCaFile = readableFile(reading, read(reading, MARIADB.sslCa));

  checkPoolSizes(reading, minPoolSize, maxPoolSize);
  return {
    kind: 'mariadb',
    host: isSocketPath(host) ? 'localhost' : host,
    port,
    socketPath: isSocketPath(host) ? host : null,
    user,
    password,
    database,
    minPoolSize: minPoolSize.value,
    maxPoolSize: maxPoolSize.value,
    sslCaFile,
  };
}

function read<T>(reading: Reading, setting: Setting<T>): Resolved<T> {
  const { sources, problems, effective } = reading;
  const resolved = resolveSetting(setting, sources, problems);
  if (setting.isRequired) checkIsGiven(reading, setting);
  const { key, unit, allowed } = setting;
  effective.push({ key, unit, value: allowed.show(resolved.value), source: resolved.source });
  return resolved;
}

/** Never by default: a password that was forgotten would be tried as an empty one. */
function checkIsGiven({ sources, problems }: Reading, setting: Setting<unknown>): void {
  // A file that cannot be read may well have it.
  if (sources.configFile.problems.length > 0 || isGiven(setting, sources)) return;
  const { key, variable } = setting;
  problems.push(
    `${variable} is not set. Set it in the environment or in .env; ` +
      `an empty one is written ${variable}= there.${whyMariadb(key, sources)}`,
  );
}

function checkPoolSizes({ problems }: Reading, min: Resolved<number>, max: Resolved<number>): void {
  if (min.value <= max.value) return;
  problems.push(
    `${min.subject} is ${min.value}, more than max_pool_size, which is ${max.value} (${max.source}). ` +
      'Lower min_pool_size (DB_MIN_POOL_SIZE) or raise max_pool_size (DB_MAX_POOL_SIZE).',
  );
}

function readableFile({ cwd, problems }: Reading, file: Resolved<string | null>): string | null {
  if (file.value === null) return null;
  const path = resolve(cwd, file.value);
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    problems.push(
      `${file.subject} cannot be read (${messageOf(error)}). Allowed: ${MARIADB.sslCa.allowed.words}.`,
    );
  }
  return path;
}

function reportOf(problems: readonly string[]): string {
  const [first = '', ...rest] = problems;
  if (rest.length === 0) return first;
  return `The settings have ${problems.length} problems:\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
}
