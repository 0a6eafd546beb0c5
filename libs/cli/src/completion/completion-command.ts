import { Argument, type Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { commandTree } from './command-tree.ts';
import { completionScript, type Shell, shells } from './completion-scripts.ts';

/** Adds `admit completion`. */
export function addCompletionCommand(program: Command, { stdout }: Terminal): void {
  program
    .command('completion')
    .description(
      'Prints a script that completes commands and options in a shell: source <(npx @admit-one/cli completion bash)',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .action((shell: Shell) => void stdout.write(completionScript(shell, commandTree(program))));
}
