/**
 * What an operator can acknowledge of the audit log, and what its name is: what is missing under a partition key, and its
 * unknown tail; the events in conflict under a partition key; the dead letters of a subject; the messages missing or lost of
 * a generation of the stream.
 */
export const acknowledgementKinds = ['partition', 'conflicts', 'dead_letters', 'stream'] as const;

export type AcknowledgementKind = (typeof acknowledgementKinds)[number];
