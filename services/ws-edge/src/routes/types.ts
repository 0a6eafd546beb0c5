import type { FailedCheck, HandshakeContext, TicketReservation } from '@admit-one/gate';
import type { Rejection } from '@admit-one/ticket-client';
import type { CloseInfo } from '../connection/close-info.ts';
import type { Connection } from '../connection/types.ts';

/** Handles the messages of one connection. */
export interface RouteSession {
  message(data: Buffer, binary: boolean): void;
  /** Whether messages pile up behind the route: the client is not read until they don't. */
  congested?(): boolean;
  /** How many bytes of the client's wait behind the route, in the memory of this edge. */
  waitingBytes?(): number;
  /** Called once, when the connection has ended. */
  closed(info: CloseInfo): void;
}

/** Takes admitted connections. */
export interface RouteHandler {
  readonly name: string;
  open(connection: Connection): RouteSession;
}

interface RouteTraits {
  readonly name: string;
  /** The application's own subprotocols, in addition to `admit.v1`. */
  readonly protocols: readonly string[];
}

/** A route that needs nothing before the 101. */
export type PlainRoute = RouteTraits & RouteHandler;

/** What a route prepares for one connection while its ticket is held: the handler of this connection alone. */
export interface Preparation extends RouteHandler {
  /** Resolves with undefined where the 101 may be sent. Never rejects. */
  readonly ready: Promise<FailedCheck | undefined>;
  /** The application's subprotocol to answer with, once it is ready. */
  readonly protocol: string | undefined;
  /** Called instead of `open` where the handshake ends without a connection. */
  cancel(): void;
}

/** A route that prepares each connection between the reserve and the 101: see `UpgradeSteps`. */
export interface PreparingRoute extends RouteTraits {
  prepare(handshake: HandshakeContext, reservation: TicketReservation<Rejection>): Preparation;
}

export type Route = PlainRoute | PreparingRoute;
