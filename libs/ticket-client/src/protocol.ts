import { isDigest, isReason, type Principal, principalSchema, type Reason } from '@admit-one/core';
import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';

/** Where ticket-services answer requests, in a queue group. */
export const ticketSubjects = {
  reserve: 'admit.ticket.reserve',
  confirm: 'admit.ticket.confirm',
  release: 'admit.ticket.release',
  redeem: 'admit.ticket.redeem',
  time: 'admit.ticket.time',
} as const;

/** The longest text of a context: clients choose most of them. */
export const MAX_FACT_LENGTH = 512;

const Digest = Type.Refine(Type.String({ maxLength: 64 }), isDigest);
const Id = Type.String({ minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9_-]+$' });
const Fact = Type.Union([Type.String({ maxLength: MAX_FACT_LENGTH }), Type.Null()]);

const Context = Type.Object({
  address: Fact,
  origin: Fact,
  agent: Fact,
  route: Fact,
  carrier: Type.Union([
    Type.Literal('query'),
    Type.Literal('subprotocol'),
    Type.Literal('message'),
    Type.Null(),
  ]),
  edge: Fact,
  traceparent: Fact,
});

const common = {
  /** The command's id: the same in every retry. */
  command: Id,
  handshake: Digest,
  context: Context,
  /** Store time, Unix milliseconds. */
  deadline: Type.Number(),
};

export const ReserveRequest = Type.Object({ ...common, proof: Digest });
export const RedeemRequest = Type.Object({ ...common, proof: Digest });
export const ConfirmRequest = Type.Object({ ...common, ticketId: Digest, connection: Id });
export const ReleaseRequest = Type.Object({
  ...common,
  ticketId: Digest,
  why: Type.Enum(['client_gone', 'handshake_failed', 'upstream_failed', 'draining']),
});

export type ReserveRequest = Static<typeof ReserveRequest>;
export type RedeemRequest = Static<typeof RedeemRequest>;
export type ConfirmRequest = Static<typeof ConfirmRequest>;
export type ReleaseRequest = Static<typeof ReleaseRequest>;

const PrincipalSchema = Type.Unsafe<Principal>(principalSchema);

const ReasonName = Type.Unsafe<Reason>(Type.Refine(Type.String(), isReason));

/** Store time of the reply, Unix milliseconds. */
const now = Type.Number();

/** The command was carried out, now or by an earlier copy of it. */
const AcceptedReply = Type.Object({
  kind: Type.Literal('accepted'),
  now,
  principal: Type.Union([PrincipalSchema, Type.Null()]),
});

/**
 * The command was rejected. Where it is not `recorded`, the sender records it. Where `now` is null, it is unknown whether
 * the command was carried out.
 */
const RejectedReply = Type.Object({
  kind: Type.Literal('rejected'),
  now: Type.Union([now, Type.Null()]),
  reason: ReasonName,
  recorded: Type.Boolean(),
});

export const TicketReply = Type.Union([AcceptedReply, RejectedReply]);
export type TicketReply = Static<typeof TicketReply>;
export type RejectedReply = Readonly<Static<typeof RejectedReply>>;

/** The reply to a request for the time. */
export const TimeReply = Type.Object({ now });

/** A check of a value from the bus against a schema of the protocol; unknown members pass. */
export function createGuard<Schema extends TSchema>(
  schema: Schema,
): (value: unknown) => value is Static<Schema> {
  const validator = Compile(schema);
  return (value): value is Static<Schema> => validator.Check(value);
}
