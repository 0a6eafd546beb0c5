import { BusError, type ControlVersion, hasReached, type Messages, type Reporter } from '@admit-one/core';
import { type Logger, traceIdOf } from '@admit-one/runtime';
import {
  controlSubjects,
  jsonMessage,
  jsonReader,
  type RenewalAnswer,
  RenewalMessage,
} from '@admit-one/ticket-client';
import type { Connections } from '../connection/connections.ts';
import type { Connection } from '../connection/types.ts';

export interface RenewalsOptions {
  readonly messages: Messages;
  readonly connections: Pick<Connections, 'ofTicket'>;
  /** Which control entries were applied here. */
  readonly version: () => ControlVersion | null;
  readonly reporter: Pick<Reporter, 'report'>;
  readonly log: Logger;
}

/**
 * Renews connections of this edge, for the session and user that they were admitted for. Edges that do not hold the
 * connection are silent. Returns what ends it.
 */
export function answerRenewals({
  messages,
  connections,
  version,
  reporter,
  log,
}: RenewalsOptions): () => void {
  const read = jsonReader(RenewalMessage);

  function answer(message: RenewalMessage): RenewalAnswer | undefined {
    const connection = connections.ofTicket(message.ticketId);
    if (!connection || !isSameUser(connection, message)) return undefined;
    const { id } = message;
    const applied = version();
    // The token was compared with older entries than those applied here: one of them may revoke it.
    if (!applied || !hasReached(message.version, applied))
      return { id, outcome: 'outdated', expiresAt: null };
    const { lease } = connection;
    if (lease.renew(message.principal)) report(connection, message);
    return { id, outcome: 'renewed', expiresAt: lease.expiresAt };
  }

  function report(connection: Connection, { principal, traceparent }: RenewalMessage): void {
    const { id, ticketId, route, lease } = connection;
    const { expiresAt } = lease;
    reporter.report({
      type: 'admit.connection.renewed',
      subject: id,
      traceparent,
      data: { connection: id, ticketId, principal, route, expiresAt },
    });
    log.info(
      { connection: id, ticketId, route, expiresAt, traceId: traceIdOf(traceparent) },
      'connection_renewed',
    );
  }

  return messages.subscribe(controlSubjects.renew, ({ body }) => {
    const message = read(body);
    const given = message && answer(message);
    if (!given) return;
    try {
      messages.publish(jsonMessage(controlSubjects.renewed, given));
    } catch (error) {
      // The ticket-service asks again.
      if (!(error instanceof BusError)) throw error;
    }
  });
}

function isSameUser({ principal: one }: Connection, { principal: other }: RenewalMessage): boolean {
  return one.issuer === other.issuer && one.session === other.session && one.user === other.user;
}
