import { factsOf, filterFacts, type StoredEvent } from '@admit-one/core';
import { escapeUnits } from '@admit-one/text';
import type { ExportEnd } from './export-format.ts';
import { jsonText } from './json-text.ts';

const columns = ['position', 'time', ...filterFacts, 'count', 'id', 'data'] as const;

type Cells = { readonly [Column in (typeof columns)[number]]?: string | number | null };

/** Spreadsheets take a cell that begins with one of these for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
/** Characters that break lines or steer terminals. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** The names of the columns. */
export const csvHeader = `${columns.join(',')}\r\n`;

/** An event as one record of CSV. Its last cell has the whole `data`, as JSON. */
export function csvEvent(event: StoredEvent): string {
  const { id, position, time, type, source, data } = event;
  return recordOf({ ...factsOf(event), id, position, time, type, source, data: jsonText(data) });
}

/** The last record is no event: its `type` is `end` or `more`, its `id` is `next`, and its `time` is `scannedTo`. */
export function csvEnd({ end, next, scannedTo }: ExportEnd): string {
  return recordOf({ type: end ? 'end' : 'more', id: next, time: scannedTo });
}

function recordOf(cells: Cells): string {
  return `${columns.map((column) => cellOf(cells[column])).join(',')}\r\n`;
}

function cellOf(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  const line = harmless.replace(CONTROL, escapeUnits);
  return /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
}
