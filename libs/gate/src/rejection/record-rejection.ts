import { type Reason, type Report, type Reporter, reasonRow, type Severity } from '@admit-one/core';
import { clientNetwork } from '@admit-one/text';
import type { Rejection } from '@admit-one/ticket-client';
import { type HandshakeContext, presentedJwtOf } from '../handshake/handshake-context.ts';

export interface RejectionRecorderOptions {
  readonly reporter: Pick<Reporter, 'report'>;
  /** @param network the network of the client; null if it is unknown */
  readonly log: (
    severity: Severity,
    facts: { readonly reason: Reason },
    name: 'handshake_rejected',
    network: string | null,
  ) => void;
}

/**
 * Records a rejected handshake: one line in the log, and one event in the audit log, unless the ticket-service has
 * recorded that.
 */
export function createRejectionRecorder({ reporter, log }: RejectionRecorderOptions) {
  return function recordRejection(handshake: HandshakeContext, rejection: Rejection): Rejection {
    const { reason, ticketId, recorded, cause: err } = rejection;
    const { origin, address } = handshake.context;
    const network = address === null ? null : clientNetwork(address);
    const { traceId, linkedTraceId } = handshake.trace;
    const facts = { reason, ticketId, origin, traceId, linkedTraceId, ...(err !== undefined && { err }) };
    log(reasonRow(reason).severity, facts, 'handshake_rejected', network);
    if (!recorded) reporter.report(handshakeRejected(handshake, rejection), network);
    return rejection;
  };
}

/** The event of a rejected handshake. */
export function handshakeRejected(handshake: HandshakeContext, rejection: Rejection): Report {
  const { key, context } = handshake;
  const jwt = presentedJwtOf(handshake);
  const { reason, ticketId, principal, connection } = rejection;
  const { traceparent, ...where } = context;
  return {
    type: 'admit.handshake.rejected',
    subject: ticketId ?? key,
    traceparent,
    data: {
      ...{ reason, handshake: key, connection, ticketId, principal, context: where, count: 1 },
      ...(jwt && { pathway: 'jwt', ...(jwt.client && { client: jwt.client }) }),
    },
  };
}
