import { type ConfigFile, readConfigFile } from './config-file.ts';
import { chooseDatabase, type DatabaseChoice } from './database-choice.ts';
import type { Use, Uses } from './env-faults.ts';
import { type EnvFile, readEnvFile, type Variables } from './env-file.ts';
import { fillVariables } from './fill-variables.ts';
import { PROXY_VARIABLES } from './proxies.ts';
import { ALL_SETTINGS } from './schema.ts';
import { fileVariable, type WithSecrets, withSecretFiles } from './secret-files.ts';

/** Where settings are looked for. */
export interface LoadOptions {
  /** The environment of the process. */
  readonly env: Variables;
  /** The folder of .env and inference_config.yaml; relative paths start from it. */
  readonly cwd: string;
  /** The file to read in place of inference_config.yaml; it must be there. */
  readonly configFile?: string;
  /** mariadb, mariadb://user@host:port/database, sqlite or sqlite:file. */
  readonly database?: string;
}

/** Everything that settings can come from. --database beats the environment, that .env, that the file. */
export interface Sources {
  readonly choice: DatabaseChoice;
  /** Both with the secrets that files gave. */
  readonly env: Variables;
  readonly envFile: EnvFile;
  readonly secrets: { readonly env: WithSecrets; readonly envFile: WithSecrets };
  readonly configFile: ConfigFile;
}

export function readSources({ env: given, cwd, configFile, database }: LoadOptions): Sources {
  const file = readConfigFile(cwd, configFile);
  const uses = usesOf(file);
  const written = readEnvFile(cwd, uses);
  const names = [...uses.keys()].filter((name) => uses.get(name) === 'secret' && !isOfProxies(name));
  const secrets = {
    env: withSecretFiles(given, { source: 'environment', names, cwd }),
    envFile: withSecretFiles(written.variables, { source: '.env', names, cwd }),
  };
  const { variables: env } = secrets.env;
  const envFile = { ...written, variables: secrets.envFile.variables };
  const choice = chooseDatabase({ database, env, envFile: envFile.variables });
  return { choice, env, envFile, secrets, configFile: file };
}

function isOfProxies(name: string): boolean {
  return PROXY_VARIABLES.includes(name);
}

/** The problems that have nothing to do with a single setting. */
export function problemsOfSources({ choice, envFile, secrets, configFile }: Sources): string[] {
  return [
    ...choice.problems,
    ...envFile.problems,
    ...secrets.env.problems,
    ...secrets.envFile.problems,
    ...configFile.problems,
  ];
}

/** The variables that settings have of their own, and those that `${…}` of the file names. */
function usesOf({ entries }: ConfigFile): Uses {
  // A proxy's may hold a password.
  const uses = new Map<string, Use>(PROXY_VARIABLES.map((name) => [name, 'secret']));
  for (const { key, variable, allowed } of ALL_SETTINGS) {
    const { unset: named } = fillVariables(entries.get(key)?.value, () => undefined);
    for (const name of [variable, ...named]) {
      if (uses.get(name) !== 'secret') uses.set(name, allowed.isSecret ? 'secret' : 'plain');
      if (allowed.isSecret && !uses.has(fileVariable(name))) uses.set(fileVariable(name), 'plain');
    }
  }
  return uses;
}
