import { carrierIssues, isTicketCarrier, type TicketCarrier } from '@admit-one/gate';
import type { Static, TObject } from 'typebox';
import type { edgeVariables } from './edge-variables.ts';
import { parseRoutes, type RouteKind } from './parse-routes.ts';

/** Values of the ws-edge's variables. */
export type EdgeVariables = Static<TObject<typeof edgeVariables>>;

/** What an edge is told, with times in milliseconds. */
export interface EdgeConfig {
  readonly requireOrigin: boolean;
  readonly carriers: readonly TicketCarrier[];
  /** Kinds by name. */
  readonly routes: ReadonlyMap<string, RouteKind>;
  /** Over all of a handshake, from the request to the confirmed ticket. */
  readonly handshakeMs: number;
  readonly heartbeatMs: number;
  readonly lifetimeMs: number;
  readonly maxConnections: number;
  readonly maxHandshakes: number;
  readonly maxMessageBytes: number;
  readonly maxBufferedBytes: number;
  readonly drainMs: number;
  /** How long a client may take to answer a close. */
  readonly closeMs: number;
}

/** Longer than the gate takes to reserve and to confirm. */
const HANDSHAKE_MS = 6_000;
const CLOSE_MS = 5_000;

/** What is wrong with the variables beyond each one's own form. Those that are missing here are not looked at. */
export function edgeIssues(
  variables: Partial<EdgeVariables> & { readonly SHUTDOWN_SECONDS?: number },
): readonly string[] {
  const { TICKET_CARRIERS, ROUTES, MAX_BUFFERED_BYTES, MAX_MESSAGE_BYTES, DRAIN_SECONDS, SHUTDOWN_SECONDS } =
    variables;
  const faults: string[] = [];
  if (TICKET_CARRIERS)
    for (const fault of carrierIssues(TICKET_CARRIERS)) faults.push(`TICKET_CARRIERS: ${fault}`);
  if (ROUTES) for (const fault of parseRoutes(ROUTES).faults) faults.push(`ROUTES: ${fault}`);
  if (
    MAX_BUFFERED_BYTES !== undefined &&
    MAX_MESSAGE_BYTES !== undefined &&
    MAX_BUFFERED_BYTES < MAX_MESSAGE_BYTES
  )
    faults.push(
      'MAX_BUFFERED_BYTES: must be at least MAX_MESSAGE_BYTES, or no client could be sent a message that long',
    );
  if (DRAIN_SECONDS !== undefined && SHUTDOWN_SECONDS !== undefined && DRAIN_SECONDS > SHUTDOWN_SECONDS)
    faults.push('DRAIN_SECONDS: must not be more than SHUTDOWN_SECONDS, which ends the process');
  return faults;
}

/** The configuration of an edge. @param variables free of `edgeFaults` */
export function edgeConfigOf(variables: EdgeVariables): EdgeConfig {
  return {
    requireOrigin: variables.REQUIRE_ORIGIN,
    carriers: variables.TICKET_CARRIERS.filter(isTicketCarrier),
    routes: parseRoutes(variables.ROUTES).routes,
    handshakeMs: HANDSHAKE_MS,
    heartbeatMs: variables.HEARTBEAT_SECONDS * 1000,
    lifetimeMs: variables.CONNECTION_LIFETIME_SECONDS * 1000,
    maxConnections: variables.MAX_CONNECTIONS,
    maxHandshakes: variables.MAX_HANDSHAKES,
    maxMessageBytes: variables.MAX_MESSAGE_BYTES,
    maxBufferedBytes: variables.MAX_BUFFERED_BYTES,
    drainMs: variables.DRAIN_SECONDS * 1000,
    closeMs: CLOSE_MS,
  };
}
