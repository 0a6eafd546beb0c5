import {
  AuditLogError,
  isInstant,
  parsePosition,
  type ReceivedEvent,
  type StreamPosition,
} from '@admit-one/core';

/** The position of an event in the readers' order. */
export interface Place {
  /** Unix milliseconds. */
  readonly time: number;
  readonly partitionkey: string;
  readonly sequence: string;
}

/** Before every event, and behind every event. */
export const START: Place = {
  time: Date.parse('0001-01-01T00:00:00Z'),
  partitionkey: '',
  sequence: '0'.repeat(16),
};
export const END: Place = {
  time: Date.parse('9999-12-31T23:59:59.999Z'),
  partitionkey: '~',
  sequence: '9'.repeat(16),
};

/** A place as an opaque cursor. */
export function cursorOf({ time, partitionkey, sequence }: Place): string {
  return Buffer.from(JSON.stringify([time, partitionkey, sequence])).toString('base64url');
}

export function placeOfEvent({ time, partitionkey, sequence }: ReceivedEvent): Place {
  return { time: Date.parse(time), partitionkey, sequence };
}

/** @throws {AuditLogError} `bad_cursor`, where no page returned it */
export function placeOf(cursor: string): Place {
  const members = parsed(cursor);
  if (!Array.isArray(members) || members.length !== 3) throw badCursor();
  const [time, partitionkey, sequence]: readonly unknown[] = members;
  if (!isInstant(time) || !isText(partitionkey) || !isSequence(sequence)) throw badCursor();
  return { time, partitionkey, sequence };
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw badCursor();
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function isSequence(value: unknown): value is string {
  return typeof value === 'string' && /^\d{16}$/.test(value);
}

/** @throws {AuditLogError} `bad_cursor`, where it is not a position */
export function positionOf(text: string): StreamPosition {
  const position = parsePosition(text);
  if (!position) throw badCursor();
  return position;
}

export function badCursor(): AuditLogError {
  return new AuditLogError('bad_cursor', 'the cursor is not one that a page gave');
}
