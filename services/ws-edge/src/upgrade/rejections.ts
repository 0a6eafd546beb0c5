import { type Principal, type Reason, type Reporter, reasonRow } from '@admit-one/core';
import { handshakeRejected } from '@admit-one/gate';
import { type Logger, logAt } from '@admit-one/runtime';
import type { Attempt } from './attempt.ts';
import { originHostOf } from './origin-check.ts';

/** A refusal of an upgrade, and what was known by then. */
export interface Rejection {
  readonly reason: Reason;
  /** Whether the ticket's own trail has it already. */
  readonly recorded: boolean;
  readonly ticketId: string | null;
  readonly principal: Principal | null;
  /** The connection that was refused after the 101, or null. */
  readonly connection: string | null;
}

/** A rejection by the edge itself. */
export function rejectionBy(reason: Reason): Rejection {
  return { reason, recorded: false, ticketId: null, principal: null, connection: null };
}

/** Accounts for a refused upgrade: one line in the log, and one event in the trail, by us or by the ticket-service. */
export type Account = (attempt: Attempt, rejection: Rejection) => void;

export function createAccount({ reporter, log }: { reporter: Reporter; log: Logger }): Account {
  return ({ handshake, context, trace }, { reason, recorded, ticketId, principal, connection }) => {
    const facts = { reason, ticketHash: ticketId, originHost: originHostOf(context.origin) };
    logAt(log, reasonRow(reason).severity, { ...facts, traceId: trace.traceId }, 'handshake_rejected');
    if (!recorded)
      reporter.report(handshakeRejected({ handshake, context, reason, ticketId, principal, connection }));
  };
}
