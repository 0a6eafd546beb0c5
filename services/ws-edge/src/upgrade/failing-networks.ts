import { type Reason, reasonRow } from '@admit-one/core';
import type { FailedCheck, HandshakeContext } from '@admit-one/gate';
import type { FailureLimit } from '@admit-one/runtime';
import { clientNetwork, siteNetwork } from '@admit-one/text';

/**
 * Bounds what networks that fail too often cost. Above the limit, handshakes without a credential are rejected before anything
 * is looked up. Those with a well-formed one may be of rightful users behind the same address: they go on, as many of a
 * network at a time as its share.
 */
export interface FailingNetworks {
  check(handshake: HandshakeContext): FailedCheck | undefined;
  /** Called once for each handshake. @param reason of its rejection */
  ended(handshake: HandshakeContext, reason: Reason | undefined): void;
}

/** One network takes at most this part of the handshakes of an edge. */
const SHARE = 1 / 8;
/** Of a handshake that finds the share taken: most handshakes end sooner. */
const RETRY_SECONDS = 1;

export function createFailingNetworks(limit: FailureLimit, maxHandshakes: number): FailingNetworks {
  const share = Math.max(1, Math.floor(maxHandshakes * SHARE));
  const underWay = new Map<string, number>();
  const networks = new WeakMap<HandshakeContext, string>();

  return {
    check(handshake) {
      const { credential, context } = handshake;
      const { address } = context;
      const waitMs = limit.waitMs(address);
      if (waitMs === 0 || address === null) return undefined;
      if (typeof credential === 'string') return { reason: 'failure_rate', retryAfterSeconds: waitMs / 1000 };
      const network = siteNetwork(address) ?? clientNetwork(address);
      const taken = underWay.get(network) ?? 0;
      if (taken >= share) return { reason: 'failure_rate', retryAfterSeconds: RETRY_SECONDS };
      underWay.set(network, taken + 1);
      networks.set(handshake, network);
      return undefined;
    },
    ended(handshake, reason) {
      const network = networks.get(handshake);
      if (network !== undefined) {
        networks.delete(handshake);
        const left = (underWay.get(network) ?? 0) - 1;
        if (left > 0) underWay.set(network, left);
        else underWay.delete(network);
      }
      if (reason !== undefined && isFailure(reason)) limit.count(handshake.context.address);
    },
  };
}

/** Whether a rejection is due to what the client sent. Limits do not count: else waiting would not end them. */
function isFailure(reason: Reason): boolean {
  const row = reasonRow(reason);
  return row.fault === 'client' || row.fault === 'attack' || reason === 'origin_blocked';
}
