import {
  type Redeemed,
  type Rejection,
  type Reserved,
  rejectionOf,
  type TicketClient,
} from '@admit-one/ticket-client';
import type { AdmissionRules } from './admission-rules.ts';
import { type HandshakeContext, presentedTicketIdOf } from './handshake/handshake-context.ts';
import { precheck } from './precheck.ts';
import { HeldTicket, type TicketReservation } from './reservation.ts';

/** Reserves the ticket of a handshake. Never rejects. */
export async function reserveTicket<R extends Rejection>(
  handshake: HandshakeContext,
  { reserve }: Pick<TicketClient, 'reserve'>,
  rules: AdmissionRules<R>,
): Promise<TicketReservation<R> | R> {
  const { inFlight, deadline, reject, onError } = rules;
  const checked = precheck(handshake, rules.checks, rules.limit);
  if (checked.kind === 'rejected') return reject(handshake, checked);

  if (inFlight) inFlight.count += 1;
  const { key, context } = handshake;
  const { ticket, jwt } = checked;
  let outcome: Reserved | Rejection;
  try {
    const reserving = reserve({ ticket, jwt, handshake: key, context });
    const inTime = await (deadline ? deadline.within(reserving, handshake) : reserving);
    if (!inTime) void reserving.then(giveBack, () => undefined);
    outcome =
      inTime ?? rejectionOf('ticket_service_unavailable', { ticketId: presentedTicketIdOf(handshake) });
  } catch (error) {
    onError(error, handshake);
    outcome = rejectionOf('internal', { ticketId: presentedTicketIdOf(handshake) });
  }
  if (outcome.kind === 'reserved') return new HeldTicket(outcome, handshake, rules);
  if (inFlight) inFlight.count -= 1;
  return reject(handshake, outcome);
}

/**
 * Redeems the ticket of a handshake, for what isn't a WebSocket. It promises one handshake key, not one connection.
 * Never rejects.
 */
export async function redeemTicket<R extends Rejection>(
  handshake: HandshakeContext,
  { redeem }: Pick<TicketClient, 'redeem'>,
  { checks, limit, reject, onError }: Omit<AdmissionRules<R>, 'newId' | 'inFlight'>,
): Promise<Redeemed | R> {
  const checked = precheck(handshake, checks, limit);
  if (checked.kind === 'rejected') return reject(handshake, checked);
  const { key, context } = handshake;
  try {
    const outcome = await redeem({ ticket: checked.ticket, handshake: key, context });
    return outcome.kind === 'redeemed' ? outcome : reject(handshake, outcome);
  } catch (error) {
    onError(error, handshake);
    return reject(handshake, rejectionOf('internal', { ticketId: presentedTicketIdOf(handshake) }));
  }
}

async function giveBack(outcome: Reserved | Rejection): Promise<void> {
  if (outcome.kind === 'reserved') await outcome.release('handshake_failed');
}
