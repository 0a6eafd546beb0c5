import { escapeInvisible } from '@admit-one/text';
import { type Command, Option } from 'commander';
import type { Terminal } from '../../terminal.ts';
import { createMarkdownWriter } from './markdown-writer.ts';
import type { Writer } from './table.ts';
import { createTextWriter } from './text-writer.ts';

export interface OutputOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** Adds `--json` and `--markdown`. */
export function withOutputOptions(command: Command, json: string): Command {
  return command
    .addOption(new Option('--json', json).conflicts('markdown'))
    .option('--markdown', 'print Markdown, to paste into an incident');
}

/** The writer for people, or for an incident. */
export function writerOf(terminal: Terminal, { markdown = false }: OutputOptions): Writer {
  return markdown ? createMarkdownWriter(terminal) : createTextWriter(terminal);
}

/** A value as one line of JSON. Invisible characters are escaped, which leaves its meaning as it is. */
export function jsonLine(value: unknown): string {
  return `${escapeInvisible(JSON.stringify(value))}\n`;
}
