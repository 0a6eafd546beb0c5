import {
  type CommandContext,
  clientSchema,
  commandContextSchema,
  digestSchema,
  idSchema,
  type Principal,
  principalSchema,
  type Reason,
  type ReleaseReason,
  reasonSchema,
  releaseReasonSchema,
} from '@admit-one/core';
import { type Static, type TSchema, Type } from 'typebox';
import { Compile, type Validator } from 'typebox/schema';

/** Where ticket-services answer requests, in a queue group. */
export const ticketSubjects = {
  reserve: 'admit.ticket.reserve',
  exchange: 'admit.ticket.exchange',
  confirm: 'admit.ticket.confirm',
  release: 'admit.ticket.release',
  redeem: 'admit.ticket.redeem',
  time: 'admit.ticket.time',
} as const;

/** Where one instance alone answers the requests to a subject: one token too, so the same permission covers it. */
export function instanceSubject(subject: string, instance: string): string {
  return `${subject}-${instance}`;
}

// Derived from the schemas of libs/core, which the events use too.
const Digest = Type.Unsafe<string>(digestSchema);
const Id = Type.Unsafe<string>(idSchema);
const Context = Type.Unsafe<CommandContext>(commandContextSchema);
const WirePrincipal = Type.Unsafe<Principal>(principalSchema);
const ReasonName = Type.Unsafe<Reason>(reasonSchema);
const ReleaseWhy = Type.Unsafe<ReleaseReason>(releaseReasonSchema);

const common = {
  /** The command's id: the same in every retry. */
  command: Id,
  handshake: Digest,
  context: Context,
  /** Store time, Unix milliseconds. */
  deadline: Type.Number(),
};

export const ReserveRequest = Type.Object({ ...common, proof: Digest });
/** A JWT in the place of a ticket: the ticket of the proof is issued for it, and reserved. */
export const ExchangeRequest = Type.Object({
  ...common,
  proof: Digest,
  /** A secret: only ticket-services may receive it. */
  token: Type.String(),
  client: Type.Optional(Type.Unsafe<string>(clientSchema)),
});
export const RedeemRequest = Type.Object({ ...common, proof: Digest });
export const ConfirmRequest = Type.Object({
  ...common,
  ticketId: Digest,
  connection: Id,
  /** When the upgrade began, store time in Unix milliseconds. */
  upgradeStartedAt: Type.Optional(Type.Number()),
});
export const ReleaseRequest = Type.Object({
  ...common,
  ticketId: Digest,
  why: ReleaseWhy,
});

export type ReserveRequest = Static<typeof ReserveRequest>;
export type ExchangeRequest = Static<typeof ExchangeRequest>;
export type RedeemRequest = Static<typeof RedeemRequest>;
export type ConfirmRequest = Static<typeof ConfirmRequest>;
export type ReleaseRequest = Static<typeof ReleaseRequest>;

/** Store time of the reply, Unix milliseconds. */
const now = Type.Number();
/** The ticket-service that replied. */
const instance = Type.Optional(Id);

/** The command was carried out, now or by an earlier copy of it. */
const AcceptedReply = Type.Object({
  kind: Type.Literal('accepted'),
  now,
  principal: Type.Union([WirePrincipal, Type.Null()]),
  instance,
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
  /** Of a limit: after how long the client may try again, where that is not the reason's own time. */
  retryAfterSeconds: Type.Optional(Type.Number({ minimum: 0 })),
  instance,
});

export const TicketReply = Type.Union([AcceptedReply, RejectedReply]);
export type TicketReply = Static<typeof TicketReply>;
export type RejectedReply = Readonly<Static<typeof RejectedReply>>;

/** The reply to a request for the time. */
export const TimeReply = Type.Object({ now, instance });

/** A check of a value from the bus against a schema of the protocol; unknown members pass. */
export function createGuard<Schema extends TSchema>(
  schema: Schema,
): (value: unknown) => value is Static<Schema> {
  let validator: Validator | undefined;
  return (value): value is Static<Schema> => {
    validator ??= Compile(schema);
    return validator.Check(value);
  };
}
