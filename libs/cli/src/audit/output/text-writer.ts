import { styleText } from 'node:util';
import { printable, type Terminal } from '../../terminal.ts';
import type { Cell, CellStyle, Column, TableWriter, Writer } from './table.ts';

/** The longest cell; the whole value is in `--json`. */
const MAX_WIDTH = 48;

const FORMATS = { dim: 'dim', good: 'green', warning: 'yellow', bad: 'red' } as const;

/** Prints aligned columns, with colour on a terminal unless `NO_COLOR` is set. */
export function createTextWriter({ stdout, env }: Pick<Terminal, 'stdout' | 'env'>): Writer {
  const coloured = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';

  function paint(text: string, style: CellStyle | 'title' = 'plain'): string {
    if (!coloured || style === 'plain') return text;
    return styleText(style === 'title' ? 'bold' : FORMATS[style], text, { validateStream: false });
  }

  function table(columns: readonly Column[]): TableWriter {
    let widths: readonly number[] = columns.map(({ title, width = 0 }) => Math.max(title.length, width));
    let isFirst = true;

    function line(cells: readonly string[], paintCell: (text: string, column: number) => string): string {
      const padded = cells.map((text, column) => {
        const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - lengthOf(text)));
        const painted = paintCell(text, column);
        return columns[column]?.align === 'right' ? space + painted : painted + space;
      });
      return `${padded.join('  ').trimEnd()}\n`;
    }

    return {
      rows(rows) {
        const texts = rows.map((row) => row.map(shortText));
        widths = widths.map((width, column) =>
          Math.max(width, ...texts.map((row) => lengthOf(row[column] ?? ''))),
        );
        if (isFirst && rows.length > 0)
          stdout.write(
            line(
              columns.map(({ title }) => title),
              (title) => paint(title, 'title'),
            ),
          );
        if (rows.length > 0) isFirst = false;
        for (const [index, row] of texts.entries())
          stdout.write(line(row, (text, column) => paint(text, rows[index]?.[column]?.style)));
      },
    };
  }

  return {
    heading: (text) => void stdout.write(`\n${paint(printable(text), 'title')}\n`),
    text: (text, style) => void stdout.write(`${paint(printable(text), style)}\n`),
    table,
  };
}

function shortText({ text }: Cell): string {
  const characters = [...printable(text)];
  return characters.length > MAX_WIDTH
    ? `${characters.slice(0, MAX_WIDTH - 1).join('')}…`
    : characters.join('');
}

function lengthOf(text: string): number {
  return [...text].length;
}
