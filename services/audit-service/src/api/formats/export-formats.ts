import type { StoredEvent } from '@admit-one/core';
import { csvEnd, csvEvent, csvHeader } from './csv.ts';
import type { ExportFormat } from './export-format.ts';
import { jsonText } from './json-text.ts';
import { ocsfEvent } from './ocsf.ts';

/** How an event is shown: as the CloudEvent that was published, or as an event of OCSF. */
export const eventShapes = ['cloudevents', 'ocsf'] as const;

export type EventShape = (typeof eventShapes)[number];

export function shapedEvent(event: StoredEvent, shape: EventShape): unknown {
  switch (shape) {
    case 'cloudevents':
      return event;
    case 'ocsf':
      return ocsfEvent(event);
    default:
      throw shape satisfies never;
  }
}

/** JSON lines. The last line is no event: it has the members `end`, `next` and `scannedTo`. */
export function ndjsonFormat(shape: EventShape): ExportFormat {
  return {
    contentType: 'application/x-ndjson; charset=utf-8',
    head: '',
    lineOf: (event) => `${jsonText(shapedEvent(event, shape))}\n`,
    lastLineOf: ({ end, next, scannedTo }) => `${jsonText({ end, next, scannedTo })}\n`,
  };
}

/** RFC 4180. */
export const csvFormat: ExportFormat = {
  contentType: 'text/csv; charset=utf-8; header=present',
  head: csvHeader,
  lineOf: csvEvent,
  lastLineOf: csvEnd,
};
