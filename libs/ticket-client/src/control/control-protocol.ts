import { type ControlEntry, controlEntrySchema, type Principal, principalSchema } from '@admit-one/core';
import { type Static, Type } from 'typebox';
import { createGuard } from '../protocol.ts';
import { ConnectionResult } from './connection-protocol.ts';

/** Where services tell each other of control entries. */
export const controlSubjects = {
  /** Messages of ticket-services: which version there is, and how it came about. */
  state: 'admit.control.state',
  /** Messages of ticket-services: how many connections an entry would close. */
  question: 'admit.control.question',
  /** Messages of ticket-services: what to do with connections, for a backend. */
  command: 'admit.control.command',
  /** Messages of edges: which version they have applied. */
  edge: 'admit.control.edge',
  /** Messages of ticket-services: a token was verified, which renews the connection of a ticket. */
  renew: 'admit.control.renew',
  /** Answers of the edge that holds it. */
  renewed: 'admit.control.renewed',
  /** Requests to ticket-services: what has changed since a version. */
  since: 'admit.control.since',
  /** Requests to audit-services: the entries that the audit log knows. */
  history: 'admit.control.history',
} as const;

const Version = Type.Object({ generation: Type.String(), number: Type.Number() });
const Entry = Type.Unsafe<ControlEntry>(controlEntrySchema);

export const ControlStateMessage = Type.Object({
  version: Version,
  /** The change from one version to this one; null in the repeats. */
  change: Type.Union([Type.Object({ previous: Version, entry: Entry }), Type.Null()]),
  /** Store time, Unix milliseconds. */
  now: Type.Number(),
});

export const ControlQuestion = Type.Object({ id: Type.String(), entry: Entry });

export const ControlEdgeMessage = Type.Object({
  edge: Type.String(),
  /** Null before it has applied any. */
  version: Type.Union([Version, Type.Null()]),
  /** How many connections an entry has closed there, by its id. */
  closed: Type.Record(Type.String(), Type.Number()),
  /** The edge has stopped: it holds no connections any more. */
  stopped: Type.Boolean(),
  /** The answer to a question: what the entry would close. */
  answer: Type.Optional(
    Type.Object({
      id: Type.String(),
      connections: Type.Number(),
      /** A digest of each user, to count them over all edges. */
      users: Type.Array(Type.String()),
    }),
  ),
  /** What became of a command. */
  result: Type.Optional(ConnectionResult),
});

export const RenewalMessage = Type.Object({
  /** For the answer. */
  id: Type.String(),
  ticketId: Type.String(),
  /** Of the fresh token. */
  principal: Type.Unsafe<Principal>(principalSchema),
  /** The control entries that the token was compared with. */
  version: Version,
  traceparent: Type.Union([Type.String(), Type.Null()]),
});

export const RenewalAnswer = Type.Object({
  id: Type.String(),
  /** `outdated`: the edge has applied later entries than those that the token was compared with. */
  outcome: Type.Union([Type.Literal('renewed'), Type.Literal('outdated')]),
  /** Store time, Unix milliseconds; null where the connection does not expire, or was not renewed. */
  expiresAt: Type.Union([Type.Number(), Type.Null()]),
});

export const ControlSinceRequest = Type.Object({ version: Type.Union([Version, Type.Null()]) });

export const ControlChangesReply = Type.Object({
  version: Version,
  entries: Type.Array(Entry),
  complete: Type.Boolean(),
  more: Type.Boolean(),
  /** Store time, Unix milliseconds: log-outs up to then may have left the list. */
  unlistedUntil: Type.Number(),
  now: Type.Number(),
});

export const ControlHistoryRequest = Type.Object({ cursor: Type.Union([Type.String(), Type.Null()]) });

export const ControlHistoryReply = Type.Object({
  entries: Type.Array(Entry),
  /** Continues after these; null at the end. */
  next: Type.Union([Type.String(), Type.Null()]),
});

export type ControlStateMessage = Static<typeof ControlStateMessage>;
export type ControlQuestion = Static<typeof ControlQuestion>;
export type ControlEdgeMessage = Static<typeof ControlEdgeMessage>;
export type RenewalMessage = Static<typeof RenewalMessage>;
export type RenewalAnswer = Static<typeof RenewalAnswer>;
export type ControlHistoryReply = Static<typeof ControlHistoryReply>;

/** A subscriber to messages that are JSON of a schema. Others are ignored: anyone on the bus may send them. */
export function jsonReader<Schema extends Parameters<typeof createGuard>[0]>(
  schema: Schema,
): (body: Uint8Array) => Static<Schema> | null {
  const isOfSchema = createGuard(schema);
  return (body) => {
    try {
      const value: unknown = JSON.parse(Buffer.from(body).toString());
      return isOfSchema(value) ? value : null;
    } catch {
      return null;
    }
  };
}

/** A message without reply and headers. */
export function jsonMessage(subject: string, value: object) {
  return { subject, body: Buffer.from(JSON.stringify(value)), headers: {}, reply: null } as const;
}
