import { type Reporter, reasonRow } from '@admit-one/core';
import { isLogged, type Logger, logAt, type RejectionLog, traceIdOf } from '@admit-one/runtime';
import type { ConnectionRecord } from './types.ts';

export interface ClosedOptions {
  readonly reporter: Reporter;
  readonly log: Logger;
  readonly rejectionLog: RejectionLog;
}

/** Reports the end of a connection: one event, and one line in the log, which is counted where a failure of ours ends many. */
export function reportClosed(
  { connection, traceparent, closeInfo, durationMs, received, sent }: ConnectionRecord,
  { reporter, log, rejectionLog }: ClosedOptions,
): void {
  const { id, ticketId, principal, pathway, route } = connection;
  const { code, initiator, reason } = closeInfo;
  const severity = reason === null ? 'INFO' : reasonRow(reason).severity;
  const isFailure = reason !== null && severity === 'CRITICAL';
  if (isFailure || isLogged(log, severity)) {
    const traceId = traceIdOf(traceparent);
    const facts = { connection: id, route, code, initiator, reason, durationMs, traceId };
    if (isFailure) rejectionLog.write(severity, { ...facts, reason }, 'websocket_closed', null);
    else logAt(log, severity, facts, 'websocket_closed');
  }
  const data = {
    connection: id,
    route,
    code,
    initiator,
    reason,
    durationMs,
    ticketId,
    principal,
    closeText: closeInfo.text,
    messagesIn: received.messages,
    bytesIn: received.bytes,
    messagesOut: sent.messages,
    bytesOut: sent.bytes,
  };
  reporter.report({
    type: 'admit.connection.closed',
    subject: id,
    traceparent,
    data: pathway === 'jwt' ? { ...data, pathway } : data,
  });
}
