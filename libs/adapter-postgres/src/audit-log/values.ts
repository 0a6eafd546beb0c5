import { createHash } from 'node:crypto';

/** Three of the longest and the rest of an index row stay below the 2,704 bytes that PostgreSQL allows. */
const MAX_INDEXED_BYTES = 256;

/** Text as PostgreSQL can store it: U+0000, which it cannot, becomes the visible U+2400. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\u2400');
}

/**
 * A value as its column holds it and a search looks for it: one too long for an index is known by its digest.
 */
export function indexable(text: string): string {
  if (Buffer.byteLength(text) <= MAX_INDEXED_BYTES) return storable(text);
  return `sha256:${createHash('sha256').update(text).digest('base64url')}`;
}

/** SQL for the time of a parameter in Unix milliseconds: exact for every date of JavaScript. */
export function timeOf(milliseconds: string): string {
  return `timestamptz 'epoch' + ${milliseconds} * interval '1 millisecond'`;
}

/** SQL for an instant in Unix milliseconds, as a number. */
export function unixMs(instant: string): string {
  return `(extract(epoch FROM ${instant}) * 1000)::float8`;
}

/** SQL for an instant in whole Unix milliseconds, as the text that `timeText` reads. */
export function unixMsText(instant: string): string {
  return `(extract(epoch FROM ${instant}) * 1000)::bigint::text`;
}

/** RFC 3339. */
export function timeText(milliseconds: string): string {
  return new Date(Number(milliseconds)).toISOString();
}
