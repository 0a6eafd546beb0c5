import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import {
  type CommandContext,
  handshakeKeyOf,
  isTicket,
  isWebSocketKey,
  proofOf,
  ticketIdOf,
} from '@admit-one/core';
import { cappedContext, type PresentedJwt } from '@admit-one/ticket-client';
import type { FailedCheck } from '../failed-check.ts';
import { offeredProtocols } from './offered-protocols.ts';
import {
  credentialOf,
  jwtCredentialOf,
  shownTicketOf,
  type TicketCarrier,
  type TicketCredential,
} from './ticket-carriers.ts';

/** The trace of a request (W3C Trace Context), as logs, problem documents and the audit log name it. */
export interface HandshakeTrace {
  readonly traceId: string;
  readonly traceparent: string | null;
  /** The trace of the client's own `traceparent`, which is not continued. */
  readonly linkedTraceId?: string | undefined;
}

/** The parts of a request that a handshake is made of. */
export interface HandshakeRequest {
  /** The request target, as the client wrote it. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** The client's address, where it is known. */
  readonly address: string | null;
  /** What is wrong with the form of the request, where the server has checked that. */
  readonly invalid?: FailedCheck | undefined;
  /** @param ticketId of the ticket in the carrier; null where there is no such one */
  readonly traceOf: (ticketId: string | null) => HandshakeTrace;
}

export interface HandshakeRules {
  /** Where tickets may be presented; a ticket in another carrier is not seen. */
  readonly carriers: readonly TicketCarrier[];
  /** Whether a JWT may be presented in the place of a ticket. Default false. */
  readonly acceptsJwt?: boolean;
  /** The route of a path, which is not decoded, or null where it has none. */
  readonly routeOf: (path: string) => string | null;
  /** What the audit log calls this instance. */
  readonly instance: string | null;
}

/** A ticket that arrives after the upgrade, in a message of the application's own protocol. */
export interface PostUpgradeTicket {
  /** Names the connection in that protocol, such as a session that outlives its HTTP requests. It replaces the handshake key. */
  readonly key: string;
  /** As it arrived, unchecked. Undefined or null: the request's own carriers are used. */
  readonly ticket?: unknown;
}

/** One handshake, parsed once: every later step reads it here. */
export interface HandshakeContext {
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** What is wrong with the form of the request. */
  readonly invalid: FailedCheck | undefined;
  /** The offered subprotocols in the client's order, as `offeredProtocols` returns them. */
  readonly protocols: readonly string[];
  readonly route: string | null;
  readonly credential: TicketCredential;
  /** Of the ticket in the carrier; null where there is no such one, or it is yet to be issued for a JWT. */
  readonly ticketId: string | null;
  /** The handshake's key. */
  readonly key: string;
  readonly trace: HandshakeTrace;
  /** Monotonic, in milliseconds. */
  readonly startedAt: number;
  /** For commands and events. */
  readonly context: CommandContext;
}

const ABSOLUTE_FORM = /^https?:\/\/[^/?]*/i;

/** Parses a handshake. Nothing is rejected here: see `precheck`. */
export function parseHandshake(
  { target, headers, address, invalid, traceOf }: HandshakeRequest,
  { carriers, acceptsJwt = false, routeOf, instance }: HandshakeRules,
  postUpgrade?: PostUpgradeTicket,
): HandshakeContext {
  const protocols = offeredProtocols(headers['sec-websocket-protocol']);
  const route = routeOf(pathOf(target));
  const credential =
    postUpgradeCredential(postUpgrade) ??
    (acceptsJwt ? jwtCredentialOf(target, protocols) : undefined) ??
    credentialOf(target, protocols, carriers);
  const webSocketKey = headers['sec-websocket-key'] ?? '';
  const ticketId =
    typeof credential === 'string' || credential.jwt ? null : ticketIdOf(proofOf(credential.ticket));
  const trace = traceOf(ticketId);
  return {
    target,
    headers,
    invalid,
    protocols,
    route,
    credential,
    ticketId,
    key: handshakeKeyOf(postUpgrade?.key ?? (isWebSocketKey(webSocketKey) ? webSocketKey : undefined)),
    trace,
    startedAt: performance.now(),
    context: cappedContext({
      address,
      origin: headers.origin ?? null,
      agent: headers['user-agent'] ?? null,
      route,
      carrier: typeof credential === 'string' ? null : credential.carrier,
      edge: instance,
      traceparent: trace.traceparent,
    }),
  };
}

/**
 * The id of the ticket that a handshake presents, for its rejection. Null where it shows none, or different ones. The
 * ticket may be one that the checks do not accept, such as one in another carrier.
 */
export function presentedTicketIdOf({
  credential,
  ticketId,
  target,
  protocols,
}: Pick<HandshakeContext, 'credential' | 'ticketId' | 'target' | 'protocols'>): string | null {
  if (typeof credential !== 'string') return ticketId;
  const ticket = shownTicketOf(target, protocols);
  return ticket === undefined ? null : ticketIdOf(proofOf(ticket));
}

/** The JWT that a handshake presents; undefined where it presents a ticket, or nothing. */
export function presentedJwtOf({
  credential,
}: Pick<HandshakeContext, 'credential'>): PresentedJwt | undefined {
  return typeof credential === 'string' ? undefined : credential.jwt;
}

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The trace of a `traceparent`; a new trace id where it is absent or invalid.
 * @param clients the client's own header, which is only linked
 */
export function traceOf(traceparent: string | undefined, clients: string | undefined): HandshakeTrace {
  const traceId = traceIdOf(traceparent);
  return traceId === undefined || traceparent === undefined
    ? { traceId: randomBytes(16).toString('hex'), traceparent: null, linkedTraceId: traceIdOf(clients) }
    : { traceId, traceparent };
}

function traceIdOf(traceparent: string | undefined): string | undefined {
  return TRACEPARENT.exec(traceparent ?? '')?.[1];
}

/** The path of a request target in origin form or in absolute form (RFC 9112, section 3.2), not decoded. */
function pathOf(target: string): string {
  const origin = target.startsWith('/') ? target : target.replace(ABSOLUTE_FORM, '');
  const end = origin.indexOf('?');
  return end === -1 ? origin : origin.slice(0, end);
}

function postUpgradeCredential(postUpgrade: PostUpgradeTicket | undefined): TicketCredential | undefined {
  const ticket = postUpgrade?.ticket ?? undefined;
  if (ticket === undefined) return undefined;
  return typeof ticket === 'string' && isTicket(ticket) ? { carrier: 'message', ticket } : 'malformed';
}
