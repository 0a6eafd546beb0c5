import { type Reporter, reasonRow } from '@admit-one/core';
import { type Logger, logAt, traceIdOf } from '@admit-one/runtime';
import type { ConnectionRecord } from './types.ts';

/** Reports the end of a connection: one event, and one line in the log. */
export function reportClosed(
  { connection, traceparent, closeInfo, durationMs, received, sent }: ConnectionRecord,
  { reporter, log }: { readonly reporter: Reporter; readonly log: Logger },
): void {
  const { id, ticketId, principal, route } = connection;
  const { code, initiator, reason } = closeInfo;
  const facts = { connection: id, route, code, initiator, reason, durationMs };
  const severity = reason === null ? 'INFO' : reasonRow(reason).severity;
  logAt(log, severity, { ...facts, traceId: traceIdOf(traceparent) }, 'websocket_closed');
  reporter.report({
    type: 'admit.connection.closed',
    subject: id,
    traceparent,
    data: {
      ...facts,
      ticketId,
      principal,
      closeText: closeInfo.text,
      messagesIn: received.messages,
      bytesIn: received.bytes,
      messagesOut: sent.messages,
      bytesOut: sent.bytes,
    },
  });
}
