import type { Command, Option } from 'commander';

/** A command, and what can follow it on a command line. */
export interface CommandNode {
  /** As it is typed: `admit audit search`. */
  readonly path: string;
  /** Names of its subcommands, and words that an argument can be. */
  readonly words: readonly string[];
  readonly options: readonly CompletedOption[];
}

export interface CompletedOption {
  /** `--format` */
  readonly flag: string;
  readonly description: string;
  /** `none`: it takes no value. */
  readonly value: 'none' | 'file' | readonly string[];
}

/** A program and all its commands, each before its subcommands. */
export function commandTree(command: Command, parentPath = ''): readonly CommandNode[] {
  const help = command.createHelp();
  const path = `${parentPath} ${command.name()}`.trim();
  const subcommands = help.visibleCommands(command);
  const node: CommandNode = {
    path,
    words: [
      ...subcommands.map((subcommand) => subcommand.name()),
      ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    ],
    options: [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)].flatMap(optionOf),
  };
  return [node, ...subcommands.flatMap((subcommand) => commandTree(subcommand, path))];
}

function optionOf({ long, description, argChoices, required, optional }: Option): readonly CompletedOption[] {
  if (!long) return [];
  const value = argChoices ?? (required || optional ? 'file' : 'none');
  return [{ flag: long, description: description.split('\n')[0] ?? '', value }];
}
