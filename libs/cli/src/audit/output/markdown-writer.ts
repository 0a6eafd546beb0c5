import { printable, type Terminal } from '../../terminal.ts';
import type { Cell, Writer } from './table.ts';

/** Prints Markdown to paste into an incident. No value adds markup to it. */
export function createMarkdownWriter({ stdout }: Pick<Terminal, 'stdout'>): Writer {
  return {
    heading: (text) => void stdout.write(`\n### ${escaped(text)}\n\n`),
    text: (text) => void stdout.write(`${escaped(text)}\n\n`),
    table(columns) {
      let isFirst = true;
      return {
        rows(rows) {
          if (rows.length === 0) return;
          if (isFirst) {
            stdout.write(tableLine(columns.map(({ title }) => title)));
            stdout.write(tableLine(columns.map(({ align }) => (align === 'right' ? '--:' : '---'))));
          }
          isFirst = false;
          for (const row of rows) stdout.write(tableLine(row.map(cellText)));
        },
      };
    },
  };
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

/** A code span, in which nothing is markup; the bar would end the cell, whatever is before it. */
function cellText({ text }: Cell): string {
  if (text === '') return '';
  const value = printable(text).replaceAll('|', '\\u007c');
  const longest = Math.max(0, ...(value.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  const space = /^[` ]|[` ]$/.test(value) ? ' ' : '';
  return `${fence}${space}${value}${space}${fence}`;
}

/** Text without its markup, and without URLs that become links. */
function escaped(text: string): string {
  return printable(text)
    .replace(/[\\`*_{}[\]<>|&~#]/g, '\\$&')
    .replace(/:(?=\/\/)/g, '\\:');
}
