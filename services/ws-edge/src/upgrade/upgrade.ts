import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Principal, reasonRow, traceOfTicket } from '@admit-one/core';
import {
  type Admission,
  admitUpgrade,
  type FailedCheck,
  type HandshakeContext,
  parseHandshake,
  presentedJwtOf,
  type TicketReservation,
  type UpgradeOutcome,
  type UpgradeSteps,
} from '@admit-one/gate';
import type { Trace, TraceRoot } from '@admit-one/runtime';
import type { Rejection } from '@admit-one/ticket-client';
import type { ConnectionPlace } from '../connection/connection-places.ts';
import type { HandshakeOutcome } from '../connection/edge-metrics.ts';
import type { EdgeWebSocket } from '../connection/edge-web-socket.ts';
import type { HandshakeWatch } from '../control/edge-control.ts';
import type { Preparation, PreparingRoute, RouteHandler } from '../routes/types.ts';
import { checkUpgrade } from './check-upgrade.ts';
import type { RouteEndpoint, UpgradeHost } from './upgrade-host.ts';

/** One upgrade request, from its arrival to its outcome. */
export class Upgrade implements UpgradeSteps<EdgeWebSocket> {
  readonly handshake: HandshakeContext;
  readonly beforeUpgrade?: UpgradeSteps<EdgeWebSocket>['beforeUpgrade'];
  readonly #request: IncomingMessage;
  readonly #socket: Duplex;
  readonly #head: Buffer;
  readonly #host: UpgradeHost;
  readonly #endpoint: RouteEndpoint | undefined;
  readonly #watch: HandshakeWatch;
  #trace: Trace | undefined;
  #place: ConnectionPlace | undefined;
  #preparation: Preparation | undefined;
  #handler: RouteHandler | undefined;

  constructor(request: IncomingMessage, socket: Duplex, head: Buffer, host: UpgradeHost) {
    const { headers, url: target = '' } = request;
    this.#request = request;
    this.#socket = socket;
    this.#head = head;
    this.#host = host;
    const parts = {
      target,
      headers,
      address: host.clientAddress(request),
      invalid: checkUpgrade(request),
      traceOf: (ticketId: string | null) => {
        this.#trace = host.telemetry.startTrace(request, ticketId === null ? null : rootOf(ticketId));
        return this.#trace;
      },
    };
    this.handshake = parseHandshake(parts, host.handshakeRules);
    this.#endpoint = host.endpoints.get(this.handshake.route ?? '');
    const route = this.#endpoint?.route;
    if (route && 'prepare' in route) this.beforeUpgrade = (reservation) => this.#prepare(route, reservation);
    else this.#handler = route;
    this.#watch = host.control.watchHandshake();
  }

  /** Never rejects. */
  async run(): Promise<void> {
    const { client, rules, places, metrics, onEnded } = this.#host;
    const outcome = await admitUpgrade<EdgeWebSocket>(this.handshake, client, rules, this);
    this.#watch.end();
    // The place of an admitted connection is given back at its end.
    if (outcome.kind !== 'admitted') {
      if (this.#place) places.release(this.#place);
      this.#preparation?.cancel();
    }
    if (outcome.kind === 'abandoned') this.#logAbandoned(outcome.ticketId);
    onEnded(this.handshake, outcome.kind === 'rejected' ? outcome : null);
    metrics.handshakeEnded(labelOf(outcome), (performance.now() - this.handshake.startedAt) / 1000);
    const jwt = presentedJwtOf(this.handshake);
    if (jwt) metrics.jwtPresented(this.handshake.route, jwt.client, outcome.kind);
    this.#endTrace(outcome);
  }

  checkPrincipal(principal: Principal): FailedCheck | undefined {
    const place = this.#host.places.take(principal);
    if ('reason' in place) return place;
    this.#place = place;
    return undefined;
  }

  accept(): EdgeWebSocket | undefined {
    const { protocols } = this.handshake;
    const selected = this.#preparation?.protocol;
    return this.#endpoint?.accept(this.#request, this.#socket, this.#head, protocols, selected);
  }

  answer(rejection: Rejection): void {
    this.#host.answer(this.#socket, this.handshake, rejection);
  }

  open({ connection: id, ticketId, principal }: Admission, webSocket: EdgeWebSocket): void {
    const { connections, draining } = this.#host;
    const route = this.#handler;
    const place = this.#place;
    if (!route || !place) return;
    const { traceparent, address } = this.handshake.context;
    const pathway = presentedJwtOf(this.handshake) ? 'jwt' : 'ticket';
    this.#logAdmitted(id, ticketId, principal, route.name);
    const admitted = {
      id,
      ticketId,
      principal,
      pathway,
      address,
      traceparent,
      webSocket,
      route,
      place,
    } as const;
    const connection = connections.open(admitted);
    if (draining()) connection.close('draining');
    this.#watch.check(connection);
  }

  draining(): boolean {
    return this.#host.draining();
  }

  #prepare(
    route: PreparingRoute,
    reservation: TicketReservation<Rejection>,
  ): Promise<FailedCheck | undefined> {
    const preparation = route.prepare(this.handshake, reservation);
    this.#preparation = preparation;
    this.#handler = preparation;
    return preparation.ready;
  }

  #logAdmitted(connection: string, ticketId: string, principal: Principal, route: string): void {
    const { log } = this.#host;
    if (!log.isLevelEnabled('info')) return;
    const { context, trace } = this.handshake;
    const { traceId, linkedTraceId } = trace;
    const hasUserId = principal.user !== null;
    const facts = { hasUserId, sessionId: principal.session, traceId, linkedTraceId, ticketId, connection };
    const jwt = presentedJwtOf(this.handshake);
    if (jwt) log.info({ ...facts, client: jwt.client }, 'authenticated_via_jwt');
    else log.info({ ...facts, ticketHash: ticketId }, 'authenticated_via_ticket');
    const { origin } = context;
    log.info({ origin, originHost: hostOf(origin), route, connection, traceId }, 'websocket_connected');
  }

  #logAbandoned(ticketId: string): void {
    const { traceId } = this.handshake.trace;
    this.#host.log.info({ ticketId, traceId }, 'handshake_abandoned');
  }

  #endTrace(outcome: UpgradeOutcome): void {
    const { telemetry } = this.#host;
    if (!telemetry.tracing || !this.#trace) return;
    const { route, startedAt } = this.handshake;
    const { kind, ticketId } = outcome;
    telemetry.endTrace(this.#trace, {
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
