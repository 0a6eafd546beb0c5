import type { AuditSearchPage } from '@admit-one/core';
import type { ExportFormat } from './export-format.ts';

export interface ExportOptions {
  readonly format: ExportFormat;
  /** The first page, which was read already. */
  readonly first: AuditSearchPage;
  /** The most events of the export. */
  readonly limit: number;
  readonly readNext: (cursor: string, limit: number) => Promise<AuditSearchPage>;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** Called with the number of events so far, whenever more were written, and with whether the export is complete. */
  readonly onProgress: (eventCount: number, isComplete: boolean) => void;
}

/** How many events are read at once. */
export const EXPORT_PAGE = 500;

/**
 * The body of an export, page after page: the next one is read when the client has taken the one before. The last line
 * says whether it is complete; an error ends the body without it.
 */
export async function* exportBody(options: ExportOptions): AsyncGenerator<string> {
  const { format, limit, readNext, signal, onProgress } = options;
  let page = options.first;
  let count = 0;
  let text = format.head;
  while (!signal.aborted) {
    count += page.events.length;
    text += page.events.map(format.lineOf).join('');
    if (text !== '') yield text;
    text = '';
    const isDone = page.end || count >= limit;
    onProgress(count, page.end);
    if (isDone) {
      yield format.lastLineOf(page);
      return;
    }
    page = await readNext(page.next, Math.min(EXPORT_PAGE, limit - count));
  }
}
