import { newId, proofOf, type RedeemCommand, reasonRow, ticketIdOf } from '@admit-one/core';
import type { Presentation, Redeemed, Refused } from '@admit-one/gate';
import type { Commands } from '../commands.ts';
import { refusalOf } from '../refusal-of.ts';

/** Redeems a ticket that has a ticket's form. It promises one handshake key, not one connection. Never rejects. */
export type Redeem = (
  presentation: Presentation & { readonly ticket: string },
) => Promise<Redeemed | RefusedRedemption>;

export interface RefusedRedemption extends Refused {
  /** The error behind the reason, where there is one. */
  readonly cause?: unknown;
}

export interface RedeemOptions {
  readonly commands: Commands;
  /** How many may be under way at once; those above are told OVERLOADED. */
  readonly maxInFlight?: number;
}

/** Every try sets the deadline anew. */
type Untimed = Omit<RedeemCommand, 'deadline'>;

/** How long after the request a redemption may still be decided: the proxy waits about as long. */
const BUDGET_MS = 2_000;

/** Makes the redemption, straight at the store. */
export function createRedeem({ commands, maxInFlight = 1_000 }: RedeemOptions): Redeem {
  let inFlight = 0;

  return async ({ ticket, handshake, context }) => {
    const ticketId = ticketIdOf(proofOf(ticket));
    if (inFlight >= maxInFlight) {
      commands.countRefused('redeem', 'overloaded');
      return { kind: 'refused', reason: 'overloaded', recorded: false, ticketId };
    }
    const command: Untimed = { type: 'redeem', id: newId(), handshake, context };
    inFlight += 1;
    const first = await attempt(ticketId, command);
    const again = first.kind === 'refused' && reasonRow(first.reason).secondTry;
    const outcome = again ? await attempt(ticketId, command) : first;
    inFlight -= 1;
    return outcome;
  };

  async function attempt(ticketId: string, command: Untimed): Promise<Redeemed | RefusedRedemption> {
    try {
      const deadline = (await commands.now()) + BUDGET_MS;
      const outcome = await commands.run(ticketId, { ...command, deadline });
      if (outcome.kind === 'rejected') {
        const { reason } = outcome;
        return { kind: 'refused', reason, recorded: reasonRow(reason).recorded, ticketId };
      }
      const { state } = outcome;
      if (state.status === 'none') throw new Error('a ticket was redeemed that does not exist');
      return { kind: 'redeemed', ticketId, principal: state.ticket.principal };
    } catch (error) {
      const { reason, cause } = refusalOf(error);
      return { kind: 'refused', reason, recorded: false, ticketId, cause };
    }
  }
}
