import { type CommandContext, type HttpRejection, httpRejectionOf } from '@admit-one/core';
import type { Rejection } from '@admit-one/ticket-client';
import type { HandshakeContext } from '../handshake/handshake-context.ts';
import { isToldByClose } from '../rejection/answer-upgrade.ts';
import { type CloseFrame, closeOf } from '../rejection/close-of.ts';

/** A rejection in every form that a server can answer with. All derive from the reasons table. */
export interface GuardRejection extends Rejection {
  /** For an HTTP response. */
  readonly http: HttpRejection;
  /** For a WebSocket that is open. */
  readonly close: CloseFrame;
  /** Whether the client is a browser that needs the close frame, as it cannot read the status of a failed upgrade. */
  readonly byClose: boolean;
  readonly traceId: string;
  /** For the log and the audit log. It has no ticket. */
  readonly context: CommandContext;
}

/** A rejection in all its forms. */
export function guardRejectionOf(
  { headers, context, trace: { traceId } }: HandshakeContext,
  rejection: Rejection,
): GuardRejection {
  const { reason, detail } = rejection;
  return {
    ...rejection,
    http: httpRejectionOf(reason, traceId, { scheme: 'Ticket', detail }),
    close: closeOf(reason),
    byClose: isToldByClose(headers, reason),
    traceId,
    context,
  };
}
