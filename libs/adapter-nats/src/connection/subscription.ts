import { deadline, type Msg, type Subscription } from '@nats-io/nats-core';
import type { ReconnectingConnection } from './reconnecting-connection.ts';

/** A subscription that moves to each new connection, and is tried again where the server denies it. */
export interface RestoredSubscription {
  /** Stops delivery at once. */
  unsubscribe(): void;
  /** Resolves when the messages already sent by the server are delivered. Does not wait for a silent server. */
  drain(): Promise<void>;
}

export interface SubscriptionOptions {
  readonly connection: ReconnectingConnection;
  readonly subject: string;
  readonly queue?: string;
  /** Called for each message, in order. */
  readonly deliver: (message: Msg) => void;
  /** Called with the errors of `deliver`, which would otherwise stop the client's reader. */
  readonly onError: (error: unknown) => void;
}

const DRAIN_WITHIN_MS = 1_000;

/** Subscribes, or if NATS is unavailable, as soon as it is back. */
export function subscribe({
  connection,
  subject,
  queue,
  deliver,
  onError,
}: SubscriptionOptions): RestoredSubscription {
  let current: Subscription | undefined;

  function take(error: Error | null, message: Msg): void {
    // Only a missing permission arrives as an error; the connection reports it, and tries again.
    if (error) return;
    try {
      deliver(message);
    } catch (deliveryError) {
      onError(deliveryError);
    }
  }

  const leave = connection.attach(({ nc }) => {
    // Where NATS takes a permission at a reload, it names no queue: the client keeps such a subscription.
    current?.unsubscribe();
    current = nc.subscribe(subject, { ...(queue !== undefined && { queue }), callback: take });
  }, subject);

  return {
    unsubscribe() {
      leave();
      current?.unsubscribe();
    },
    async drain() {
      leave();
      if (!current) return;
      if (!connection.connected) current.unsubscribe();
      else await deadline(current.drain(), DRAIN_WITHIN_MS).catch(() => current?.unsubscribe());
    },
  };
}
