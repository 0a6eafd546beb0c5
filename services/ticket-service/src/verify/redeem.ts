import { newId, proofOf, ticketIdOf } from '@admit-one/core';
import {
  type PresentedTicket,
  type Redeemed,
  type Rejection,
  rejectionOf,
  sendWithRetries,
  type TicketClient,
  type TicketReply,
} from '@admit-one/ticket-client';
import { type Commands, replyOf } from '../commands/commands.ts';
import { rejectionErrorOf } from '../http/rejection-error-of.ts';

export interface RedeemOptions {
  readonly commands: Commands;
  /** How many may be in flight at once; above it, OVERLOADED. */
  readonly maxInFlight?: number;
}

/** How long a redemption may take with all its retries: the proxy waits about as long. */
const BUDGET_MS = 2_000;

/** Redeems at the store directly, without the bus, by the retry rule of the ticket client. */
export function createRedeem({ commands, maxInFlight = 1_000 }: RedeemOptions): Pick<TicketClient, 'redeem'> {
  let inFlight = 0;

  async function redeem({ ticket, handshake, context }: PresentedTicket): Promise<Redeemed | Rejection> {
    const ticketId = ticketIdOf(proofOf(ticket));
    const command = { type: 'redeem', id: newId(), handshake, context } as const;
    let cause: unknown;
    const reply = await sendWithRetries(async ({ decideBy }): Promise<TicketReply> => {
      cause = undefined;
      try {
        const deadline = (await commands.now()) + Math.floor(decideBy - performance.now());
        return replyOf('redeem', await commands.run(ticketId, { ...command, deadline }));
      } catch (error) {
        const { reason, cause: because } = rejectionErrorOf(error);
        cause = because;
        return { kind: 'rejected', now: null, reason, recorded: false };
      }
    }, BUDGET_MS);
    if (reply.kind === 'rejected')
      return rejectionOf(reply.reason, { recorded: reply.recorded, ticketId, cause });
    if (reply.principal === null) throw new Error('a ticket was redeemed that does not exist');
    return { kind: 'redeemed', ticketId, principal: reply.principal };
  }

  return {
    async redeem(presented) {
      if (inFlight >= maxInFlight) {
        commands.countRejected('redeem', 'overloaded');
        return rejectionOf('overloaded', { ticketId: ticketIdOf(proofOf(presented.ticket)) });
      }
      inFlight += 1;
      try {
        return await redeem(presented);
      } finally {
        inFlight -= 1;
      }
    },
  };
}
