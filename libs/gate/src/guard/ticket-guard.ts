import type { IncomingMessage } from 'node:http';
import type { Reason } from '@admit-one/core';
import type { Admission, Refused } from '../admission.ts';
import { createRefuser } from '../answer/refuser.ts';
import { chooseProtocol } from '../choose-protocol.ts';
import type { Gate } from '../gate.ts';
import { offeredProtocols } from '../offered-protocols.ts';
import { type TicketCarrier, ticketCarriers } from '../ticket-carriers.ts';
import { type GuardRefusal, guardRefusalOf } from './guard-refusal.ts';
import { type GuardedReservation, guardReservation } from './guarded-reservation.ts';
import { type OriginRule, originPasses } from './origin-rule.ts';
import { type LateTicket, type PresentedRequest, readPresentation } from './presentation.ts';

export interface TicketGuardOptions {
  /** Where tickets may be presented: in a subprotocol and in the query, by default. */
  readonly carriers?: readonly TicketCarrier[];
  /** Origins whose pages may connect; any, where it is absent. */
  readonly origins?: OriginRule;
  /** The route that this server stands for. Without it, tickets that are bound to a route are refused. */
  readonly route?: string;
  /** The application's own subprotocols. */
  readonly protocols?: readonly string[];
  /** What the trail calls this run of the process. */
  readonly instance?: string;
  /** How many tickets may be held without a confirm at once; those above are told OVERLOADED. 1,000 by default. */
  readonly maxHandshakes?: number;
  /** The client's address, for the trail: the peer's by default, which behind a proxy is the proxy's. */
  readonly clientAddress?: (request: IncomingMessage) => string | null;
  /** Hears of every refusal. The trail has those that are `recorded`. */
  readonly onRefused?: (refusal: GuardRefusal) => void;
  /** Hears of bugs, also in these functions; they admit nobody. A warning of the process by default. */
  readonly onError?: (error: unknown) => void;
}

/** The upgrade is refused. */
export interface UpgradeRefusal extends GuardRefusal {
  /** Answers the upgrade, in the form that this client can read, and ends its socket. */
  answer(): void;
}

/** A ticket that is held for an upgrade that nothing has answered yet. */
export interface UpgradeReservation extends GuardedReservation {
  /** Gives the ticket back, and answers the upgrade with a refusal of the server's own. */
  refuse(reason: Reason): void;
}

/** Admits connections by their tickets, for a WebSocket server of any kind. Its methods never reject. */
export interface TicketGuard {
  /**
   * Holds the ticket of an upgrade request for its handshake. Call it in the turn in which the request arrives, and as
   * often as there are layers that ask: calls for one handshake share the ticket, and one of them may consume it.
   * Where the client is gone before that, the ticket is given back.
   */
  admit(request: IncomingMessage): Promise<UpgradeReservation | UpgradeRefusal>;
  /**
   * Holds a ticket for a connection that is open already. Whoever calls it closes the connection where the ticket is
   * refused, and gives the ticket back where the connection ends before the confirm.
   */
  admitLate(request: IncomingMessage, late: LateTicket): Promise<GuardedReservation | GuardRefusal>;
  /** The subprotocol to answer with; the option `handleProtocols` of `ws`. */
  handleProtocols(offered: Iterable<string>): string | false;
  /** How many tickets are asked for, or held without a confirm. */
  readonly inFlight: number;
}

/** Makes a guard. It holds no resources of its own. */
export function createTicketGuard(
  { reserve }: Pick<Gate, 'reserve'>,
  options: TicketGuardOptions = {},
): TicketGuard {
  const { protocols = [], maxHandshakes = 1_000, onRefused = () => {} } = options;
  const { onError = (error) => process.emitWarning(asError(error)) } = options;
  const { origins, clientAddress = ({ socket }) => socket.remoteAddress ?? null } = options;
  const rules = {
    carriers: options.carriers ?? ticketCarriers,
    route: options.route ?? null,
    instance: options.instance ?? null,
    originPasses: (origin: string | undefined) => attempt(() => originPasses(origin, origins), false),
    clientAddress: (request: IncomingMessage) => attempt(() => clientAddress(request), null),
  };
  const refuse = createRefuser();
  let inFlight = 0;

  async function hold(
    request: IncomingMessage,
    { handshake, context, trace, verdict }: PresentedRequest,
  ): Promise<GuardedReservation | GuardRefusal> {
    const refusalOf = (refused: Refused) => tell(guardRefusalOf(refused, { request, context, trace }));
    if (verdict.kind === 'refused') return refusalOf(refusedBy(verdict.reason));
    if (inFlight >= maxHandshakes) return refusalOf(refusedBy('overloaded'));

    inFlight += 1;
    const onSettled = () => {
      inFlight -= 1;
    };
    const admission = await reserve({ ticket: verdict.ticket, handshake, context }).catch(asBug);
    if (admission.kind === 'reserved')
      return guardReservation(admission, { protocol: protocolOf(request), refusalOf, onSettled, onError });
    onSettled();
    return refusalOf(admission);
  }

  function tell(refusal: GuardRefusal): GuardRefusal {
    attempt(() => onRefused(refusal), undefined);
    return refusal;
  }

  /** Calls what the server has written. */
  function attempt<Result>(call: () => Result, otherwise: Result): Result {
    try {
      return call();
    } catch (error) {
      onError(error);
      return otherwise;
    }
  }

  function asBug(error: unknown): Admission {
    onError(error);
    return refusedBy('internal');
  }

  function protocolOf({ headers }: IncomingMessage): string | null {
    return chooseProtocol(offeredProtocols(headers['sec-websocket-protocol']) ?? [], protocols) ?? null;
  }

  return {
    async admit(request) {
      const { headers, socket } = request;
      socket.on('error', () => {
        // A reset by the client, which would otherwise end the process. The socket's 'close' follows.
      });
      const presented = readPresentation(request, rules);
      const { trace, context } = presented;
      const offered = offeredProtocols(headers['sec-websocket-protocol']) ?? [];
      const answer = (reason: Reason) => refuse({ request, socket, protocols: offered, trace }, reason);
      const admission = await hold(request, presented);
      if (admission.kind === 'refused') return { ...admission, answer: () => answer(admission.reason) };
      releaseWithSocket(admission, socket);
      return {
        ...admission,
        refuse(reason) {
          void admission.release();
          const refused = { ...refusedBy(reason), ticketId: admission.ticketId };
          tell(guardRefusalOf(refused, { request, context, trace }));
          answer(reason);
        },
      };
    },
    admitLate: (request, late) => hold(request, readPresentation(request, rules, late)),
    handleProtocols: (offered) => chooseProtocol(offered, protocols) ?? false,
    get inFlight() {
      return inFlight;
    },
  };
}

/** Gives the ticket back where the client, or the server's own handshake, ends the socket before the confirm. */
function releaseWithSocket({ release }: GuardedReservation, socket: IncomingMessage['socket']): void {
  if (socket.destroyed) void release('client_gone');
  else socket.once('close', () => void release('client_gone'));
}

function refusedBy(reason: Reason): Refused {
  return { kind: 'refused', reason, recorded: false, ticketId: null };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
