import { RejectionError } from '@admit-one/runtime';
import type { ControlState } from '../control/control-state.ts';
import type { Commands } from './commands.ts';

/**
 * Commands that reject the repeat of a redemption whose session was revoked meanwhile. The store looks at revocations when it
 * writes, and a repeat writes nothing; it opens the upstream connection all the same.
 */
export function rejectRevokedRepeats(commands: Commands, control: Pick<ControlState, 'isRevoked'>): Commands {
  return {
    ...commands,
    async run(ticketId, command) {
      const outcome = await commands.run(ticketId, command);
      if (command.type !== 'redeem' || outcome.kind === 'rejected' || !outcome.repeated) return outcome;
      const { state } = outcome;
      if (state.status !== 'none' && (await control.isRevoked(state.ticket.principal)))
        throw new RejectionError('session_revoked');
      return outcome;
    },
  };
}
