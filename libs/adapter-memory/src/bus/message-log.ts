import { BusError, type Delivery, newId, type Publication } from '@admit-one/core';

/** Messages in the order they were stored, each at a position that is never used again. */
export interface MessageLog {
  /** @throws {BusError} `full`, where the message does not fit beside what is stored */
  append(message: Publication): void;
  readonly bytes: number;
  /** The position of the oldest message; of the next one in an empty log. */
  readonly start: number;
  /** The position of the next message. */
  readonly end: number;
  /** Copies of the messages from an untrimmed position on. */
  read(position: number, limit: number): readonly Delivery[];
  /** Drops the messages before a position. */
  trim(position: number): void;
}

function sizeOf({ subject, body }: Publication): number {
  return subject.length + body.byteLength;
}

/** An empty log with a maximum size in bytes, subjects and bodies together. */
export function createMessageLog(maxBytes: number): MessageLog {
  const stream = newId();
  const messages: Publication[] = [];
  let start = 0;
  let bytes = 0;

  return {
    append(message) {
      const size = sizeOf(message);
      if (bytes + size > maxBytes)
        throw new BusError('full', `the stream holds ${bytes} of at most ${maxBytes} bytes`);
      messages.push(message);
      bytes += size;
    },
    get bytes() {
      return bytes;
    },
    get start() {
      return start;
    },
    get end() {
      return start + messages.length;
    },
    read(position, limit) {
      const first = position - start;
      return messages.slice(first, first + limit).map(({ subject, body }, n) => ({
        subject,
        body: Uint8Array.from(body),
        position: { stream, sequence: position + n + 1, first: start + 1 },
      }));
    },
    trim(position) {
      const dropped = messages.splice(0, position - start);
      start += dropped.length;
      for (const message of dropped) bytes -= sizeOf(message);
    },
  };
}
