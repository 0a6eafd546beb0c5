import { type CommandContext, handshakeKeyOf, isWebSocketKey, type Reason } from '@admit-one/core';
import { cappedContext, type Redeemed } from '@admit-one/gate';
import type { Logger } from '@admit-one/runtime';
import type { FastifyRequest } from 'fastify';
import type { OriginalTarget } from './original-target.ts';
import type { Redeem, RefusedRedemption } from './redeem.ts';
import type { ReportRefusal } from './report-refusal.ts';
import { type Screened, type ScreeningRules, screen } from './screen.ts';

/** What a proxy is told about a request. */
export type Verdict = Admitted | Denied;

export interface Admitted extends Omit<Redeemed, 'kind'> {
  readonly kind: 'admitted';
  /** Subprotocols that the client offers, its credential among them. */
  readonly protocols: readonly string[];
}

export interface Denied {
  readonly kind: 'denied';
  readonly reason: Reason;
  readonly ticketId: string | null;
  /** What to tell the client instead of the public code's own text. */
  readonly detail: string | undefined;
}

/** Verifies a request that a proxy holds back. Never rejects. */
export type Verify = (request: FastifyRequest, target: OriginalTarget) => Promise<Verdict>;

export interface VerifyOptions {
  readonly instance: string;
  readonly rules: ScreeningRules;
  readonly redeem: Redeem;
  readonly reportRefusal: ReportRefusal;
  readonly log: Logger;
}

/** Makes the verification: what can be told by the request itself, then the ticket, and an account of either. */
export function createVerify(options: VerifyOptions): Verify {
  const { instance, rules, redeem, reportRefusal, log } = options;

  return async (request, target) => {
    const { headers, trace } = request;
    const { origin, 'sec-websocket-protocol': protocol, 'sec-websocket-key': key = '' } = headers;
    const screened = screen({ target, origin, protocol }, rules);
    const handshake = handshakeKeyOf(isWebSocketKey(key) ? key : undefined);
    const context = contextOf(request, screened);
    const { traceId } = trace;
    const { verdict, protocols } = screened;
    if (verdict.kind === 'refused')
      return denied({ reason: verdict.reason, recorded: false, ticketId: null }, verdict.detail);

    const redeemed = await redeem({ ticket: verdict.ticket, handshake, context });
    if (redeemed.kind === 'refused') return denied(redeemed);
    const { ticketId, principal } = redeemed;
    const facts = { hasUserId: principal.user !== null, sessionId: principal.session, ticketHash: ticketId };
    log.info({ ...facts, route: context.route, traceId }, 'verified_for_proxy');
    return { ...redeemed, kind: 'admitted', protocols };

    function denied(refused: Omit<RefusedRedemption, 'kind'>, detail?: string): Denied {
      const { reason, ticketId } = refused;
      request.rejectedBecause = reason;
      reportRefusal({ handshake, context, traceId, ...refused });
      return { kind: 'denied', reason, ticketId, detail };
    }
  };

  function contextOf(request: FastifyRequest, { route, carrier }: Screened): CommandContext {
    return cappedContext({
      address: request.clientAddress,
      origin: request.headers.origin ?? null,
      agent: request.headers['user-agent'] ?? null,
      route,
      carrier,
      edge: instance,
      traceparent: request.trace.traceparent,
    });
  }
}
