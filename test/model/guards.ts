import { decide } from '@admit-one/core';
import type { Decide } from './ticket-machine.ts';

/** What keeps the promises. Each can be taken away, to see that the model misses it. */
export interface Guards {
  readonly decide: Decide;
  /** Whether an append fails where the ticket changed since it was loaded. */
  readonly versionCheck: boolean;
  /** Whether a store that came back as an older copy of itself forgets its tickets. */
  readonly epochFence: boolean;
  /** Whether a retry carries the handshake key of the first try. */
  readonly sameHandshakeOnRetry: boolean;
  /** Whether an append fails where the session was revoked. */
  readonly marker: boolean;
}

export const allGuards: Guards = {
  decide,
  versionCheck: true,
  epochFence: true,
  sameHandshakeOnRetry: true,
  marker: true,
};

/** A lease that never ends. */
export const withoutLeaseEnd: Decide = (state, command, now) =>
  state.status === 'reserved'
    ? decide(
        { ...state, reservation: { ...state.reservation, leaseEndsAt: Number.POSITIVE_INFINITY } },
        command,
        now,
      )
    : decide(state, command, now);

/** A store that carries out commands at any time. */
export const withoutDeadline: Decide = (state, command, now) =>
  decide(state, { ...command, deadline: Number.POSITIVE_INFINITY }, now);

/** A confirm that asks for the handshake and not for the connection. */
export const withoutConnection: Decide = (state, command, now) =>
  state.status === 'consumed' &&
  command.type === 'confirm' &&
  state.reservation.handshake === command.handshake
    ? { kind: 'accepted', events: [] }
    : decide(state, command, now);
