import { createExpiringMap, type Outcome, type Principal, REPLAYED, type StoreClock } from '@admit-one/core';
import { traceIdOf } from '@admit-one/runtime';
import type { Commands } from '../commands/commands.ts';
import type { ControlActions } from './control-actions.ts';
import { targetOf } from './control-target.ts';

export interface CloseOnReplayOptions {
  readonly actions: Pick<ControlActions, 'carryOut' | 'list'>;
  readonly clock: StoreClock;
  readonly onError: (error: unknown) => void;
}

/** How long it counts against the bounds that a connection was closed. */
const KEPT_MS = 600_000;
/** Someone who has read a user's tickets must not be able to disconnect him for good. */
const MAX_PER_SESSION = 3;
/** Of all sessions: entries are kept in the store, among those of operators. */
const MAX_IN_FORCE = 1_000;
const MAX_IN_FLIGHT = 16;
/** A connection is looked at once in this time, however often its ticket is presented: to look costs a list of all entries. */
const LOOK_AGAIN_MS = 60_000;

/** Commands which, where a ticket is presented again, close the connection that it has admitted. */
export function closeOnReplay(commands: Commands, options: CloseOnReplayOptions): Commands {
  const { actions, clock, onError } = options;
  const lookedAt = createExpiringMap<true>();
  let inFlight = 0;

  function mayClose({ issuer, session }: Principal, connection: string): boolean {
    const now = clock.now();
    if (inFlight >= MAX_IN_FLIGHT || lookedAt.get(connection, now)) return false;
    lookedAt.set(connection, true, now + LOOK_AGAIN_MS, now);
    const replays = actions.list().filter(({ kind }) => kind === 'replay');
    if (replays.length >= MAX_IN_FORCE || replays.some(({ value }) => value === connection)) return false;
    const ofSession = replays.filter((entry) => entry.issuer === issuer && entry.session === session);
    return ofSession.length < MAX_PER_SESSION;
  }

  async function close(outcome: Outcome, traceparent: string | null): Promise<void> {
    const { state } = outcome;
    // A redeemed ticket has no connection at an edge: its handshake stands for it.
    if (state.status !== 'consumed' || state.connection === state.reservation.handshake) return;
    const { connection } = state;
    const { principal } = state.ticket;
    if (!mayClose(principal, connection)) return;
    inFlight += 1;
    const { issuer, session } = principal;
    try {
      await actions.carryOut(
        {
          target: targetOf({ kind: 'replay', issuer, session, value: connection }),
          until: clock.now() + KEPT_MS,
          why: 'its ticket was presented again',
          by: REPLAYED,
        },
        { traceparent, traceId: traceIdOf(traceparent) },
      );
    } finally {
      inFlight -= 1;
    }
  }

  return {
    ...commands,
    async run(ticketId, command) {
      const outcome = await commands.run(ticketId, command);
      // The rejection does not wait for it.
      if (outcome.kind === 'rejected' && outcome.reason === 'ticket_replayed')
        void close(outcome, command.context.traceparent).catch(onError);
      return outcome;
    },
  };
}
