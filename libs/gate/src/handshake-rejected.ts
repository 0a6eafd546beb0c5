import type { CommandContext, Principal, Reason, Report } from '@admit-one/core';

/** A handshake that was refused without a trace in its ticket's own trail, and what was known by then. */
export interface RejectedHandshake {
  readonly handshake: string;
  readonly context: CommandContext;
  readonly reason: Reason;
  readonly ticketId: string | null;
  readonly principal?: Principal | null;
  /** The connection that was refused after the 101, or null. */
  readonly connection?: string | null;
}

/** What the trail is told of it, by whoever stands at the door. */
export function handshakeRejected(rejected: RejectedHandshake): Report {
  const { handshake, context, reason, ticketId, principal = null, connection = null } = rejected;
  const { traceparent, ...where } = context;
  return {
    type: 'admit.handshake.rejected',
    subject: ticketId ?? handshake,
    traceparent,
    data: { reason, handshake, connection, principal, context: where, count: 1 },
  };
}
