import type { CommandWords, OptionWord } from './words.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What a shell reads to complete `ai-ipc …`: the words alone, so that a key press starts no Node. */
export function completionScript(shell: Shell, all: readonly CommandWords[]): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](all);
}

/** Between two words of a path; no name of a command holds one. */
const JOIN = '/';

function pathOf({ path }: CommandWords): string {
  return path.join(JOIN);
}

/** In single quotes, for each of the three shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The paths to which a word leads, as patterns of a `case`. */
function steps(all: readonly CommandWords[]): string {
  return all
    .filter(({ path }) => path.length > 0)
    .map((command) => quoted(pathOf(command)))
    .join('|');
}

/** Options of a command that take a value: what is behind them is theirs. */
function withValue(options: readonly OptionWord[]): string {
  return options
    .filter(({ hasValue }) => hasValue)
    .map(({ word }) => word)
    .join(' ');
}

function bashScript(all: readonly CommandWords[]): string {
  const cases = all.map(
    (command) => `    ${quoted(pathOf(command))})
      words=${quoted(
        [...command.commands, ...command.options]
          .map(({ word }) => word)
          .concat(command.values)
          .join(' '),
      )}
      valued=${quoted(withValue(command.options))}
      case $previous in
${choicesOf(command)
  .map(({ word, values }) => `        ${word}) words=${quoted(values.join(' '))}; valued= ;;\n`)
  .join('')}      esac ;;`,
  );
  return `# ai-ipc completion for bash. Once: ai-ipc completion bash > ~/.local/share/bash-completion/completions/ai-ipc
_ai_ipc() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} at= word i words= valued=
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${at:+$at${JOIN}}\${COMP_WORDS[i]}
    case $word in ${steps(all)}) at=$word ;; esac
  done
  case $at in
${cases.join('\n')}
  esac
  # The value of an option that may be anything: the shell offers files.
  case " $valued " in *" $previous "*) COMPREPLY=(); return ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _ai_ipc ai-ipc
`;
}

function choicesOf({ options }: CommandWords): OptionWord[] {
  return options.filter(({ values }) => values.length > 0);
}

function zshScript(all: readonly CommandWords[]): string {
  const described = ({ word, about }: { readonly word: string; readonly about: string }) =>
    quoted(`${word.replaceAll(':', '\\:')}:${about}`);
  const cases = all.map(
    (command) => `    ${quoted(pathOf(command))})
      offered=(${[...command.commands, ...command.options].map(described).join(' ')} ${command.values.map(quoted).join(' ')})
      valued=(${withValue(command.options)})
      case $previous in
${choicesOf(command)
  .map(({ word, values }) => `        ${word}) offered=(${values.map(quoted).join(' ')}); valued=() ;;\n`)
  .join('')}      esac ;;`,
  );
  return `#compdef ai-ipc
# ai-ipc completion for zsh. Once: ai-ipc completion zsh > a folder of your fpath, as _ai-ipc
_ai_ipc() {
  local previous=\${words[CURRENT-1]} at= word i
  local -a offered valued
  for ((i = 2; i < CURRENT; i++)); do
    word=\${at:+$at${JOIN}}\${words[i]}
    case $word in ${steps(all)}) at=$word ;; esac
  done
  case $at in
${cases.join('\n')}
  esac
  if (( \${valued[(Ie)$previous]} )); then _files; return; fi
  _describe 'ai-ipc' offered || _files
}
if [ "$funcstack[1]" = "_ai_ipc" ] || [ "$funcstack[1]" = "_ai-ipc" ]; then _ai_ipc "$@"; else compdef _ai_ipc ai-ipc; fi
`;
}

function fishScript(all: readonly CommandWords[]): string {
  const lines = all.flatMap((command) => {
    const when = `-n ${quoted(`test (__ai_ipc_at) = ${quoted(pathOf(command)).replaceAll("'", '"')}`)}`;
    return [
      ...command.commands.map(
        ({ word, about }) => `complete -c ai-ipc -f ${when} -a ${word} -d ${quoted(about)}`,
      ),
      ...command.values.map((value) => `complete -c ai-ipc -f ${when} -a ${value}`),
      ...command.options.map(({ word, about, hasValue, values }) => {
        const value = values.length > 0 ? ` -x -a ${quoted(values.join(' '))}` : hasValue ? ' -r' : '';
        return `complete -c ai-ipc ${when} -l ${word.replace(/^--/, '')}${value} -d ${quoted(about)}`;
      }),
    ];
  });
  return `# ai-ipc completion for fish. Once: ai-ipc completion fish > ~/.config/fish/completions/ai-ipc.fish
function __ai_ipc_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        set -l next (string join -n -- ${JOIN} $at $word)
        switch $next
            case ${all
              .filter(({ path }) => path.length > 0)
              .map((command) => quoted(pathOf(command)))
              .join(' ')}
                set at $next
        end
    end
    echo "$at"
end
${lines.join('\n')}
`;
}
