import type { EventType } from './catalogue.ts';
import { type EventPlace, type NewEvent, sequenceText, unnumbered } from './cloud-event.ts';

/** The most bytes of events in one message on the bus. */
export const MAX_BATCH_BYTES = 256 * 1024;

/** A numbered event on its way to the bus: encoded once, when it is appended or reported. */
export interface EncodedEvent extends EventPlace {
  readonly type: EventType;
  /** The CloudEvent as JSON in UTF-8. */
  readonly json: Uint8Array;
}

/** An event that has no place yet, encoded. */
export interface UnnumberedEvent {
  readonly type: EventType;
  /** Its JSON without the opening brace: what follows `PLACE_PARTS`. */
  readonly json: string;
}

/**
 * How the JSON of a numbered event begins: a store puts these parts before that of `encodeUnnumbered`, and between them
 * the partition key, the sequence, and both again for the id.
 */
export const PLACE_PARTS = [
  '{"specversion":"1.0","partitionkey":"',
  '","sequence":"',
  '","id":"',
  '.',
  '",',
] as const;

export function encodeUnnumbered(event: NewEvent): UnnumberedEvent {
  return { type: event.type, json: JSON.stringify(unnumbered(event)).slice(1) };
}

/** @param partitionkey plain characters, which JSON does not escape */
export function encodeEvent(event: NewEvent, partitionkey: string, sequence: number): EncodedEvent {
  return encodeAt(encodeUnnumbered(event), partitionkey, sequence);
}

/** An event at its place: the bytes that a store makes of it. */
export function encodeAt(
  { type, json: unnumbered }: UnnumberedEvent,
  partitionkey: string,
  sequence: number,
): EncodedEvent {
  const [beforeKey, beforeSequence, beforeId, inId, beforeEvent] = PLACE_PARTS;
  const number = sequenceText(sequence);
  const place = beforeKey + partitionkey + beforeSequence + number;
  const json = place + beforeId + partitionkey + inId + number + beforeEvent + unnumbered;
  return { type, partitionkey, sequence: number, json: Buffer.from(json) };
}

const [BEFORE_KEY, BEFORE_SEQUENCE, BEFORE_ID] = PLACE_PARTS;
const HEAD = new RegExp(`^${BEFORE_KEY}([^"]+)${BEFORE_SEQUENCE}([^"]+)${BEFORE_ID}[^"]+","type":"([^"]+)"`);
/** More than the longest place and type take. */
const HEAD_BYTES = 512;

/**
 * An event that was encoded with `PLACE_PARTS` and `encodeUnnumbered`, without decoding it.
 * @throws {TypeError} where it was not
 */
export function readEncoded(json: Uint8Array): EncodedEvent {
  const head = HEAD.exec(
    Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString('latin1', 0, HEAD_BYTES),
  );
  if (!head) throw new TypeError('not an event as a store encodes it');
  const [, partitionkey, sequence, type] = head as unknown as readonly [string, string, string, EventType];
  return { type, partitionkey, sequence, json };
}

/** The body of one message on the bus: `application/cloudevents-batch+json`. */
export function encodeBatch(events: readonly EncodedEvent[]): Uint8Array {
  const parts = events.flatMap(({ json }, n) => [n === 0 ? OPEN : COMMA, json]);
  return Buffer.concat(events.length === 0 ? [OPEN, CLOSE] : [...parts, CLOSE]);
}

const OPEN = Buffer.from('[');
const COMMA = Buffer.from(',');
const CLOSE = Buffer.from(']');

/**
 * Splits events into batches of one type each, keeping the order within a type. None is above `maxBytes`, unless it is of
 * one event.
 */
export function batchesOf(
  events: readonly EncodedEvent[],
  maxBytes: number = MAX_BATCH_BYTES,
): readonly (readonly EncodedEvent[])[] {
  const batches: EncodedEvent[][] = [];
  const open = new Map<EventType, { events: EncodedEvent[]; bytes: number }>();
  for (const event of events) {
    const bytes = event.json.byteLength + COMMA.byteLength;
    let batch = open.get(event.type);
    if (!batch || batch.bytes + bytes > maxBytes) {
      batch = { events: [], bytes: OPEN.byteLength + CLOSE.byteLength };
      open.set(event.type, batch);
      batches.push(batch.events);
    }
    batch.events.push(event);
    batch.bytes += bytes;
  }
  return batches;
}
