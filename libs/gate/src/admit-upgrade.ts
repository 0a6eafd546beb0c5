import type { Principal, ReleaseReason } from '@admit-one/core';
import { type Rejection, rejectionOf, type TicketClient } from '@admit-one/ticket-client';
import { reserveTicket } from './admission.ts';
import type { AdmissionRules } from './admission-rules.ts';
import type { FailedCheck } from './failed-check.ts';
import type { HandshakeContext } from './handshake/handshake-context.ts';
import { closeOf } from './rejection/close-of.ts';
import type { Admission, TicketReservation } from './reservation.ts';

/** The methods of an accepted WebSocket that a rejection uses; those of `ws` fit. */
export interface RejectableWebSocket {
  close(code: number, text: string): void;
  resume(): void;
}

/** The steps of an upgrade that only the server can take. */
export interface UpgradeSteps<Socket extends RejectableWebSocket> {
  /** Checks whose ticket it is, right after the reserve. Where it fails, the ticket is given back. */
  checkPrincipal?(principal: Principal): FailedCheck | undefined;
  /**
   * Runs between the reserve and the 101, and is awaited: a route may shake hands with its upstream here. The 101 is sent
   * where it resolves with undefined; a failure rejects the handshake, and the ticket is given back.
   */
  readonly beforeUpgrade?:
    | ((reservation: TicketReservation<Rejection>) => Promise<FailedCheck | undefined>)
    | undefined;
  /** Sends the 101. The WebSocket comes paused. Undefined where the client is gone. */
  accept(): Socket | undefined;
  /** Answers a handshake that is rejected before the 101. */
  answer(rejection: Rejection): void;
  /** Takes the admitted connection; the WebSocket is still paused. */
  open(admission: Admission, webSocket: Socket): void;
  draining(): boolean;
}

/** How an upgrade ended. `abandoned`: the client was gone before the 101. */
export type UpgradeOutcome =
  | Admission
  | Rejection
  | { readonly kind: 'abandoned'; readonly ticketId: string };

/**
 * The whole of an upgrade: precheck → reserve → before the upgrade → 101 → confirm → open. Each step is undone where the
 * next one fails, and a rejection is answered in the form of its moment: by HTTP before the 101, by a close frame after it.
 * Never rejects.
 */
export async function admitUpgrade<Socket extends RejectableWebSocket>(
  handshake: HandshakeContext,
  client: Pick<TicketClient, 'reserve'>,
  rules: AdmissionRules<Rejection>,
  steps: UpgradeSteps<Socket>,
): Promise<UpgradeOutcome> {
  const reservation = await reserveTicket(handshake, client, rules);
  if (reservation.kind === 'rejected') return answered(reservation);
  if (steps.draining()) return answered(reservation.reject('draining', 'draining'));

  const barred = steps.checkPrincipal?.(reservation.principal);
  if (barred) return answered(rejectFor(barred, reservation, 'handshake_failed'));

  let webSocket: Socket | undefined;
  try {
    const failed = steps.beforeUpgrade && (await beforeUpgradeInTime(reservation));
    if (failed) return answered(rejectFor(failed, reservation, 'upstream_failed'));
    webSocket = steps.accept();
  } catch (error) {
    rules.onError(error, handshake);
    return answered(reservation.reject('internal'));
  }
  if (!webSocket) {
    void reservation.release('client_gone');
    return { kind: 'abandoned', ticketId: reservation.ticketId };
  }

  const admission = await reservation.confirm();
  if (admission.kind === 'rejected') return closed(admission, webSocket);
  try {
    steps.open(admission, webSocket);
    return admission;
  } catch (error) {
    rules.onError(error, handshake);
    const { ticketId, principal, connection } = admission;
    const rejection = rejectionOf('internal', { ticketId, principal, connection });
    return closed(rules.reject(handshake, rejection), webSocket);
  }

  function answered(rejection: Rejection): Rejection {
    steps.answer(rejection);
    return rejection;
  }

  async function beforeUpgradeInTime(held: TicketReservation<Rejection>): Promise<FailedCheck | undefined> {
    const step = steps.beforeUpgrade?.(held) ?? Promise.resolve(undefined);
    const done = step.then((failed) => failed ?? ('passed' as const));
    const result = await (rules.deadline ? rules.deadline.within(done, handshake) : done);
    return result === 'passed' ? undefined : (result ?? { reason: 'upstream_failed' });
  }
}

function rejectFor(
  { reason, ...answer }: FailedCheck,
  reservation: TicketReservation<Rejection>,
  why: ReleaseReason,
): Rejection {
  return reservation.reject(reason, why, answer);
}

/** What the client has sent is read and dropped, so that its close frame arrives. */
function closed(rejection: Rejection, webSocket: RejectableWebSocket): Rejection {
  const { code, text } = closeOf(rejection.reason);
  webSocket.close(code, text);
  webSocket.resume();
  return rejection;
}
