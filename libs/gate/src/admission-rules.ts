import type { Reason } from '@admit-one/core';
import type { Rejection } from '@admit-one/ticket-client';
import type { HandshakeContext } from './handshake/handshake-context.ts';
import type { HandshakeDeadline } from './handshake-deadline.ts';
import type { HandshakeCheck } from './precheck.ts';

/**
 * How a server admits handshakes: precheck → reserve → confirm, or precheck → redeem. Every rejection passes through
 * `reject`, exactly once.
 */
export interface AdmissionRules<R extends Rejection> {
  readonly checks: readonly HandshakeCheck[];
  /** The limit that is reached now, if one is. */
  readonly limit: () => Reason | undefined;
  /** Records a rejection, and returns it in the form that the server answers with. */
  readonly reject: (handshake: HandshakeContext, rejection: Rejection) => R;
  /** A bug. The handshake is rejected as `internal`. */
  readonly onError: (error: unknown, handshake: HandshakeContext) => void;
  /** Makes the ids of connections. */
  readonly newId: () => string;
  /** Bounds the whole handshake. */
  readonly deadline?: HandshakeDeadline;
  /** Counts the tickets that are requested, or held without a confirm until their lease ends. */
  readonly inFlight?: { count: number };
}
