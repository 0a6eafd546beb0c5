import { LEASE_MS, type Principal, type Reason, type ReleaseReason } from '@admit-one/core';
import { type Rejection, type Reserved, rejectionOf } from '@admit-one/ticket-client';
import type { AdmissionRules } from './admission-rules.ts';
import type { FailedCheck } from './failed-check.ts';
import type { HandshakeContext } from './handshake/handshake-context.ts';

/** A ticket that is held for a handshake, and not consumed yet. */
export interface TicketReservation<R extends Rejection> {
  readonly kind: 'reserved';
  readonly ticketId: string;
  readonly principal: Principal;
  /** The id of the connection that the ticket is consumed for. */
  readonly connection: string;
  /** Consumes the ticket for a new connection. A second call has the same result as the first. Never rejects. */
  confirm(): Promise<Admission | R>;
  /** Gives the ticket back. Never rejects; it does nothing where the ticket is consumed or the lease has ended. */
  release(why?: ReleaseReason): Promise<void>;
  /** Gives the ticket back, and rejects the handshake. */
  reject(reason: Reason, why?: ReleaseReason, answer?: Omit<FailedCheck, 'reason'>): R;
}

/** The connection is admitted, and its ticket consumed. */
export interface Admission {
  readonly kind: 'admitted';
  /** The new connection's id, as the audit log has it. */
  readonly connection: string;
  readonly ticketId: string;
  readonly principal: Principal;
}

type HeldRules<R extends Rejection> = Pick<
  AdmissionRules<R>,
  'reject' | 'onError' | 'newId' | 'deadline' | 'inFlight'
>;

/** A reservation that is held until it is settled, at the latest when its lease ends. */
export class HeldTicket<R extends Rejection> implements TicketReservation<R> {
  readonly kind = 'reserved';
  readonly ticketId: string;
  readonly principal: Principal;
  readonly connection: string;
  readonly #reserved: Reserved;
  readonly #handshake: HandshakeContext;
  readonly #rules: HeldRules<R>;
  readonly #lease: NodeJS.Timeout | undefined;
  #confirming: Promise<Admission | R> | undefined;
  #isSettled = false;

  constructor(reserved: Reserved, handshake: HandshakeContext, rules: HeldRules<R>) {
    this.ticketId = reserved.ticketId;
    this.principal = reserved.principal;
    this.connection = rules.newId();
    this.#reserved = reserved;
    this.#handshake = handshake;
    this.#rules = rules;
    // Only a count has to know that a lease has ended.
    if (rules.inFlight) this.#lease = setTimeout(() => this.#settle(), LEASE_MS).unref();
  }

  confirm(): Promise<Admission | R> {
    this.#confirming ??= this.#confirmOnce();
    return this.#confirming;
  }

  async release(why: ReleaseReason = 'handshake_failed'): Promise<void> {
    if (this.#isSettled || this.#confirming) return;
    this.#settle();
    await this.#reserved.release(why);
  }

  reject(reason: Reason, why?: ReleaseReason, answer?: Omit<FailedCheck, 'reason'>): R {
    void this.release(why);
    const { ticketId, principal } = this;
    return this.#rules.reject(this.#handshake, rejectionOf(reason, { ...answer, ticketId, principal }));
  }

  async #confirmOnce(): Promise<Admission | R> {
    const { deadline, reject, onError } = this.#rules;
    const handshake = this.#handshake;
    const { ticketId, principal, connection } = this;
    const known = { ticketId, principal, connection };
    try {
      const confirming = this.#reserved.confirm(connection);
      const outcome =
        (await (deadline ? deadline.within(confirming, handshake) : confirming)) ??
        rejectionOf('ticket_service_unavailable', known);
      if (outcome.kind === 'confirmed') return { kind: 'admitted', ...known };
      return reject(handshake, { ...outcome, ...known });
    } catch (error) {
      onError(error, handshake);
      return reject(handshake, rejectionOf('internal', known));
    } finally {
      this.#settle();
    }
  }

  #settle(): void {
    const { inFlight } = this.#rules;
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#lease);
    if (inFlight) inFlight.count -= 1;
  }
}
