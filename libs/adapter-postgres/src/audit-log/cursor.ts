import { AuditLogError, isInstant, type ReceivedEvent } from '@admit-one/core';

/** The position of an event in the audit log's order. */
export interface Place {
  /** Unix milliseconds. */
  readonly time: number;
  readonly partitionkey: string;
  readonly sequence: string;
}

/** An event's position as an opaque cursor. */
export function cursorOf({ time, partitionkey, sequence }: ReceivedEvent): string {
  return Buffer.from(JSON.stringify([Date.parse(time), partitionkey, sequence])).toString('base64url');
}

/** @throws {AuditLogError} `bad_cursor`, where no page returned it */
export function placeOf(cursor: string): Place {
  const members = parsed(cursor);
  if (!Array.isArray(members) || members.length !== 3) throw badCursor();
  const [time, partitionkey, sequence]: readonly unknown[] = members;
  if (typeof time !== 'number' || !isInstant(time) || !isText(partitionkey) || !isSequence(sequence))
    throw badCursor();
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
  return typeof value === 'string' && value !== '' && !value.includes('\0');
}

function isSequence(value: unknown): value is string {
  return typeof value === 'string' && /^\d{16}$/.test(value);
}

function badCursor(): AuditLogError {
  return new AuditLogError('bad_cursor', 'the cursor is not one that a page gave');
}
