import { AiIpcError } from '../base/errors.ts';
import { readHostList } from '../base/host-list.ts';
import type { ProxySettings } from '../base/proxy-settings.ts';
import { ALERT } from './alert-schema.ts';
import { isSocketPath } from './allowed.ts';
import { checkSystemStore, readCaFile } from './ca-file.ts';
import { misspeltIn } from './misspelt.ts';
import { checkFallbacks, checkSummaryModel, readNamedModels } from './named-models.ts';
import { readProxies } from './proxies.ts';
import { checkUnused, isGiven, type Resolved, resolveSetting, whyMariadb } from './resolve.ts';
import { MARIADB, SQLITE, WORKER } from './schema.ts';
import { MODEL_SERVER, MODELS, SERVICE } from './service-schema.ts';
import { type Definitions, defaultsOf, type Setting, type ValuesOf } from './setting.ts';
import type {
  DatabaseSettings,
  MariadbSettings,
  ModelServerSettings,
  ServiceSettings,
  Settings,
  WorkerSettings,
} from './settings.ts';
import { type LoadOptions, problemsOfSources, readSources, type Sources } from './sources.ts';
import { checksServer, type SslMode, sslModeOf } from './ssl-mode.ts';

export type {
  AlertSettings,
  DatabaseSettings,
  MariadbSettings,
  ModelServerSettings,
  NamedModelSettings,
  ServiceSettings,
  Settings,
  WorkerSettings,
} from './settings.ts';
export type { LoadOptions } from './sources.ts';

/** The settings of the service where nobody sets any. */
export const DEFAULT_SERVICE_SETTINGS: ServiceSettings = {
  ...defaultsOf(SERVICE),
  modelServer: null,
  models: {},
};

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
  const settings = proxied(
    {
      worker: readWorker(reading),
      service: readService(reading),
      alerts: valuesOf(readEach(reading, ALERT)),
      database: readDatabase(reading),
    },
    readProxies(reading),
  );
  // A name that is misspelt is often why another one is not set.
  if (reading.problems.length > 0)
    throw new AiIpcError('bad_settings', reportOf([...reading.problems, ...misspeltIn(sources)]));
  return { settings, effective: reading.effective, sources };
}

/** One reading of all settings: it goes on after a problem, to find them all. */
interface Reading {
  readonly sources: Sources;
  readonly cwd: string;
  readonly problems: string[];
  readonly effective: EffectiveSetting[];
}

/** Whatever calls an address outside knows the proxies. */
function proxied(settings: Settings, proxies: ProxySettings | undefined): Settings {
  if (proxies === undefined) return settings;
  const { worker, service, alerts } = settings;
  const { modelServer, models } = service;
  const named = Object.entries(models).map(([name, server]) => [name, { ...server, proxies }]);
  return {
    ...settings,
    worker: { ...worker, proxies },
    alerts: { ...alerts, proxies },
    service: {
      ...service,
      modelServer: modelServer === null ? null : { ...modelServer, proxies },
      models: Object.fromEntries(named),
    },
  };
}

function readWorker(reading: Reading): WorkerSettings {
  const resolved = readEach(reading, WORKER);
  checkCaFile(reading, resolved.aiServiceCaFile);
  return valuesOf(resolved);
}

function readService(reading: Reading): ServiceSettings {
  const modelServer = readModelServer(reading);
  const models = readNamedModels(reading);
  for (const [name, { caFile: value }] of Object.entries(models))
    checkCaFile(reading, { subject: `${MODELS.models.key}.${name}.provider_ca`, value });
  checkFallbacks(reading, { first: modelServer, named: models });
  const service = valuesOf(readEach(reading, SERVICE));
  checkSummaryModel(reading, service.summaryModel, { first: modelServer, named: models });
  return { ...service, modelServer, models };
}

function readModelServer(reading: Reading): ModelServerSettings | null {
  const { url, model, ...others } = readEach(reading, MODEL_SERVER);
  checkCaFile(reading, others.caFile);
  if (url.value !== null && model.value !== null)
    return { ...valuesOf(others), url: url.value, model: model.value };
  // A wrong value is a problem of its own: this one is about one that is not there.
  if (url.value !== null && !isGiven(MODEL_SERVER.model, reading.sources))
    reading.problems.push(
      `${url.subject} names a model server, and no model is set. Set AI_MODEL, or model in ai_service.`,
    );
  if (model.value !== null && !isGiven(MODEL_SERVER.url, reading.sources))
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
  return { kind: 'sqlite', ...valuesOf(readEach(reading, SQLITE)) };
}

function readMariadb(reading: Reading): DatabaseSettings {
  const resolved = readEach(reading, MARIADB);
  checkCaFile(reading, resolved.sslCaFile);
  checkPoolSizes(reading, resolved.minPoolSize, resolved.maxPoolSize);
  const ssl = readSslMode(reading, resolved);
  const { host, port, ...others } = { ...valuesOf(resolved), ssl };
  return { kind: 'mariadb', ...others, ...placeOf(reading, { host, port }) };
}

type Place = Pick<MariadbSettings, 'host' | 'port' | 'socketPath' | 'otherHosts'>;

function placeOf(
  { problems }: Reading,
  { host, port }: { readonly host: string; readonly port: number },
): Place {
  if (isSocketPath(host)) return { host: 'localhost', port, socketPath: host };
  const list = readHostList(host, port);
  if ('hosts' in list) {
    const [first, ...otherHosts] = list.hosts;
    return { ...first, socketPath: null, ...(otherHosts.length === 0 ? {} : { otherHosts }) };
  }
  // Each by itself is good, or it had been refused before: with this port two of them are one.
  problems.push(`DB_HOST: ${list.reason}, with ${port} as the port of those that have none (DB_PORT).`);
  return { host, port, socketPath: null };
}

/** By the names of the definitions. */
type ResolvedEach<Values> = { readonly [Name in keyof Values]: Resolved<Values[Name]> };

function readEach<D extends Definitions>(reading: Reading, definitions: D): ResolvedEach<ValuesOf<D>> {
  const entries = Object.entries(definitions).map(([name, setting]) => [name, read(reading, setting)]);
  return Object.fromEntries(entries) as ResolvedEach<ValuesOf<D>>;
}

function valuesOf<Values>(resolved: ResolvedEach<Values>): Values {
  const entries = Object.entries<Resolved<unknown>>(resolved).map(([name, { value }]) => [name, value]);
  return Object.fromEntries(entries) as Values;
}

function read<T>(reading: Reading, setting: Setting<T>): Resolved<T> {
  const { sources, problems, effective, cwd } = reading;
  const resolved = resolveSetting(setting, sources, problems);
  if (setting.isRequired) checkIsGiven(reading, setting);
  const { key, unit, allowed } = setting;
  const { value, source } = resolved;
  effective.push({ key, unit, value: allowed.show(value), source });
  return { ...resolved, value: allowed.inFolder?.(value, cwd) ?? value };
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

function checkCaFile({ problems }: Reading, file: Pick<Resolved<string | null>, 'subject' | 'value'>): void {
  if (file.value === null) return;
  const read = file.value === 'system' ? checkSystemStore() : readCaFile(file.value);
  if ('reason' in read) problems.push(`${file.subject}: ${file.value} ${read.reason}`);
}

/** A file of authorities that nobody would look into is a mistake; alone, it is there to be used. */
function readSslMode(
  { problems, sources, effective }: Reading,
  { ssl, sslCaFile }: { readonly ssl: Resolved<SslMode>; readonly sslCaFile: Resolved<string | null> },
): SslMode {
  if (sslCaFile.value === null || checksServer(ssl.value)) return ssl.value;
  // A value of DB_SSL that was refused is a problem of its own.
  if (isGiven(MARIADB.ssl, sources) && ssl.source === 'default') return ssl.value;
  if (ssl.source !== 'default') {
    problems.push(
      `${ssl.subject} is ${ssl.value}, which checks no certificate, and ssl_ca is set (${sslCaFile.source}). ` +
        'Set DB_SSL to verify-ca or verify-full, or leave DB_SSL_CA out.',
    );
    return ssl.value;
  }
  const mode = sslModeOf({ sslCaFile: sslCaFile.value });
  const at = effective.findIndex(({ key }) => key === MARIADB.ssl.key);
  effective.splice(at, 1, { key: MARIADB.ssl.key, value: mode, unit: '', source: 'default with ssl_ca' });
  return mode;
}

function reportOf(problems: readonly string[]): string {
  const [first = '', ...rest] = problems;
  if (rest.length === 0) return first;
  return `The settings have ${problems.length} problems:\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
}
