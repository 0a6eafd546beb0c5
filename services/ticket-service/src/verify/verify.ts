import type { VerifyConfig } from '@admit-one/config';
import { routeOf } from '@admit-one/config';
import {
  checkOrigin,
  type createRejectionRecorder,
  type HandshakeCheck,
  type HandshakeContext,
  parseHandshake,
  redeemTicket,
} from '@admit-one/gate';
import { blockedOriginDetail, type Logger, type OriginPolicy } from '@admit-one/runtime';
import type { Redeemed, Rejection, TicketClient } from '@admit-one/ticket-client';
import type { FastifyRequest } from 'fastify';
import type { OriginalTarget } from './original-target.ts';

/** A request that may pass, and what is known of it. */
export interface VerifiedRequest extends Redeemed {
  readonly handshake: HandshakeContext;
}

export interface VerifyOptions {
  readonly instance: string;
  readonly config: VerifyConfig;
  readonly origins: OriginPolicy;
  readonly tickets: Pick<TicketClient, 'redeem'>;
  /** Whether operators have blocked the network of an address. */
  readonly isBlocked: (address: string | null) => boolean;
  readonly recordRejection: ReturnType<typeof createRejectionRecorder>;
  readonly log: Logger;
}

/**
 * Makes forward authentication of the admission pipeline: precheck → redeem. The RFC 6455 checks are left to the upstream,
 * since the proxy's request is not an upgrade.
 */
export function createVerify({
  instance,
  config,
  origins,
  tickets,
  isBlocked,
  recordRejection,
  log,
}: VerifyOptions) {
  const handshakeRules = {
    carriers: config.carriers,
    routeOf: (path: string) => routeOf(path, config.routes),
    instance,
  };
  const originRule = { allows: origins, required: config.requireOrigin, detailOf: blockedOriginDetail };

  /** Verifies a request that a proxy holds back. Never rejects. */
  return async function verify(
    request: FastifyRequest,
    original: OriginalTarget,
  ): Promise<VerifiedRequest | Rejection> {
    const { headers, clientAddress: address, trace } = request;
    const { target } = original;
    const handshake = parseHandshake({ target, headers, address, traceOf: () => trace }, handshakeRules);
    const checks: readonly HandshakeCheck[] = [
      () =>
        original.kind === 'invalid' ? { reason: 'request_invalid', detail: original.detail } : undefined,
      () => (isBlocked(address) ? { reason: 'address_blocked' } : undefined),
      (parsed) => checkOrigin(parsed, originRule),
    ];
    const outcome = await redeemTicket<Rejection>(handshake, tickets, {
      checks,
      limit: () => undefined,
      reject(rejected, rejection) {
        request.rejectedBecause = rejection.reason;
        return recordRejection(rejected, rejection);
      },
      onError: (error) => log.fatal({ err: error, traceId: trace.traceId }, 'verify_failed'),
    });
    if (outcome.kind === 'rejected') return outcome;

    const { ticketId, principal } = outcome;
    const facts = { hasUserId: principal.user !== null, sessionId: principal.session, ticketId };
    log.info({ ...facts, route: handshake.route, traceId: trace.traceId }, 'verified_for_proxy');
    return { ...outcome, handshake };
  };
}

export type Verify = ReturnType<typeof createVerify>;
