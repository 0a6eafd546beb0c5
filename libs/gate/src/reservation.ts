import { LEASE_MS, newId, type Principal, type Reason, type ReleaseReason } from '@admit-one/core';
import { type Rejection, type Reserved, rejectionOf } from '@admit-one/ticket-client';
import { type AdmissionRules, withinHandshake } from './admission-rules.ts';
import type { HandshakeContext } from './handshake/handshake-context.ts';

/** A ticket that is held for a handshake, and not consumed yet. */
export interface TicketReservation<R extends Rejection> {
  readonly kind: 'reserved';
  readonly ticketId: string;
  readonly principal: Principal;
  /** Consumes the ticket for a new connection. A second call has the same result as the first. Never rejects. */
  confirm(): Promise<Admission | R>;
  /** Gives the ticket back. Never rejects; it does nothing where the ticket is consumed or the lease has ended. */
  release(why?: ReleaseReason): Promise<void>;
  /** Gives the ticket back, and rejects the handshake. @param detail replaces the public code's own text */
  reject(reason: Reason, why?: ReleaseReason, detail?: string): R;
}

/** The connection is admitted, and its ticket consumed. */
export interface Admission {
  readonly kind: 'admitted';
  /** The new connection's id, as the audit log has it. */
  readonly connection: string;
  readonly ticketId: string;
  readonly principal: Principal;
}

/** Holds a reservation until it is settled, at the latest when its lease ends. @param onSettled is called once */
export function createReservation<R extends Rejection>(
  reserved: Reserved,
  handshake: HandshakeContext,
  rules: Pick<AdmissionRules<R>, 'reject' | 'onError' | 'handshakeMs'>,
  onSettled: () => void,
): TicketReservation<R> {
  const { ticketId, principal } = reserved;
  const { reject, onError } = rules;
  const connection = newId();
  let confirming: Promise<Admission | R> | undefined;
  let settled = false;
  const lease = setTimeout(settle, LEASE_MS);
  lease.unref();

  function settle(): void {
    if (settled) return;
    settled = true;
    clearTimeout(lease);
    onSettled();
  }

  async function confirmOnce(): Promise<Admission | R> {
    const known = { ticketId, principal, connection };
    try {
      const outcome =
        (await withinHandshake(reserved.confirm(connection), handshake, rules)) ??
        rejectionOf('ticket_service_unavailable', known);
      if (outcome.kind === 'confirmed') return { kind: 'admitted', ...known };
      return reject(handshake, { ...outcome, ...known });
    } catch (error) {
      onError(error, handshake);
      return reject(handshake, rejectionOf('internal', known));
    } finally {
      settle();
    }
  }

  async function release(why: ReleaseReason = 'handshake_failed'): Promise<void> {
    if (settled || confirming) return;
    settle();
    await reserved.release(why);
  }

  return {
    kind: 'reserved',
    ticketId,
    principal,
    confirm() {
      confirming ??= confirmOnce();
      return confirming;
    },
    release,
    reject(reason, why, detail) {
      void release(why);
      return reject(handshake, rejectionOf(reason, { ticketId, principal, detail }));
    },
  };
}
