import { type CommandContext, type Reason, type Reporter, reasonRow } from '@admit-one/core';
import { handshakeRejected } from '@admit-one/gate';
import { type Logger, logAt } from '@admit-one/runtime';

/** A request that was refused. */
export interface RefusedHandshake {
  readonly handshake: string;
  readonly context: CommandContext;
  readonly traceId: string;
  readonly reason: Reason;
  /** Whether the ticket's own trail has it already. */
  readonly recorded: boolean;
  readonly ticketId: string | null;
  /** The error behind the reason, where there is one. */
  readonly cause?: unknown;
}

/** Accounts for a refused request: one line in the log, and one event in the trail where the ticket's has none. */
export type ReportRefusal = (refused: RefusedHandshake) => void;

/** Makes the account that an edge gives, for here the service stands in an edge's place. */
export function createReportRefusal({ reporter, log }: { reporter: Reporter; log: Logger }): ReportRefusal {
  return ({ handshake, context, traceId, reason, recorded, ticketId, cause: err }) => {
    const facts = { reason, ticketHash: ticketId, origin: context.origin, traceId, err };
    logAt(log, reasonRow(reason).severity, facts, 'handshake_rejected');
    if (!recorded) reporter.report(handshakeRejected({ handshake, context, reason, ticketId }));
  };
}
