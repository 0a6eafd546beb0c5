import { newId, proofOf, type Reason, ticketIdOf } from '@admit-one/core';
import { type Admission, closeOf, type Gate, type Refuse, type Refused } from '@admit-one/gate';
import { type Logger, within } from '@admit-one/runtime';
import type { WebSocket } from 'ws';
import type { Connections } from '../connection/connections.ts';
import type { HandshakeOutcome } from '../edge-metrics.ts';
import type { Attempt } from './attempt.ts';
import type { Entrance } from './entrance.ts';
import { originHostOf } from './origin-check.ts';
import { type Account, type Rejection, rejectionBy } from './rejections.ts';

export interface AdmitOptions {
  readonly gate: Gate;
  readonly connections: Connections;
  /** The longest that a handshake may take, in milliseconds. */
  readonly handshakeMs: number;
  readonly draining: () => boolean;
  readonly refuse: Refuse;
  readonly account: Account;
  readonly log: Logger;
}

/** Brings an attempt that passed screening to its end. Never rejects. */
export type Admit = (attempt: Attempt, ticket: string, entrance: Entrance) => Promise<HandshakeOutcome>;

/** Makes the handshake proper: reserve, 101, confirm, route; and what undoes each step where the next one fails. */
export function createAdmit(options: AdmitOptions): Admit {
  const { gate, connections, handshakeMs, draining, refuse, account, log } = options;

  return async (attempt, ticket, { route, accept }) => {
    let answer = (reason: Reason) => refuse(attempt, reason);
    function rejected(rejection: Rejection): Reason {
      answer(rejection.reason);
      account(attempt, rejection);
      return rejection.reason;
    }

    try {
      const admission = await reserve(attempt, ticket);
      if (admission.kind === 'refused') return rejected({ ...admission, principal: null, connection: null });
      const { ticketId, principal } = admission;
      if (draining()) {
        void admission.release('draining');
        return rejected({ ...rejectionBy('draining'), ticketId, principal });
      }
      const webSocket = accept(attempt);
      if (!webSocket) {
        void admission.release('client_gone');
        log.info({ ticketHash: ticketId }, 'handshake_abandoned');
        return 'client_gone';
      }

      answer = (reason) => closeWith(webSocket, reason);
      const id = newId();
      const confirmed = (await within(admission.confirm(id), timeLeft(attempt))) ?? outOfTime(ticketId);
      if (confirmed.kind === 'refused')
        return rejected({ ...confirmed, ticketId, principal, connection: id });

      const { traceparent, origin } = attempt.context;
      const facts = {
        hasUserId: principal.user !== null,
        sessionId: principal.session,
        ticketHash: ticketId,
      };
      log.info({ ...facts, connection: id }, 'authenticated_via_ticket');
      log.info(
        { originHost: originHostOf(origin), route: route.name, connection: id },
        'websocket_connected',
      );
      const connection = connections.open({ id, ticketId, principal, webSocket, route, traceparent });
      if (draining()) connection.close('draining');
      return 'admitted';
    } catch (error) {
      log.fatal({ err: error, traceId: attempt.trace.traceId }, 'handshake_failed');
      return rejected(rejectionBy('internal'));
    }
  };

  async function reserve(attempt: Attempt, ticket: string): Promise<Admission> {
    const { handshake, context } = attempt;
    const reserving = gate.reserve({ ticket, handshake, context });
    const admission = await within(reserving, timeLeft(attempt));
    if (!admission) void reserving.then(giveBack, () => undefined);
    return admission ?? outOfTime(ticketIdOf(proofOf(ticket)));
  }

  function timeLeft({ startedAt }: Attempt): number {
    return startedAt + handshakeMs - performance.now();
  }
}

function outOfTime(ticketId: string): Refused {
  return { kind: 'refused', reason: 'ticket_service_unavailable', recorded: false, ticketId };
}

async function giveBack(admission: Admission): Promise<void> {
  if (admission.kind === 'reserved') await admission.release('handshake_failed');
}

/** What the client has sent is read and dropped, so that its close frame comes through. */
function closeWith(webSocket: WebSocket, reason: Reason): void {
  const { code, text } = closeOf(reason);
  webSocket.close(code, text);
  webSocket.resume();
}
