import { byteLength, type CloudEvent, MAX_EVENT_BYTES, type NewEvent, numbered } from '@admit-one/core';

/** As long as a real one: `pNN.` and an id. Sequences are of fixed length anyway. */
const ANY_PARTITION_KEY = 'pNN.'.padEnd(26, '-');

/** A number adds some 150 bytes to an event; only one that comes near the bound is measured with it. */
const SURE_TO_FIT = MAX_EVENT_BYTES - 1024;

/** Lua takes no more than some 8,000 values at once; it would find that out in the middle of writing. */
const MAX_EVENTS = 1_000;

/**
 * Events as they go into a script. A line of the outbox is `<partition key> <sequence> <event as JSON>`: the script
 * puts the numbers in front and never looks into the JSON, which is both the safest and the cheapest.
 * @throws {RangeError} where an event, numbered, is above 16 KiB; where there is none, or more than 1,000
 */
export function encodeEvents(events: readonly NewEvent[]): readonly string[] {
  if (events.length === 0 || events.length > MAX_EVENTS)
    throw new RangeError(`${events.length} events cannot be written at once`);
  return events.map((event) => {
    const json = JSON.stringify(event);
    if (Buffer.byteLength(json) > SURE_TO_FIT && !fits(event))
      throw new RangeError(`${event.type} is larger than ${MAX_EVENT_BYTES} bytes`);
    return json;
  });
}

function fits(event: NewEvent): boolean {
  return byteLength(numbered(event, ANY_PARTITION_KEY, 1)) <= MAX_EVENT_BYTES;
}

/** The event of a line. */
export function decodeLine(line: string): CloudEvent {
  const keyEnds = line.indexOf(' ');
  const sequenceEnds = line.indexOf(' ', keyEnds + 1);
  const event: NewEvent = JSON.parse(line.slice(sequenceEnds + 1));
  return numbered(event, line.slice(0, keyEnds), Number(line.slice(keyEnds + 1, sequenceEnds)));
}
