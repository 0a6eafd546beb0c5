import { deadline, type Msg, type Subscription } from '@nats-io/nats-core';
import type { ReconnectingConnection } from './reconnecting-connection.ts';

/** A subscription on whatever connection there is, now and later. */
export interface RestoredSubscription {
  /** Nothing more is delivered from here on. */
  unsubscribe(): void;
  /** Resolves when what the server has sent is delivered, and no more comes. A server that is silent is not waited for. */
  drain(): Promise<void>;
}

export interface SubscriptionOptions {
  readonly connection: ReconnectingConnection;
  readonly subject: string;
  readonly queue?: string;
  /** Called for each message, in their order. */
  readonly deliver: (message: Msg) => void;
  /** Hears what `deliver` throws: the client would stop reading over it. */
  readonly onError: (error: unknown) => void;
}

const DRAIN_WITHIN_MS = 1_000;

/** Subscribes; where NATS is away, as soon as it is back. */
export function subscribe({
  connection,
  subject,
  queue,
  deliver,
  onError,
}: SubscriptionOptions): RestoredSubscription {
  let current: Subscription | undefined;

  function take(error: Error | null, message: Msg): void {
    // Only a missing permission comes as an error; the connection tells of it.
    if (error) return;
    try {
      deliver(message);
    } catch (deliveryError) {
      onError(deliveryError);
    }
  }

  const leave = connection.attach(({ nc }) => {
    current = nc.subscribe(subject, { ...(queue !== undefined && { queue }), callback: take });
  });

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
