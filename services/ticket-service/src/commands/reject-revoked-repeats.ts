import type { Outcome, RedeemCommand } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import type { ControlState } from '../control/control-state.ts';
import type { Commands } from './commands.ts';

/**
 * Commands that reject the repeat of a redemption whose session was revoked meanwhile. The store looks at revocations when it
 * writes, and a repeat writes nothing; it opens the upstream connection all the same.
 */
export function rejectRevokedRepeats(commands: Commands, control: Pick<ControlState, 'isRevoked'>): Commands {
  async function redeem(ticketId: string, command: RedeemCommand): Promise<Outcome> {
    const outcome = await commands.run(ticketId, command);
    if (outcome.kind === 'rejected' || !outcome.repeated) return outcome;
    const { state } = outcome;
    if (state.status !== 'none' && (await control.isRevoked(state.ticket.principal)))
      throw new RejectionError('session_revoked');
    return outcome;
  }

  return {
    ...commands,
    run: (ticketId, command) =>
      command.type === 'redeem' ? redeem(ticketId, command) : commands.run(ticketId, command),
  };
}
