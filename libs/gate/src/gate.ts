import {
  isTicket,
  newId,
  type Principal,
  proofOf,
  type Reason,
  type RequestReply,
  type StoreClock,
  ticketIdOf,
} from '@admit-one/core';
import type { Admission, Presentation, Redeemed, Refused } from './admission.ts';
import { cappedContext } from './capped-context.ts';
import { type Answer, createCommandSender } from './command-sender.ts';
import { ticketSubjects } from './protocol.ts';

/** Verifies tickets over the bus. Tickets themselves never leave it. Its methods reject on a bug only. */
export interface Gate {
  /** Takes a ticket for a handshake, before the 101. The same handshake may reserve again. */
  reserve(presentation: Presentation): Promise<Admission>;
  /**
   * Reserve and confirm in one step, for what is not a WebSocket. It promises one handshake key, not one connection:
   * a repeat with the same key is accepted until the lease would have ended.
   */
  redeem(presentation: Presentation): Promise<Redeemed | Refused>;
  /** Sets the clock by the store's. False where no ticket-service answered. */
  synchronize(): Promise<boolean>;
}

/** How long a command may take with all its retries, in milliseconds. */
export interface GateBudgets {
  readonly reserveMs: number;
  /** Less than the lease, `LEASE_MS`. */
  readonly confirmMs: number;
  readonly releaseMs: number;
  /** How long one try waits for its reply. */
  readonly attemptMs: number;
}

export interface GateOptions {
  readonly requests: RequestReply;
  readonly clock: StoreClock;
  readonly budgets?: Partial<GateBudgets>;
}

const defaultBudgets: GateBudgets = { reserveMs: 2_000, confirmMs: 3_000, releaseMs: 3_000, attemptMs: 700 };

/** Makes the gate. It holds no resources of its own. */
export function createGate({ requests, clock, budgets }: GateOptions): Gate {
  const { reserveMs, confirmMs, releaseMs, attemptMs } = { ...defaultBudgets, ...budgets };
  const { send, hearTime } = createCommandSender({ requests, clock, attemptMs });

  async function reserve({ ticket, handshake, context }: Presentation): Promise<Admission> {
    const identified = identify(ticket);
    if (identified.kind === 'refused') return identified;
    const { proof, ticketId } = identified;
    const common = { handshake, context: cappedContext(context) };
    const answer = await send(ticketSubjects.reserve, { command: newId(), ...common, proof }, reserveMs);
    const principal = principalOf(answer, ticketId);
    if (principal.kind === 'refused') return principal;
    return {
      ...principal,
      kind: 'reserved',
      async confirm(connection) {
        const command = { command: newId(), ...common, ticketId, connection };
        const confirmed = await send(ticketSubjects.confirm, command, confirmMs);
        return confirmed.kind === 'accepted' ? { kind: 'confirmed' } : { ...confirmed, ticketId };
      },
      async release(why) {
        const command = { command: newId(), ...common, ticketId, why };
        await send(ticketSubjects.release, command, releaseMs).catch(() => undefined);
      },
    };
  }

  async function redeem({ ticket, handshake, context }: Presentation): Promise<Redeemed | Refused> {
    const identified = identify(ticket);
    if (identified.kind === 'refused') return identified;
    const { proof, ticketId } = identified;
    const command = { command: newId(), handshake, context: cappedContext(context), proof };
    const answer = await send(ticketSubjects.redeem, command, reserveMs);
    const principal = principalOf(answer, ticketId);
    return principal.kind === 'refused' ? principal : { ...principal, kind: 'redeemed' };
  }

  return { reserve, redeem, synchronize: hearTime };
}

interface Identified {
  readonly kind: 'identified';
  readonly proof: string;
  readonly ticketId: string;
}

function identify(ticket: string | null): Identified | Refused {
  if (ticket === null) return refused('ticket_missing', null);
  if (!isTicket(ticket)) return refused('ticket_malformed', null);
  const proof = proofOf(ticket);
  return { kind: 'identified', proof, ticketId: ticketIdOf(proof) };
}

interface Identity {
  readonly kind: 'accepted';
  readonly ticketId: string;
  readonly principal: Principal;
}

/** Whom an accepted command names. An answer that names nobody is as good as none. */
function principalOf(answer: Answer, ticketId: string): Identity | Refused {
  if (answer.kind === 'refused') return { ...answer, ticketId };
  const { principal } = answer;
  if (principal === null) return refused('ticket_service_unavailable', ticketId);
  return { kind: 'accepted', ticketId, principal };
}

function refused(reason: Reason, ticketId: string | null): Refused {
  return { kind: 'refused', reason, recorded: false, ticketId };
}
