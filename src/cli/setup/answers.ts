import { randomBytes } from 'node:crypto';
import { AiIpcError } from '../../base/errors.ts';
import { loadSettings, type MariadbSettings, type Settings } from '../../config/load.ts';
import { changedNames, readEnv, writeEnv } from './env-text.ts';
import type { Place } from './place.ts';

/** What setup has to know; each is a question, and a flag. */
export interface Answers {
  readonly dbHost: string;
  readonly dbPort: string;
  readonly dbName: string;
  readonly dbUser: string;
  readonly dbPassword: string;
  /** Whether the AI service of the package runs here; else the address is of another one. */
  readonly hasOwnService: boolean;
  readonly aiServiceUrl: string;
}

/** What a person gave, as far as he did. */
export type Given = Partial<Answers> & { readonly servicePort?: string };

const DEFAULT_PORT = 8000;
/** What .env.example has until somebody puts in his own. */
const PLACEHOLDER = 'your_password_here';
const OWN_SERVICE = /^http:\/\/(?:127\.0\.0\.1|localhost):(\d+)\/?$/;

/** What is taken where nobody says otherwise: what the settings file has, else what the README has. */
export function answersFrom(given: Given, { fileText, hadService }: Before): Answers {
  const file = fileText === undefined ? {} : readEnv(fileText);
  const url =
    given.aiServiceUrl ??
    urlAt(given.servicePort) ??
    file['AI_SERVICE_BASE_URL'] ??
    urlAt(DEFAULT_PORT) ??
    '';
  return {
    dbHost: given.dbHost ?? file['DB_HOST'] ?? '127.0.0.1',
    dbPort: given.dbPort ?? file['DB_PORT'] ?? '3306',
    dbName: given.dbName ?? file['DB_NAME'] ?? 'ragnarok',
    dbUser: given.dbUser ?? (isPlaceholder(file) ? undefined : file['DB_USER']) ?? 'ai_ipc',
    dbPassword: given.dbPassword ?? (isPlaceholder(file) ? undefined : file['DB_PASSWORD']) ?? newPassword(),
    hasOwnService: isOwn(given, url, hadService),
    aiServiceUrl: url,
  };
}

/** What an earlier setup left. */
export interface Before {
  readonly fileText: string | undefined;
  /** Whether it installed the AI service, too; undefined where none was at work. */
  readonly hadService: boolean | undefined;
}

/** An address that was named is that of another one, even on this machine. */
function isOwn({ aiServiceUrl, servicePort }: Given, url: string, hadService = true): boolean {
  if (aiServiceUrl !== undefined) return false;
  return OWN_SERVICE.test(url) && (hadService || servicePort !== undefined);
}

/** The port that the AI service of the package listens on. */
export function servicePortOf({ aiServiceUrl }: Answers): number {
  return Number(OWN_SERVICE.exec(aiServiceUrl)?.[1] ?? DEFAULT_PORT);
}

export function urlAt(port: number | string | undefined): string | undefined {
  return port === undefined ? undefined : `http://127.0.0.1:${port}`;
}

/** A copied .env.example that nobody has filled in says nothing. */
function isPlaceholder(file: Readonly<Record<string, string>>): boolean {
  return file['DB_PASSWORD'] === undefined || file['DB_PASSWORD'] === PLACEHOLDER;
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** The settings file as it shall be. */
export interface SettingsPlan {
  /** undefined where there is none. */
  readonly before: string | undefined;
  readonly after: string;
  /** Settings of the file that get another value. */
  readonly changed: readonly string[];
  readonly settings: Settings;
  readonly database: MariadbSettings;
}

/** Throws AiIpcError (bad_settings) for a value that a setting does not take. */
export function planSettings(
  answers: Answers,
  {
    before,
    example,
    place,
  }: { readonly before: string | undefined; readonly example: string; readonly place: Place },
): SettingsPlan {
  if (answers.hasOwnService && !OWN_SERVICE.test(answers.aiServiceUrl))
    throw new AiIpcError(
      'bad_settings',
      `The AI service of the package runs on this machine, at an address such as ${urlAt(DEFAULT_PORT)}; this is another: ` +
        answers.aiServiceUrl,
    );
  const after = writeEnv(before ?? example, {
    DB_HOST: answers.dbHost,
    DB_PORT: answers.dbPort,
    DB_USER: answers.dbUser,
    DB_PASSWORD: answers.dbPassword,
    DB_NAME: answers.dbName,
    AI_SERVICE_BASE_URL: answers.aiServiceUrl,
  });
  // As the units have them: from this file, and from an inference_config.yaml in its folder.
  const settings = loadSettings({ env: readEnv(after), cwd: place.settingsFolder, database: 'mariadb' });
  const { database } = settings;
  if (database.kind !== 'mariadb') throw new AiIpcError('bad_settings', 'setup is for MariaDB and MySQL.');
  const had = before === undefined ? {} : readEnv(before);
  const changed = before === undefined ? [] : changedNames(before, after).filter((name) => name in had);
  return { before, after, changed, settings, database };
}
