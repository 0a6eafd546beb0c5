import type { StoredEvent } from '@admit-one/core';
import { type EventShape, shapedEvent } from '../api/formats/export-formats.ts';
import { jsonText } from '../api/formats/json-text.ts';

/** Server-sent events, as the HTML standard defines `text/event-stream`. An id is a position: `Last-Event-ID` continues behind it. */
export const SSE_TYPE = 'text/event-stream';

export function sseEvent(event: StoredEvent, shape: EventShape): string {
  return `id: ${event.position}\nevent: admit\ndata: ${jsonText(shapedEvent(event, shape))}\n\n`;
}

/**
 * A comment. Its id moves the client on where no event meets its filter; its text has the position too, because many
 * parsers drop an id without data.
 */
export function sseHeartbeat(position: string | undefined): string {
  return position === undefined ? ': heartbeat\n\n' : `: heartbeat ${position}\nid: ${position}\n\n`;
}

/** The last event to a reader that is too slow: it may continue behind the position. */
export function sseBehind(position: string | undefined): string {
  return `event: behind\ndata: ${jsonText({ position: position ?? null })}\n\n`;
}
