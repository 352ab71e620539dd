import type { Command } from 'commander';

/** One word that may come next, and what it is for. */
interface Word {
  readonly word: string;
  readonly about: string;
}

export interface OptionWord extends Word {
  /** Whether a value follows. */
  readonly hasValue: boolean;
  /** The values that it may have; none: any. */
  readonly values: readonly string[];
}

/** A command, and what may stand behind it. */
export interface CommandWords {
  /** Its words, such as `rathena install`; empty for the program itself. */
  readonly path: readonly string[];
  readonly commands: readonly Word[];
  readonly options: readonly OptionWord[];
  /** What its arguments may be, where that is known. */
  readonly values: readonly string[];
}

/** Every command of the program, itself the first: what a shell has to know, from what commander knows. */
export function commandWords(program: Command): CommandWords[] {
  return wordsBelow(program, []);
}

function wordsBelow(command: Command, path: readonly string[]): CommandWords[] {
  const help: OptionWord = { word: '--help', about: 'print this help', hasValue: false, values: [] };
  const own: CommandWords = {
    path,
    commands: command.commands.map((child) => ({
      word: child.name(),
      about: shortened(child.description()),
    })),
    options: [
      ...command.options
        .filter(({ hidden }) => !hidden)
        .map((option) => ({
          word: option.long ?? option.short ?? '',
          about: shortened(option.description),
          hasValue: option.required || option.optional,
          values: option.argChoices ?? [],
        })),
      help,
    ],
    values: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
  return [own, ...command.commands.flatMap((child) => wordsBelow(child, [...path, child.name()]))];
}

/** The first words of a description: one line beside its command. */
function shortened(text: string): string {
  const [first = ''] = text.split(/[:;,(]/, 1);
  return first.trim().replace(/\s+/g, ' ');
}
