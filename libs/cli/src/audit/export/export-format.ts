import { membersOf } from '../../json-members.ts';
import type { Parameters } from '../api/audit-api.ts';

/** The formats of an export. */
export const exportFormats = ['ndjson', 'csv', 'ocsf'] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** How the API is asked for each format. */
export const requestsByFormat: Readonly<
  Record<ExportFormat, { readonly accept: string; readonly parameters: Parameters }>
> = {
  ndjson: { accept: 'application/x-ndjson', parameters: [] },
  csv: { accept: 'text/csv', parameters: [] },
  ocsf: { accept: 'application/x-ndjson', parameters: [['format', 'ocsf']] },
};

/**
 * A line of an export: `head` of CSV, an event with its position in the event stream, or what the last line says: whether
 * there is more, and the position that continues it.
 */
export type ExportLine =
  | { readonly kind: 'head' }
  | { readonly kind: 'event'; readonly position: string }
  | { readonly kind: 'last'; readonly end: boolean; readonly next: string; readonly scannedTo: string };

/** Reads the lines of one reply. Null where a line is not of the format. */
export type ExportLineReader = (line: string) => ExportLine | null;

export function createLineReader(format: ExportFormat): ExportLineReader {
  return format === 'csv' ? csvLineReader() : readJsonLine;
}

function readJsonLine(line: string): ExportLine | null {
  const { end, next, scannedTo, position, unmapped } = membersOf(line);
  if (typeof end === 'boolean' && typeof next === 'string')
    return { kind: 'last', end, next, scannedTo: String(scannedTo) };
  const place = position ?? Object(unmapped).position;
  return typeof place === 'string' ? { kind: 'event', position: place } : null;
}

/** One event is one line: the API escapes line breaks. The position comes first, and is not quoted. */
function csvLineReader(): ExportLineReader {
  let columns: readonly string[] | undefined;
  return (line) => {
    const cells = line.split(',');
    if (columns === undefined) {
      columns = cells;
      return cells[0] === 'position' ? { kind: 'head' } : null;
    }
    const [position] = cells;
    if (position !== '' && position !== undefined) return { kind: 'event', position };
    const cell = (name: string) => cells[columns?.indexOf(name) ?? -1] ?? '';
    const end = cell('type');
    if (end !== 'end' && end !== 'more') return null;
    return { kind: 'last', end: end === 'end', next: cell('id'), scannedTo: cell('time') };
  };
}
