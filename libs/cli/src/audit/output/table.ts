/** How a cell is coloured on a terminal. */
export type CellStyle = 'plain' | 'dim' | 'good' | 'warning' | 'bad';

/** A text of the audit log, not escaped yet. */
export interface Cell {
  readonly text: string;
  readonly style?: CellStyle;
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** The least width; rows that come later may need more than the first. */
  readonly width?: number;
}

/** Prints tables and sentences, for people or as Markdown. Whatever they say is escaped. */
export interface Writer {
  /** A title of what follows. */
  heading(text: string): void;
  /** A paragraph. */
  text(text: string, style?: CellStyle): void;
  /** Starts a table. Its head is printed with the first rows. */
  table(columns: readonly Column[]): TableWriter;
}

export interface TableWriter {
  rows(rows: readonly (readonly Cell[])[]): void;
}
