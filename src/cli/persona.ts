import Table from 'cli-table3';
import { Command } from 'commander';
import { AiIpcError, messageOf } from '../base/errors.ts';
import type { Persona } from '../service/persona/persona.ts';
import {
  createPersonaBook,
  OWN_PERSONAS,
  personaPaths,
  readPersona,
  withNeutral,
} from '../service/persona/persona-book.ts';

/** `ai-ipc persona check [FOLDER]`: whether persona files can be used, and what is in them. */
export function personaCommand(): Command {
  return new Command('persona').description('check persona files').addCommand(checkCommand());
}

function checkCommand(): Command {
  return new Command('check')
    .description('check every persona file of a folder; exit code 0 when all can be used, else 78')
    .argument('[folder]', 'folder of persona files', OWN_PERSONAS)
    .action(checkFolder);
}

async function checkFolder(folder: string): Promise<void> {
  const paths = await personaPaths(folder);
  if (paths.length === 0)
    throw invalid(`The personas folder ${folder} has no .yaml file. Put persona files there.`);
  const read = await Promise.allSettled(withNeutral(paths).map(readPersona));
  const personas = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  process.stdout.write(`${toTable(personas)}\n`);
  const problems = read.flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []));
  if (problems.length > 0) throw invalid(problems.join('\n'));
  createPersonaBook(personas);
  process.stdout.write(`All ${personas.length} personas can be used.\n`);
}

function toTable(personas: readonly Persona[]): string {
  const table = new Table({
    head: ['id', 'name', 'role', 'language', 'rules', 'answers', 'npc_ids'],
    style: { head: [], border: [] },
  });
  for (const { id, name, role, language, rules, npc_ids } of personas) {
    const answers = rules.reduce((sum, rule) => sum + rule.answers.length, 0);
    table.push([id, name, role, language, rules.length, answers, npc_ids.join(', ')]);
  }
  return table.toString();
}

function invalid(message: string): AiIpcError {
  return new AiIpcError('persona_invalid', message);
}
