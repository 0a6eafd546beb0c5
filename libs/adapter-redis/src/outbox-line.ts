import {
  encodeUnnumbered,
  MAX_EVENT_BYTES,
  type NewEvent,
  PLACE_PARTS,
  type UnnumberedEvent,
} from '@admit-one/core';

/** Twice a place: `pNN.` and an epoch, and a sequence. */
const PLACE_BYTES = PLACE_PARTS.join('').length + 2 * (26 + 16);

/** Lua takes about 8,000 values at once, and fails in the middle of writing above that. */
const MAX_EVENTS = 1_000;

/**
 * Events as the scripts take them: JSON, in front of which they put `PLACE_PARTS` with the place. The scripts never look
 * into the JSON.
 * @throws {RangeError} where an event, numbered, is above 16 KiB; where there is none, or more than 1,000
 */
export function encodeEvents(events: readonly NewEvent[]): readonly UnnumberedEvent[] {
  if (events.length === 0 || events.length > MAX_EVENTS)
    throw new RangeError(`an append takes 1 to ${MAX_EVENTS} events (got ${events.length})`);
  return events.map((event) => {
    const encoded = encodeUnnumbered(event);
    if (PLACE_BYTES + Buffer.byteLength(encoded.json) > MAX_EVENT_BYTES)
      throw new RangeError(`${event.type} is larger than ${MAX_EVENT_BYTES} bytes`);
    return encoded;
  });
}
