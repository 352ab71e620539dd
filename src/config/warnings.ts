import { statSync } from 'node:fs';
import type {
  DatabaseSettings,
  LoadedSettings,
  MariadbSettings,
  ModelServerSettings,
  ServiceSettings,
  WorkerSettings,
} from './load.ts';
import { misspeltIn } from './misspelt.ts';
import { isGiven } from './resolve.ts';
import { ALL_SETTINGS, MARIADB, SECRETS, SQLITE } from './schema.ts';
import { MODELS } from './service-schema.ts';
import type { Sources } from './sources.ts';
import { checksServer, sslModeOf } from './ssl-mode.ts';

/** What is allowed and still likely to be a mistake, one sentence or two each. */
export function warningsOf({ settings, sources }: LoadedSettings): string[] {
  return [
    ...aboutDatabase(settings.database, sources),
    ...aboutWorker(settings.worker),
    ...aboutModelServers(settings.service),
    ...aboutDoorbell(settings.worker),
    ...aboutReadableFiles(sources),
    ...aboutEnvironment(sources),
    ...envFileWarningsOf({ sources }),
  ];
}

/** Those of them that every start tells, and whether nothing chose the database: a worker would serve the wrong one. */
export function startWarningsOf({ settings, sources }: LoadedSettings): string[] {
  return [
    ...aboutDefaultDatabase(settings.database, sources),
    ...aboutEnvironment(sources),
    ...envFileWarningsOf({ sources }),
  ];
}

/** Lines of .env that say something else than they seem to, and names in it that are no settings. */
export function envFileWarningsOf({ sources }: Pick<LoadedSettings, 'sources'>): string[] {
  return [...sources.envFile.warnings, ...misspeltIn(sources)];
}

/** What to say where the embedded database is in use and nobody chose it; at most one sentence or two. */
function aboutDefaultDatabase(database: DatabaseSettings, sources: Sources): string[] {
  const { choice, envFile } = sources;
  if (database.kind === 'mariadb' || choice.reason !== undefined || isGiven(SQLITE.file, sources)) return [];
  const place = envFile.isFound ? envFile.path : `${envFile.path}, which is not there`;
  return [
    'No DB_HOST, DB_NAME, DB_USER or DB_PASSWORD is set in the environment or in .env ' +
      `(${place}), so this is the embedded database, which no game server uses. For MariaDB set these four; ` +
      'if the embedded one is meant, give --database sqlite.',
  ];
}

/** Answers above this are near the 33,000 bytes with which `mes` crashes the map server. */
const SAFE_ANSWER_BYTES = 32_000;

function aboutDatabase(database: DatabaseSettings, sources: Sources): string[] {
  const { choice, configFile } = sources;
  if (database.kind === 'mariadb') return aboutMariadb(database, sources);
  const isInFile = [...configFile.entries.keys()].some((key) => key.startsWith('database.mariadb.'));
  if (choice.reason !== undefined || !isInFile) return [];
  return [
    `${configFile.name} has a section database.mariadb, which is not in use: set DB_USER and DB_PASSWORD, ` +
      'or give --database mariadb.',
  ];
}

function aboutMariadb(settings: MariadbSettings, { choice }: Sources): string[] {
  const { socketPath, host, otherHosts = [] } = settings;
  const far = [host, ...otherHosts.map((other) => other.host)].filter((one) => !isLoopback(one));
  const mode = sslModeOf(settings);
  const warnings: string[] = [];
  if (choice.parts.has(MARIADB.password.key))
    warnings.push('Other users of this machine can see the password in --database. Use DB_PASSWORD.');
  if (socketPath !== null || far.length === 0 || checksServer(mode)) return warnings;
  const danger =
    mode === 'disabled'
      ? 'is not encrypted'
      : `is ${mode === 'preferred' ? 'encrypted only where the server offers TLS' : 'encrypted'}, and nobody checks who the server is`;
  warnings.push(
    `The connection to ${far.join(', ')} ${danger} (DB_SSL=${mode}). Set DB_SSL=verify-full, and DB_SSL_CA, where the network is not your own.`,
  );
  return warnings;
}

function aboutWorker(worker: WorkerSettings): string[] {
  const warnings: string[] = [];
  const { aiServiceTimeoutSeconds, timeoutSeconds, maxResponseBytes } = worker;
  if (!worker.enabled)
    warnings.push('enabled is false: the worker will exit at once, and nothing is served.');
  if (aiServiceTimeoutSeconds > timeoutSeconds)
    warnings.push(
      `ai_service_timeout (${aiServiceTimeoutSeconds} s) is longer than timeout_seconds (${timeoutSeconds} s): ` +
        'the life of a request ends before its first attempt may.',
    );
  if (worker.maxProcessingTimeMs > aiServiceTimeoutSeconds * 1000)
    warnings.push(
      `max_processing_time (${worker.maxProcessingTimeMs} ms) is longer than ai_service_timeout ` +
        `(${aiServiceTimeoutSeconds} s): no call is ever logged as slow.`,
    );
  if (maxResponseBytes > SAFE_ANSWER_BYTES)
    warnings.push(
      `max_response_bytes is ${maxResponseBytes}: the map server crashes when a script shows 33,000 bytes with mes.`,
    );
  const { protocol, hostname } = new URL(worker.aiServiceBaseUrl);
  if (protocol === 'http:' && Object.keys(worker.aiServiceHeaders).length > 0 && !isLoopback(hostname))
    warnings.push(`ai_service_headers travel unencrypted to ${hostname}. Use https where you can.`);
  return warnings;
}

function aboutModelServers({ modelServer, models, fallback }: ServiceSettings): string[] {
  const servers = [...(modelServer === null ? [] : [modelServer]), ...Object.values(models)];
  if (servers.length === 0)
    return fallback === 'none' ? ['fallback is none, and there is no model: the offline brain answers.'] : [];
  return servers.flatMap(aboutModelServer);
}

function aboutModelServer({ url, apiKey, headers }: ModelServerSettings): string[] {
  const { protocol, hostname } = new URL(url);
  const hasKey = apiKey !== '' || Object.keys(headers).length > 0;
  if (protocol !== 'http:' || !hasKey || isLoopback(hostname)) return [];
  return [
    `The key of the model server, and what players say, travel unencrypted to ${hostname}. Use https where you can.`,
  ];
}

function aboutDoorbell({ doorbellBind, doorbellAdvertise }: WorkerSettings): string[] {
  if (doorbellBind === null) return [];
  if (doorbellAdvertise !== null && doorbellBind.endsWith(':0'))
    return [
      `doorbell_bind is ${doorbellBind}, which takes another port at each start, and doorbell_advertise names ` +
        `${doorbellAdvertise}. Give doorbell_bind a fixed port.`,
    ];
  if (doorbellAdvertise === null && /^(0\.0\.0\.0|\[::\]):/.test(doorbellBind))
    return [
      `doorbell_bind is ${doorbellBind}, which says nothing to clients on other machines. ` +
        'Set doorbell_advertise to an address that they can reach.',
    ];
  return [];
}

function aboutReadableFiles({ envFile, secrets, configFile }: Sources): string[] {
  const isSecretInEnv = SECRETS.some(
    ({ variable }) => (envFile.variables[variable] ?? '') !== '' && !secrets.envFile.givenBy.has(variable),
  );
  const isSecretInFile = [...configFile.entries].some(
    ([key, { value }]) => isSecretKey(key) && isLiteral(value),
  );
  // Those of containers are for all users of a container, which has one.
  const own = [...secrets.env.files, ...secrets.envFile.files].filter(
    (path) => !path.startsWith('/run/secrets/'),
  );
  const files = [
    ...(isSecretInEnv ? [envFile.path] : []),
    ...(isSecretInFile ? [configFile.path] : []),
    ...new Set(own),
  ];
  return files
    .filter(isReadableByAll)
    .map(
      (path) => `Every user of this machine can read ${path}, which holds a secret. Run: chmod 640 ${path}`,
    );
}

/** A model server's key has the name of the first one's, below a name; the section itself holds more than secrets. */
function isSecretKey(key: string): boolean {
  const first = key.startsWith(`${MODELS.models.key}.`) ? key.replace(/models\.[^.]*\./, '') : key;
  return first !== MODELS.models.key && SECRETS.some((secret) => secret.key === first);
}

/** A text, or one in a map, that is not filled in from elsewhere. */
function isLiteral(value: unknown): boolean {
  if (typeof value === 'string') return value !== '' && !/\$\{\w+\}/.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(isLiteral);
}

/** Windows has no such bits: Node makes them up. */
function isReadableByAll(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & 0o004) !== 0;
}

/** What cmd makes of `set NAME="value"` and of `set NAME=value & …`: the quotes and the blank belong to the value. */
function aboutEnvironment({ env, secrets }: Sources): string[] {
  const variables = ALL_SETTINGS.map(({ variable }) => variable).filter(
    (name) => !secrets.env.givenBy.has(name),
  );
  return variables
    .map((variable) => ({ variable, value: env[variable] ?? '' }))
    .flatMap(({ variable, value }) => {
      const has = /^(["']).*\1$/.test(value)
        ? 'quotes around it'
        : value.trim() === value
          ? null
          : 'a blank at an end';
      if (has === null) return [];
      return [
        `${variable} in the environment has ${has}, which belongs to its value. In cmd write: set "${variable}=…"`,
      ];
    });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || /^127\./.test(host) || host === '::1' || host === '[::1]';
}
