import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { AiIpcError, messageOf } from '../base/errors.ts';
import { readPack } from '../mind/language/pack-book.ts';
import { packLacks, unreadableIn } from '../mind/language/pack-lacks.ts';
import type { LanguagePack } from '../mind/language/pack-schema.ts';
import { serverNames } from '../mind/model-servers.ts';
import type { Persona } from '../mind/persona/persona.ts';
import {
  createPersonaBook,
  OWN_PERSONAS,
  packPaths,
  personaPaths,
  readPersona,
  withNeutral,
} from '../mind/persona/persona-book.ts';
import { personaLacks } from '../mind/persona/persona-lacks.ts';
import { serverProblem } from '../mind/persona/persona-server.ts';
import { settingsFrom } from './base/settings-options.ts';
import { print } from './base/terminal.ts';

/** `ai-ipc persona check [PATH]`: whether persona files can be used, and what is in them. */
export function personaCommand(): Command {
  return new Command('persona').description('check persona files').addCommand(checkCommand());
}

function checkCommand(): Command {
  return new Command('check')
    .description('check persona files; exit code 0 when all can be used, else 78')
    .argument(
      '[path]',
      'folder of persona files, or one of them (default: AI_PERSONAS, else those of this package)',
    )
    .action(check);
}

async function check(given: string | undefined): Promise<void> {
  const path = given ?? settingsFrom({}).service.personasDir ?? OWN_PERSONAS;
  print(`Personas: ${path}`);
  const isFile = (await stat(path).catch(() => undefined))?.isFile() ?? false;
  const paths = isFile ? [path] : withNeutral(await filesIn(path));
  const read = await Promise.allSettled(paths.map(readPersona));
  const personas = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  for (const persona of personas) print([describe(persona), ...personaLacks(persona).map(indent)].join('\n'));
  const packs = isFile ? [] : checkPacks(path);
  const problems = read.flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []));
  for (const told of serverProblems(read, paths)) print(told);
  problems.push(...packs);
  if (problems.length > 0) throw invalid(problems.join('\n'));
  // One name for two can only be found among all files of a folder.
  if (!isFile) createPersonaBook(personas);
  print(isFile ? 'It can be used.' : `All ${personas.length} personas can be used.`);
}

/** Prints each pack of the folder, and returns what is wrong with those that cannot be used. */
function checkPacks(folder: string): readonly string[] {
  return packPaths(folder).flatMap((path) => {
    try {
      const pack = readPack(path);
      print([describePack(pack), ...packLacks(pack).map(indent)].join('\n'));
      return unreadableIn(pack).map((problem) => `The language pack ${path}: ${problem}`);
    } catch (error) {
      return [messageOf(error)];
    }
  });
}

function describePack({ code, name, english_name, intents, read_by_native_speaker }: LanguagePack): string {
  const count = Object.values(intents).reduce((sum, patterns) => sum + (patterns?.length ?? 0), 0);
  const reader = read_by_native_speaker ? 'read by a native speaker' : 'not yet read by a native speaker';
  return `language ${code}: ${name} (${english_name})\n  ${count} patterns, ${reader}`;
}

function indent(line: string): string {
  return `  ${line}`;
}

/** Such a persona can be used: the first model answers for it. Of other personas, the settings do not matter. */
function serverProblems(read: readonly PromiseSettledResult<Persona>[], paths: readonly string[]): string[] {
  let servers: readonly string[] | undefined;
  return read.flatMap((one, index) => {
    if (one.status === 'rejected' || one.value.model_settings.server === undefined) return [];
    servers ??= serverNames(settingsFrom({}).service);
    return serverProblem(one.value, { path: paths[index] ?? '', servers }) ?? [];
  });
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const paths = await personaPaths(folder);
  if (paths.length > 0) return paths;
  throw invalid(`The personas folder ${folder} has no .yaml file. Put persona files there.`);
}

/** Two lines that fit into 80 columns, and that a pipe can take. */
function describe({ id, name, role, language, rules, npc_ids }: Persona): string {
  const answers = rules.reduce((sum, rule) => sum + rule.answers.length, 0);
  const others = npc_ids.length === 0 ? '' : `; npc_ids: ${npc_ids.join(', ')}`;
  return `${id}: ${name}, ${role}\n  ${language}, ${rules.length} rules, ${answers} answers${others}`;
}

function invalid(message: string): AiIpcError {
  return new AiIpcError('persona_invalid', message);
}
