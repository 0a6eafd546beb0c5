import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Principal, type Reason, reasonRow, traceOfTicket } from '@admit-one/core';
import {
  type Admission,
  type AdmissionRules,
  admitUpgrade,
  checkOrigin,
  createUpgradeAnswerer,
  type HandshakeCheck,
  type HandshakeContext,
  type HandshakeRules,
  type OriginRule,
  parseHandshake,
  presentedJwtOf,
  type UpgradeOutcome,
} from '@admit-one/gate';
import type { ClientAddress, Logger, Telemetry, Trace, TraceRoot } from '@admit-one/runtime';
import type { Rejection, TicketClient } from '@admit-one/ticket-client';
import type { WebSocket } from 'ws';
import type { ConnectionPlaces } from '../connection/connection-places.ts';
import type { Connections } from '../connection/connections.ts';
import type { EdgeMetrics, HandshakeOutcome } from '../connection/edge-metrics.ts';
import type { Connection } from '../connection/types.ts';
import type { EdgeControl, HandshakeWatch } from '../control/edge-control.ts';
import type { Route } from '../routes/types.ts';
import type { Acceptor, IncomingUpgrade } from './acceptor.ts';
import { checkUpgrade } from './check-upgrade.ts';
import type { FailingNetworks } from './failing-networks.ts';

/** A route, and how it sends the 101. */
export interface RouteEndpoint {
  readonly route: Route;
  readonly accept: Acceptor;
}

/** Makes connections of upgrade requests. */
export interface Upgrades {
  /** A listener for the `upgrade` event of an HTTP server. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** How many handshakes wait for their ticket. */
  readonly inFlight: number;
  /** Resolves when the handshakes in flight have ended. */
  settled(): Promise<void>;
}

export interface UpgradesOptions {
  readonly client: TicketClient;
  /** By the names of their routes. */
  readonly endpoints: ReadonlyMap<string, RouteEndpoint>;
  readonly handshakeRules: HandshakeRules;
  readonly originRule: OriginRule;
  /** The longest that a handshake may take, in milliseconds. */
  readonly handshakeMs: number;
  readonly maxConnections: number;
  readonly maxHandshakes: number;
  readonly connections: Connections;
  readonly places: ConnectionPlaces;
  readonly failing: FailingNetworks;
  readonly draining: () => boolean;
  readonly control: Pick<EdgeControl, 'rejectionOf' | 'watchHandshake'>;
  readonly recordRejection: (handshake: HandshakeContext, rejection: Rejection) => Rejection;
  readonly clientAddress: ClientAddress;
  readonly telemetry: Telemetry;
  readonly metrics: Pick<EdgeMetrics, 'handshakeEnded' | 'jwtPresented'>;
  readonly log: Logger;
}

/**
 * A client that resets the connection would otherwise end the process; the socket's 'close' follows. A listener made
 * within a handshake would keep the request in memory for as long as the connection lasts.
 */
function expectClose(): void {}

export function createUpgrades(options: UpgradesOptions): Upgrades {
  const { client, endpoints, handshakeRules, originRule, connections, draining, control, telemetry, log } =
    options;
  const { places, failing } = options;
  const { maxHandshakes, maxConnections, handshakeMs, recordRejection, clientAddress, metrics } = options;
  const underWay = new Set<Promise<void>>();
  const answerUpgrade = createUpgradeAnswerer();

  function handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', expectClose);
    const { headers, url: target = '' } = request;
    const address = clientAddress(request);
    let trace: Trace | undefined;
    const traceOf = (ticketId: string | null) => {
      trace = telemetry.startTrace(request, ticketId === null ? null : rootOf(ticketId));
      return trace;
    };
    const handshake = parseHandshake({ target, headers, address, traceOf }, handshakeRules);
    const watch = control.watchHandshake();
    const handling = admit(handshake, { request, socket, head }, watch).then((outcome) => {
      watch.end();
      underWay.delete(handling);
      const seconds = (performance.now() - handshake.startedAt) / 1000;
      metrics.handshakeEnded(labelOf(outcome), seconds);
      const jwt = presentedJwtOf(handshake);
      if (jwt) metrics.jwtPresented(handshake.route, jwt.client, outcome.kind);
      if (trace) endTrace(trace, handshake, outcome);
    });
    underWay.add(handling);
  }

  function endTrace(trace: Trace, { route, startedAt }: HandshakeContext, outcome: UpgradeOutcome): void {
    if (!telemetry.tracing) return;
    const { kind, ticketId } = outcome;
    telemetry.endTrace(trace, {
      name: `upgrade ${route ?? 'none'}`,
      startedAt,
      attributes: {
        'admit.outcome': labelOf(outcome),
        ...(ticketId !== null && { 'admit.ticket.id': ticketId }),
        ...(kind === 'admitted' && { 'admit.connection.id': outcome.connection }),
      },
      failure:
        kind === 'rejected' && reasonRow(outcome.reason).fault === 'infrastructure'
          ? outcome.reason
          : undefined,
    });
  }

  async function admit(
    handshake: HandshakeContext,
    incoming: IncomingUpgrade,
    watch: HandshakeWatch,
  ): Promise<UpgradeOutcome> {
    const endpoint = endpoints.get(handshake.route ?? '');
    let holder: Principal | undefined;
    const outcome = await admitUpgrade<WebSocket>(handshake, client, rulesFor(incoming.request), {
      checkPrincipal(principal) {
        const full = places.take(principal);
        if (!full) holder = principal;
        return full;
      },
      beforeUpgrade: endpoint?.route.beforeUpgrade,
      accept: () => endpoint?.accept(incoming),
      answer: (rejection) => answerUpgrade(incoming.socket, handshake, rejection),
      open: (admission, webSocket) => {
        const connection = endpoint && open(handshake, endpoint.route, admission, webSocket);
        if (connection) watch.check(connection);
      },
      draining,
    });
    // The place of an admitted connection is given back at its end.
    if (outcome.kind !== 'admitted' && holder) places.release(holder);
    failing.ended(handshake, outcome.kind === 'rejected' ? outcome.reason : undefined);
    if (outcome.kind === 'abandoned')
      log.info({ ticketId: outcome.ticketId, traceId: handshake.trace.traceId }, 'handshake_abandoned');
    return outcome;
  }

  function rulesFor(request: IncomingMessage): AdmissionRules<Rejection> {
    const checks: readonly HandshakeCheck[] = [
      () => (draining() ? { reason: 'draining' } : undefined),
      failing.check,
      () => checkUpgrade(request),
      ({ route }) => (route === null ? { reason: 'route_unknown' } : undefined),
      ({ context: { address }, route }) => control.rejectionOf({ address, route }),
      (handshake) => checkOrigin(handshake, originRule),
    ];
    return { checks, limit, reject: recordRejection, onError, handshakeMs, inFlight: { count: 0 } };
  }

  function limit(): Reason | undefined {
    if (underWay.size >= maxHandshakes) return 'overloaded';
    if (connections.count + underWay.size >= maxConnections) return 'too_many_connections';
    return undefined;
  }

  function open(
    handshake: HandshakeContext,
    route: Route,
    { connection: id, ticketId, principal }: Admission,
    webSocket: WebSocket,
  ): Connection {
    const { context, trace } = handshake;
    const { traceparent, origin, address } = context;
    const { traceId, linkedTraceId } = trace;
    const jwt = presentedJwtOf(handshake);
    const identity = {
      hasUserId: principal.user !== null,
      sessionId: principal.session,
      traceId,
      linkedTraceId,
    };
    if (jwt) log.info({ ...identity, ticketId, connection: id, client: jwt.client }, 'authenticated_via_jwt');
    else
      log.info({ ...identity, ticketId, ticketHash: ticketId, connection: id }, 'authenticated_via_ticket');
    const facts = { origin, originHost: hostOf(origin), route: route.name, connection: id, traceId };
    log.info(facts, 'websocket_connected');
    const connection = connections.open({
      ...{ id, ticketId, principal, pathway: jwt ? 'jwt' : 'ticket', address },
      ...{ webSocket, route, traceparent },
    });
    if (draining()) connection.close('draining');
    return connection;
  }

  function onError(error: unknown, { trace }: HandshakeContext): void {
    log.fatal({ err: error, traceId: trace.traceId }, 'handshake_failed');
  }

  return {
    handleUpgrade,
    get inFlight() {
      return underWay.size;
    },
    async settled() {
      await Promise.all(underWay);
    },
  };
}

function labelOf(outcome: UpgradeOutcome): HandshakeOutcome {
  switch (outcome.kind) {
    case 'admitted':
      return 'admitted';
    case 'abandoned':
      return 'client_gone';
    case 'rejected':
      return outcome.reason;
    default:
      return outcome satisfies never;
  }
}

/** The upgrade belongs to the issue of its ticket. */
function rootOf(ticketId: string): TraceRoot {
  const { traceId, spanId: parentSpanId } = traceOfTicket(ticketId);
  return { traceId, parentSpanId };
}

/** The host of an origin; null where it has none. */
function hostOf(origin: string | null): string | null {
  return origin !== null && URL.canParse(origin) ? new URL(origin).host : null;
}
