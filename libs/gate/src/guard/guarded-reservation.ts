import { LEASE_MS, newId, type Principal, type ReleaseReason } from '@admit-one/core';
import type { Refused, Reserved } from '../admission.ts';
import type { GuardRefusal } from './guard-refusal.ts';
import type { PausableWebSocket } from './pausable-web-socket.ts';

/** A ticket that is held for a handshake, and consumed by nobody yet. */
export interface GuardedReservation {
  readonly kind: 'reserved';
  readonly ticketId: string;
  readonly principal: Principal;
  /** The subprotocol to answer the upgrade with, or null for none. */
  readonly protocol: string | null;
  /**
   * Consumes the ticket for an accepted WebSocket. What the client has sent waits until that has succeeded; where it is
   * refused, the WebSocket is closed with the reason's code, and no listener hears a message.
   * Call it as soon as the WebSocket is there, and add what listens to messages before it, or right behind the `await`.
   */
  establish(webSocket: PausableWebSocket): Promise<Established | GuardRefusal>;
  /**
   * Consumes the ticket, for connections of another kind. Whoever calls it keeps every message back until it has
   * succeeded, and ends the connection where it is refused. A second call has the same answer as the first.
   */
  confirm(): Promise<Established | GuardRefusal>;
  /** Gives the ticket back. Never rejects; nothing happens where the ticket is consumed, or the lease over. */
  release(why?: ReleaseReason): Promise<void>;
}

/** The connection is admitted, and the ticket consumed by it. */
export interface Established {
  readonly kind: 'confirmed';
  /** The new connection's id, as the trail has it. */
  readonly connection: string;
  readonly ticketId: string;
  readonly principal: Principal;
}

export interface ReservationOptions {
  readonly protocol: string | null;
  readonly refusalOf: (refused: Refused) => GuardRefusal;
  /** Called once, when the reservation is confirmed, refused, given back, or has lapsed. */
  readonly onSettled: () => void;
  readonly onError: (error: unknown) => void;
}

/** Holds a reservation until it is settled, at the latest when its lease has ended. */
export function guardReservation(reserved: Reserved, options: ReservationOptions): GuardedReservation {
  const { ticketId, principal } = reserved;
  const { protocol, refusalOf, onSettled, onError } = options;
  const connection = newId();
  let confirming: Promise<Established | GuardRefusal> | undefined;
  let settled = false;
  const lease = setTimeout(settle, LEASE_MS);
  lease.unref();

  function settle(): void {
    if (settled) return;
    settled = true;
    clearTimeout(lease);
    onSettled();
  }

  async function confirmOnce(): Promise<Established | GuardRefusal> {
    try {
      const confirmed = await reserved.confirm(connection);
      if (confirmed.kind === 'refused') return refusalOf(confirmed);
      return { kind: 'confirmed', connection, ticketId, principal };
    } catch (error) {
      onError(error);
      return refusalOf({ kind: 'refused', reason: 'internal', recorded: false, ticketId });
    } finally {
      settle();
    }
  }

  function confirm(): Promise<Established | GuardRefusal> {
    confirming ??= confirmOnce();
    return confirming;
  }

  return {
    kind: 'reserved',
    ticketId,
    principal,
    protocol,
    confirm,
    async establish(webSocket) {
      webSocket.pause();
      webSocket.on('error', () => {
        // Its 'close' follows. Unheard, it would end the process.
      });
      const outcome = await confirm();
      if (outcome.kind === 'refused') {
        webSocket.removeAllListeners('message');
        webSocket.close(outcome.close.code, outcome.close.text);
      }
      webSocket.resume();
      return outcome;
    },
    async release(why = 'handshake_failed') {
      if (settled || confirming) return;
      settle();
      await reserved.release(why);
    },
  };
}
