import type { IncomingMessage } from 'node:http';
import { type CommandContext, type HttpRejection, httpRejectionOf } from '@admit-one/core';
import type { Refused } from '../admission.ts';
import { type Close, closeOf } from '../answer/close-of.ts';
import { tellsByClose } from '../answer/refuser.ts';
import type { Trace } from './trace.ts';

/** A ticket that is not accepted, in the forms that a server can say it. All derive from the reasons table. */
export interface GuardRefusal extends Refused {
  /** For an HTTP response. */
  readonly http: HttpRejection;
  /** For a WebSocket that is open. */
  readonly close: Close;
  /** Whether the client is a browser that must be told, and cannot read the HTTP status of a failed upgrade. */
  readonly byClose: boolean;
  readonly traceId: string;
  /** For the log and the trail; there is no ticket in it. */
  readonly context: CommandContext;
}

export interface RefusedPresentation {
  readonly request: Pick<IncomingMessage, 'headers'>;
  readonly context: CommandContext;
  readonly trace: Trace;
}

/** Puts a refusal into all its forms. */
export function guardRefusalOf(
  refused: Refused,
  { request, context, trace: { traceId } }: RefusedPresentation,
): GuardRefusal {
  const { reason } = refused;
  return {
    ...refused,
    http: httpRejectionOf(reason, traceId, { scheme: 'Ticket' }),
    close: closeOf(reason),
    byClose: tellsByClose(request, reason),
    traceId,
    context,
  };
}
