import type { IncomingMessage } from 'node:http';
import { createIdSource, type Reason } from '@admit-one/core';
import { canonicalAddress, canonicalOrigin } from '@admit-one/text';
import type { TicketClient } from '@admit-one/ticket-client';
import { reserveTicket } from '../admission.ts';
import type { AdmissionRules } from '../admission-rules.ts';
import { chooseProtocol } from '../handshake/choose-protocol.ts';
import {
  type HandshakeContext,
  type PostUpgradeTicket,
  parseHandshake,
  traceOf,
} from '../handshake/handshake-context.ts';
import { dropIgnoredProtocols } from '../handshake/offered-protocols.ts';
import { type TicketCarrier, ticketCarriers } from '../handshake/ticket-carriers.ts';
import { checkOrigin } from '../precheck.ts';
import { createUpgradeAnswerer } from '../rejection/answer-upgrade.ts';
import type { Admission, TicketReservation } from '../reservation.ts';
import { type GuardRejection, guardRejectionOf } from './guard-rejection.ts';

export interface TicketGuardOptions {
  /** Where tickets may be presented: in a subprotocol and in the query, by default. */
  readonly carriers?: readonly TicketCarrier[];
  /** Origins whose pages may connect: a list, as browsers send them, or a function. Any, where absent. */
  readonly origins?: readonly string[] | ((origin: string) => boolean);
  /** The route of this server. Without it, tickets that are bound to a route are rejected. */
  readonly route?: string;
  /** The application's own subprotocols. */
  readonly protocols?: readonly string[];
  /** What the audit log calls this run of the process. */
  readonly instance?: string;
  /** How many tickets may be held without a confirm at once; above it, OVERLOADED. 1,000 by default. */
  readonly maxHandshakes?: number;
  /** The client's address, for the audit log: the peer's by default, which behind a proxy is the proxy's. */
  readonly clientAddress?: (request: IncomingMessage) => string | null;
  /**
   * The trace to continue (W3C Trace Context), such as that of the active span, or the header where your own proxy has set
   * it. A new one by default: the header of a client is only its word.
   */
  readonly traceparent?: (request: IncomingMessage) => string | undefined;
  /** Called for every rejection. The audit log has those that are `recorded`. */
  readonly onRejected?: (rejection: GuardRejection) => void;
  /** Called for bugs, also in these functions; their handshakes are rejected. A warning of the process by default. */
  readonly onError?: (error: unknown) => void;
}

/** The methods of an accepted WebSocket that the guard uses; those of `ws` fit. */
export interface PausableWebSocket {
  /** Stops reading: what the client sends waits. */
  pause(): void;
  resume(): void;
  close(code: number, text: string): void;
  on(event: 'error', listener: () => void): unknown;
  removeAllListeners(event: 'message'): unknown;
}

/** A ticket that is held for a handshake, and not consumed yet. */
export interface GuardReservation extends TicketReservation<GuardRejection> {
  /** The subprotocol to answer the upgrade with, or null for none. */
  readonly protocol: string | null;
  /**
   * Consumes the ticket for an accepted WebSocket. What the client has sent waits until that succeeds; where it is
   * rejected, the WebSocket is closed with the reason's code, and no listener gets a message.
   * Call it as soon as the WebSocket exists, and add message listeners before it, or right behind the `await`.
   */
  establish(webSocket: PausableWebSocket): Promise<Admission | GuardRejection>;
}

/** The upgrade is rejected. */
export interface UpgradeRejection extends GuardRejection {
  /** Answers the upgrade, in the form that this client can read, and ends its socket. */
  answer(): void;
}

/** A ticket that is held for an upgrade without an answer yet. */
export interface UpgradeReservation extends GuardReservation {
  /** Gives the ticket back, and answers the upgrade with a rejection of the server's own. */
  reject(reason: Reason): GuardRejection;
}

/** Admits connections by their tickets, for a WebSocket server of any kind. Its methods never reject. */
export interface TicketGuard {
  /**
   * Holds the ticket of an upgrade request for its handshake. Call it in the turn in which the request arrives, and once
   * per layer that verifies: calls for one handshake share the ticket, and one of them may consume it.
   * Where the client is gone before that, the ticket is given back.
   */
  admit(request: IncomingMessage): Promise<UpgradeReservation | UpgradeRejection>;
  /**
   * Holds a ticket for a connection that is open already. The caller closes the connection where the ticket is rejected,
   * and gives the ticket back where the connection ends before the confirm.
   */
  admitPostUpgrade(
    request: IncomingMessage,
    postUpgrade: PostUpgradeTicket,
  ): Promise<GuardReservation | GuardRejection>;
  /** The subprotocol to answer with; the option `handleProtocols` of `ws`. */
  handleProtocols(offered: Iterable<string>): string | false;
  /** How many tickets are requested, or held without a confirm. */
  readonly inFlight: number;
}

/** The guard holds no resources: nothing has to be closed. */
export function createTicketGuard(
  client: Pick<TicketClient, 'reserve'>,
  options: TicketGuardOptions = {},
): TicketGuard {
  const { protocols = [], maxHandshakes = 1_000, onRejected = () => {} } = options;
  const { onError = (error) => process.emitWarning(asError(error)) } = options;
  const { origins, clientAddress = peerAddress, traceparent = () => undefined } = options;
  const listed = Array.isArray(origins) ? new Set(origins.map(canonicalOrigin)) : undefined;
  const handshakeRules = {
    carriers: options.carriers ?? ticketCarriers,
    routeOf: () => options.route ?? null,
    instance: options.instance ?? null,
  };
  const originRule = {
    required: false,
    allows: (origin: string) =>
      attempt(
        () =>
          typeof origins === 'function' ? origins(origin) : (listed?.has(canonicalOrigin(origin)) ?? true),
        false,
      ),
  };
  const inFlight = { count: 0 };
  const rules: AdmissionRules<GuardRejection> = {
    checks: [(handshake) => checkOrigin(handshake, originRule)],
    limit: () => (inFlight.count >= maxHandshakes ? 'overloaded' : undefined),
    reject(handshake, rejection) {
      const guardRejection = guardRejectionOf(handshake, rejection);
      attempt(() => onRejected(guardRejection), undefined);
      return guardRejection;
    },
    onError,
    newId: createIdSource(),
    inFlight,
  };
  const answerUpgrade = createUpgradeAnswerer();

  function parse(request: IncomingMessage, postUpgrade?: PostUpgradeTicket): HandshakeContext {
    const parts = {
      target: request.url ?? '',
      headers: request.headers,
      address: attempt(() => clientAddress(request), null),
      traceOf: () =>
        traceOf(
          attempt(() => traceparent(request), undefined),
          request.headersDistinct.traceparent?.[0],
        ),
    };
    return parseHandshake(parts, handshakeRules, postUpgrade);
  }

  async function hold(handshake: HandshakeContext): Promise<GuardReservation | GuardRejection> {
    const reservation = await reserveTicket(handshake, client, rules);
    if (reservation.kind === 'rejected') return reservation;
    return {
      kind: 'reserved',
      ticketId: reservation.ticketId,
      principal: reservation.principal,
      connection: reservation.connection,
      confirm: () => reservation.confirm(),
      release: (why) => reservation.release(why),
      reject: (...rejected) => reservation.reject(...rejected),
      protocol: chooseProtocol(handshake.protocols, protocols) ?? null,
      establish: (webSocket) => establish(reservation, webSocket),
    };
  }

  /** Calls a function of the server. */
  function attempt<Result>(call: () => Result, otherwise: Result): Result {
    try {
      return call();
    } catch (error) {
      onError(error);
      return otherwise;
    }
  }

  return {
    async admit(request) {
      const { socket } = request;
      socket.on('error', () => {
        // A reset by the client, which would otherwise end the process. The socket's 'close' follows.
      });
      const handshake = parse(request);
      dropIgnoredProtocols(request.headers);
      const held = await hold(handshake);
      if (held.kind === 'rejected') return { ...held, answer: () => answerUpgrade(socket, handshake, held) };
      releaseWithSocket(held, socket);
      return {
        ...held,
        reject(reason) {
          const rejection = held.reject(reason);
          answerUpgrade(socket, handshake, rejection);
          return rejection;
        },
      };
    },
    admitPostUpgrade: (request, postUpgrade) => hold(parse(request, postUpgrade)),
    handleProtocols: (offered) => chooseProtocol(offered, protocols) ?? false,
    get inFlight() {
      return inFlight.count;
    },
  };
}

function peerAddress({ socket }: IncomingMessage): string | null {
  return canonicalAddress(socket.remoteAddress ?? '');
}

async function establish(
  reservation: TicketReservation<GuardRejection>,
  webSocket: PausableWebSocket,
): Promise<Admission | GuardRejection> {
  webSocket.pause();
  webSocket.on('error', () => {
    // Its 'close' follows. Without a listener, it would end the process.
  });
  const outcome = await reservation.confirm();
  if (outcome.kind === 'rejected') {
    webSocket.removeAllListeners('message');
    webSocket.close(outcome.close.code, outcome.close.text);
  }
  webSocket.resume();
  return outcome;
}

/** Gives the ticket back where the client, or the server's own handshake, ends the socket before the confirm. */
function releaseWithSocket({ release }: GuardReservation, socket: IncomingMessage['socket']): void {
  if (socket.destroyed) void release('client_gone');
  else socket.once('close', () => void release('client_gone'));
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
