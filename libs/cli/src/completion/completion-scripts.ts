import type { CommandNode, CompletedOption } from './command-tree.ts';

/** Shells that have completion. */
export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/** The completion script of a shell. Values of options are completed as files where they have no choices. */
export function completionScript(shell: Shell, nodes: readonly CommandNode[]): string {
  switch (shell) {
    case 'bash':
      return bashScript(nodes);
    case 'zsh':
      return zshScript(nodes);
    case 'fish':
      return fishScript(nodes);
    default:
      throw shell satisfies never;
  }
}

function bashScript(nodes: readonly CommandNode[]): string {
  return `# Completion of admit for bash. Add to ~/.bashrc: source <(npx @admit-one/cli completion bash)
_admit() {
  local word at=admit current="\${COMP_WORDS[COMP_CWORD]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${subcommandPaths(nodes).join(' | ')}) at="$at $word" ;;
    esac
  done
  case "$at \${COMP_WORDS[COMP_CWORD-1]}" in
${valueCases(nodes, {
  choices: (values) => `COMPREPLY=($(compgen -W ${quoted(values.join(' '))} -- "$current")); return`,
  file: 'COMPREPLY=($(compgen -f -- "$current")); return',
})}
  esac
  case "$at" in
${nodes.map((node) => `    ${quoted(node.path)}) COMPREPLY=($(compgen -W ${quoted(wordsAfter(node).join(' '))} -- "$current")) ;;`).join('\n')}
  esac
}
complete -F _admit admit
`;
}

function zshScript(nodes: readonly CommandNode[]): string {
  return `#compdef admit
# Completion of admit for zsh. Add to ~/.zshrc, after compinit: source <(npx @admit-one/cli completion zsh)
_admit() {
  local word at=admit
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      (${subcommandPaths(nodes).join(' | ')}) at="$at $word" ;;
    esac
  done
  case "$at $words[CURRENT-1]" in
${valueCases(nodes, {
  choices: (values) => `compadd -- ${values.map(quoted).join(' ')}; return`,
  file: '_files; return',
})}
  esac
  case "$at" in
${nodes.map((node) => `    ${quoted(node.path)}) compadd -- ${wordsAfter(node).map(quoted).join(' ')} ;;`).join('\n')}
  esac
}
if [ "$funcstack[1]" = _admit ]; then _admit "$@"; else compdef _admit admit; fi
`;
}

function fishScript(nodes: readonly CommandNode[]): string {
  return `# Completion of admit for fish. Add to ~/.config/fish/config.fish: npx @admit-one/cli completion fish | source
function __admit_at
  set -l at admit
  set -l typed (commandline -opc)
  for word in $typed[2..]
    switch "$at $word"
      case ${subcommandPaths(nodes).join(' ')}
        set at "$at $word"
    end
  end
  test "$at" = "$argv"
end
complete -c admit -f
${nodes.flatMap(fishLines).join('\n')}
`;
}

function fishLines({ path, words, options }: CommandNode): readonly string[] {
  const line = `complete -c admit -n ${quoted(`__admit_at ${path}`)}`;
  return [
    ...(words.length > 0 ? [`${line} -a ${quoted(words.join(' '))}`] : []),
    ...options.map((option) => `${line} ${fishOption(option)}`),
  ];
}

function fishOption({ flag, description, value }: CompletedOption): string {
  const name = `-l ${flag.slice(2)} -d ${quoted(description)}`;
  if (value === 'none') return name;
  return value === 'file' ? `${name} -r -F` : `${name} -x -a ${quoted(value.join(' '))}`;
}

interface ValueCases {
  readonly choices: (values: readonly string[]) => string;
  readonly file: string;
}

/** A case for each option that takes a value. */
function valueCases(nodes: readonly CommandNode[], { choices, file }: ValueCases): string {
  return nodes
    .flatMap(({ path, options }) =>
      options.flatMap(({ flag, value }) => {
        if (value === 'none') return [];
        return [`    ${quoted(`${path} ${flag}`)}) ${value === 'file' ? file : choices(value)} ;;`];
      }),
    )
    .join('\n');
}

function subcommandPaths(nodes: readonly CommandNode[]): readonly string[] {
  return nodes.slice(1).map(({ path }) => quoted(path));
}

function wordsAfter({ words, options }: CommandNode): readonly string[] {
  return [...words, ...options.map(({ flag }) => flag)];
}

/** Quoted for bash, zsh and fish. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
