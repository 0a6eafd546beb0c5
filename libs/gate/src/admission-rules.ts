import type { Reason } from '@admit-one/core';
import type { Rejection } from '@admit-one/ticket-client';
import type { HandshakeContext } from './handshake/handshake-context.ts';
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
  /** The longest that a handshake may take, from the request to the confirmed ticket, in milliseconds. */
  readonly handshakeMs?: number;
  /** How many tickets are requested, or held without a confirm. */
  readonly inFlight: { count: number };
}

/** The value of a promise within the time that the handshake has left, or undefined after it. */
export async function withinHandshake<Value>(
  promise: Promise<Value>,
  { startedAt }: HandshakeContext,
  { handshakeMs }: { readonly handshakeMs?: number },
): Promise<Value | undefined> {
  if (handshakeMs === undefined) return promise;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, startedAt + handshakeMs - performance.now()), undefined);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
