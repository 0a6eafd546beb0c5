import { createDeadlines, type Expiring } from '@admit-one/core';
import type { HandshakeContext } from './handshake/handshake-context.ts';

/** The longest that a handshake may take, from the request to the confirmed ticket. */
export interface HandshakeDeadline {
  /** The value of a promise, or undefined where the handshake has no time left for it. */
  within<Value>(promise: Promise<Value>, handshake: HandshakeContext): Promise<Value | undefined>;
}

interface Wait extends Expiring {
  readonly stop: (value: undefined) => void;
}

/** One timer serves all handshakes. */
export function createHandshakeDeadline(handshakeMs: number): HandshakeDeadline {
  const waits = createDeadlines<Wait>(({ stop }) => stop(undefined));
  return {
    within: <Value>(promise: Promise<Value>, { startedAt }: HandshakeContext) =>
      new Promise<Value | undefined>((resolve, reject) => {
        const wait: Wait = { endsAt: startedAt + handshakeMs, index: null, stop: resolve };
        waits.add(wait);
        promise.then(
          (value) => {
            waits.delete(wait);
            resolve(value);
          },
          (error) => {
            waits.delete(wait);
            reject(error);
          },
        );
      }),
  };
}
