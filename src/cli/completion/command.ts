import { Argument, Command } from 'commander';
import { completionScript, SHELLS, type Shell } from './scripts.ts';
import { commandWords } from './words.ts';

/** `ai-ipc completion`: what a shell needs to complete this program's commands and options. */
export function completionCommand(wholeProgram: () => Promise<Command>): Command {
  return new Command('completion')
    .description('print what bash, zsh or fish reads to complete commands and options')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText(
      'after',
      `
Once, and again after an update:
  ai-ipc completion bash > ~/.local/share/bash-completion/completions/ai-ipc
  ai-ipc completion zsh > ~/.zfunc/_ai-ipc        (fpath+=~/.zfunc before compinit in ~/.zshrc)
  ai-ipc completion fish > ~/.config/fish/completions/ai-ipc.fish`,
    )
    .action(async (shell: Shell) => {
      process.stdout.write(completionScript(shell, commandWords(await wholeProgram())));
    });
}
