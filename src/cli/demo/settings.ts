import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AiIpcError, messageOf } from '../../base/errors.ts';
import { baseUrl } from '../../config/allowed.ts';
import {
  type DatabaseSettings,
  type LoadedSettings,
  loadWithSources,
  type ServiceSettings,
  type WorkerSettings,
} from '../../config/load.ts';
import { WORKER } from '../../config/schema.ts';
import { loadOptionsFrom, type SettingsOptions } from '../base/settings-options.ts';

export interface DemoOptions extends SettingsOptions {
  readonly aiService?: string;
}

export interface DemoSettings {
  readonly database: DatabaseSettings;
  readonly worker: WorkerSettings;
  /** Of the AI service in this process: a model server of the settings is used. */
  readonly service: ServiceSettings;
  /** An AI service that runs somewhere else; undefined for one in this process. */
  readonly aiServiceUrl: string | undefined;
}

/**
 * The settings, but for the database: a demo that a DB_HOST in .env sent to the game's own database would answer real
 * players, so that one must be named on the command line.
 */
export function demoSettings({ aiService, ...options }: DemoOptions): DemoSettings {
  const loaded = loadWithSources(loadOptionsFrom({ ...options, database: options.database ?? 'sqlite' }));
  const { worker, service, database } = loaded.settings;
  const aiServiceUrl = aiService === undefined ? chosenAiService(loaded) : urlFrom(aiService);
  // The folder is made last: nothing is left behind where the settings are refused.
  return {
    worker,
    service,
    aiServiceUrl,
    database: options.database === undefined ? { kind: 'sqlite', file: newFile() } : database,
  };
}

/** The AI service of the settings, where they really choose one. */
function chosenAiService({ settings, effective }: LoadedSettings): string | undefined {
  const { aiServiceBaseUrl: url } = settings.worker;
  const source = effective.find(({ key }) => key === WORKER.aiServiceBaseUrl.key)?.source;
  // The files that come with the package name the default AI service, which nobody may have started.
  const isDefault = url === WORKER.aiServiceBaseUrl.default;
  return source === 'environment' || !isDefault ? url : undefined;
}

function urlFrom(text: string): string {
  const allowed = baseUrl();
  const checked = allowed.check(text);
  if ('value' in checked) return checked.value;
  const message = `--ai-service is ${allowed.showRefused(text)}. Allowed: ${allowed.words}.`;
  throw new AiIpcError('bad_argument', message);
}

function newFile(): string {
  try {
    return join(mkdtempSync(join(tmpdir(), 'ai-ipc-demo-')), 'ai_ipc.sqlite');
  } catch (error) {
    const message = `No folder can be made in ${tmpdir()} (${messageOf(error)}). Set TMPDIR to a folder that you may write to.`;
    throw new AiIpcError('storage_failed', message, { cause: error });
  }
}
